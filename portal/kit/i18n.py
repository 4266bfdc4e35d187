"""Languages: every sentence that a person reads goes through here."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import cast

from babel import Locale
from babel.core import get_global
from babel.lists import format_list
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, refresh
from flask_babel import ngettext as ngettext

from portal.kit.running import App, Installed

_, _l = gettext, lazy_gettext

LANGUAGES = {"en": "English", "zh_Hans": "简体中文"}
"""Language code -> its own name. A code is a Babel locale; `zh_Hans_CN` would not find the catalogue."""
DEFAULT = "en"
BRITISH = Locale.parse("en_GB")
_READY = Installed[set[str]]("languages")
CATALOGUES = str(Path(__file__).resolve().parents[1] / "translations")


def init_app(app: App, *, choose: Callable[[], str]) -> None:
    """Find the languages that are ready. `choose` says which of them is spoken where nobody has said so."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = CATALOGUES
    babel = Babel(app, locale_selector=choose)
    with app.app_context():
        there = {str(locale) for locale in babel.list_translations()}
    _READY.install(app, {language for language in LANGUAGES if language in there} | {DEFAULT})


def forget_language() -> None:
    """Have the language chosen anew within this request."""
    refresh()


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak `language` within, if it is ready, with or without a request: emails use the recipient's."""
    with force_locale(ready(language)):
        yield


def is_ready(language: str) -> bool:
    """Tell whether the portal has a catalogue for this language."""
    return language in _READY.get()


def ready(language: str) -> str:
    """Return the language itself when it is ready, else the default: no page says another language than it speaks."""
    return language if is_ready(language) else DEFAULT


def listed(items: Iterable[object]) -> str:
    """Say several things as one list, as the language that is spoken now joins them: "A, B and C"."""
    return format_list([str(item) for item in items], locale=spoken())


def spoken() -> Locale:
    """Return the language that is spoken now, for dates, figures and lists. Our English is British: the day comes first."""
    language = get_locale()
    return BRITISH if language is None or language.language == DEFAULT else cast(Locale, language)


class Place:
    """The place that names a time zone, said in the reader's language as far as Babel knows it there."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def __str__(self) -> str:
        return place(self.zone, spoken())


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
    return ready(str(get_locale() or DEFAULT))


def tag() -> str:
    """Return the BCP 47 tag of the language that is spoken now, for `<html lang>`."""
    return code().replace("_", "-")
