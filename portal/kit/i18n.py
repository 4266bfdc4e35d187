"""Languages: every sentence that a person reads goes through here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from babel.lists import format_list
from babel.support import LazyProxy, Translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal.kit.running import App, Installed, passing

LANGUAGES = {"en": "English", "zh_Hans": "简体中文"}
"""Language code -> its own name. A code is a Babel locale; `zh_Hans_CN` would not find the catalogue."""
DEFAULT = "en"
BRITISH = Locale.parse("en_GB")
CATALOGUES = str(Path(__file__).resolve().parents[1] / "translations")
_DOMAIN = "messages"


@dataclass(frozen=True)
class _Spoken:
    """A language that is ready: its code, how it says dates and figures, and its sentences."""

    code: str
    locale: Locale
    catalogue: NullTranslations


@dataclass(frozen=True)
class _Languages:
    choose: Callable[[], str]
    ready: Mapping[str, _Spoken]


# Our English is British: the day comes first.
_ENGLISH = _Spoken(DEFAULT, BRITISH, NullTranslations())
_LANGUAGES = Installed[_Languages]("languages")
_SLOT = "spoken"


def init_app(app: App, *, choose: Callable[[], str]) -> None:
    """Find the languages that are ready. `choose` says which of them is spoken where nobody has said so."""
    loaded = {code: Translations.load(CATALOGUES, [code], _DOMAIN) for code in LANGUAGES if code != DEFAULT}
    # What is not there is loaded as a catalogue without a sentence.
    there = {code: each for code, each in loaded.items() if isinstance(each, Translations)}
    ready = {code: _Spoken(code, Locale.parse(code), catalogue) for code, catalogue in there.items()}
    _LANGUAGES.install(app, _Languages(choose, {DEFAULT: _ENGLISH, **ready}))
    app.jinja_env.globals |= {"_": _say, "ngettext": _say_count}


def _now() -> _Spoken:
    """Return what is spoken now, looked up once a request; outside of an app, the default."""
    if (state := passing()) is None:
        return _ENGLISH
    spoken: _Spoken | None = state.get(_SLOT)
    if spoken is None:
        languages = _LANGUAGES.get()
        spoken = languages.ready[languages.choose()]
        setattr(state, _SLOT, spoken)
    return spoken


def gettext(sentence: str, /, **values: Any) -> str:
    """Return a sentence in the language that is spoken now, with `values` in the places that it names."""
    said = _now().catalogue.gettext(sentence)
    return said % values if values else said


def ngettext(singular: str, plural: str, count: int, /, **values: Any) -> str:
    """Return the sentence for so many, in the language that is spoken now; `num` is the count itself."""
    return _now().catalogue.ngettext(singular, plural, count) % {"num": count, **values}


class Later(LazyProxy):
    """A sentence that is said in the language of whoever reads it: written down once, when the portal starts."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(self.value)

    def __html__(self) -> str:
        """Return it escaped, for a page (asked for first by MarkupSafe, which would else ask twice)."""
        return str(escape(self.value))


_ = gettext
_l = partial(Later, gettext, enable_cache=False)


@pass_eval_context
def _say(context: EvalContext, sentence: str, /, **values: Any) -> str:
    """Say a sentence in a template; on a page, whatever is put into it is escaped."""
    said = _now().catalogue.gettext(sentence)
    if context.autoescape:
        said = Markup(said)  # noqa: S704 (our own sentence; only what is put into it may be a stranger's)
    return said % values if values or "%" in said else said


@pass_eval_context
def _say_count(context: EvalContext, singular: str, plural: str, count: int, /, **values: Any) -> str:
    said = _now().catalogue.ngettext(singular, plural, count)
    if context.autoescape:
        said = Markup(said)  # noqa: S704 (as above)
    return said % {"num": count, **values}


def forget_language() -> None:
    """Have the language chosen anew within this request."""
    if (state := passing()) is not None:
        state.pop(_SLOT, None)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak `language` within, if it is ready, with or without a request: emails use the recipient's."""
    state = passing()
    if state is None:
        raise RuntimeError("no app runs here")
    before = state.get(_SLOT)
    setattr(state, _SLOT, _LANGUAGES.get().ready[ready(language)])
    try:
        yield
    finally:
        setattr(state, _SLOT, before)


def is_ready(language: str) -> bool:
    """Tell whether the portal has a catalogue for this language."""
    return language in _LANGUAGES.get().ready


def ready(language: str) -> str:
    """Return the language itself when it is ready, else the default: no page says another language than it speaks."""
    return language if is_ready(language) else DEFAULT


def listed(items: Iterable[object]) -> str:
    """Say several things as one list, as the language that is spoken now joins them: "A, B and C"."""
    return format_list([str(item) for item in items], locale=spoken())


def spoken() -> Locale:
    """Return the language that is spoken now, for dates, figures and lists."""
    return _now().locale


class Place:
    """The place that names a time zone, said in the reader's language as far as Babel knows it there."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def __str__(self) -> str:
        return place(self.zone, spoken())


class Country:
    """The name of a country, by its code of two letters, said in the reader's language."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return str(spoken().territories[self.code])


@cache
def place(zone: str, language: Locale) -> str:
    """Return the place that names a time zone, in a language as far as CLDR has a name for it.

    CLDR files a zone under the name that it had first: Calcutta, Saigon.
    """
    aliases = get_global("zone_aliases")
    known = aliases.get(zone, zone)
    names = [known, *(alias for alias, name in aliases.items() if name == known)]
    cities = (language.time_zones.get(name, {}).get("city") for name in names)
    own = zone.split("/", 1)[-1].replace("_", " ")
    return own if language is BRITISH else next((str(city) for city in cities if city), own)


def code() -> str:
    """Return the code of the language that is spoken now, as it is stored: always one that is ready."""
    return _now().code


def tag() -> str:
    """Return the BCP 47 tag of the language that is spoken now, for `<html lang>`."""
    return code().replace("_", "-")
