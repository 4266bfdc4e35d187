"""Languages: every sentence that a person reads goes through here."""

from collections.abc import Iterator
from contextlib import contextmanager

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_babel, get_locale, gettext, lazy_gettext, ngettext
from flask_babel import lazy_gettext as _l

_ = gettext

LANGUAGES = {"en": "English", "zh_Hans": "简体中文"}
"""Language code -> its own name. A code is a Babel locale; `zh_Hans_CN` would not find the catalogue."""
DEFAULT = "en"

__all__ = ["DEFAULT", "LANGUAGES", "_", "_l", "in_language", "init_app", "lazy_gettext", "ngettext", "speak", "tag"]


def init_app(app: Flask) -> None:
    """Choose the language of each page: the person's own, else the browser's wish."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=_choose)


def speak(language: str) -> None:
    """Use this language for the rest of the request (the signed-in person's choice)."""
    g.language = language


def _choose() -> str:
    if not has_request_context():
        return DEFAULT
    chosen = g.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    best = request.accept_languages.best_match(["en", "zh-Hans", "zh-CN", "zh-SG", "zh"], default="en")
    return "zh_Hans" if best.startswith("zh") else DEFAULT


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speak `code` within, with or without a request: letters use the recipient's language."""
    with force_locale(code if code in LANGUAGES else DEFAULT):
        yield


def is_ready(code: str) -> bool:
    """Tell whether the portal has a catalogue for this language; without one its pages speak the default."""
    return code == DEFAULT or Locale.parse(code) in get_babel().instance.list_translations()


def tag() -> str:
    """Return the BCP 47 tag of the present language, for `<html lang>`."""
    locale: Locale | None = get_locale()
    return str(locale).replace("_", "-") if locale else DEFAULT
