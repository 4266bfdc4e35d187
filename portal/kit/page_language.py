"""Which language a page speaks: the person's own, else the browser's choice, among those that are ready."""

from flask import g, has_request_context, request

from portal.kit import i18n

TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""Subtags of Chinese that its readers write in traditional characters (RFC 5646, CLDR likely subtags)."""


def speak(language: str) -> None:
    """Use this language for the rest of the request (the signed-in person's choice)."""
    g.language = language
    i18n.forget_language()


def choose() -> str:
    """Return the language of this page; outside of a request, the default."""
    if not has_request_context():
        return i18n.DEFAULT
    chosen = g.get("language")
    return i18n.ready(chosen) if chosen in i18n.LANGUAGES else i18n.ready(_asked_for())


def _asked_for() -> str:
    """Return the first language of the browser's list that the portal may speak, ready or not.

    A reader of traditional characters gets the default, also when plain "zh" follows: browsers in Taiwan send
    `zh-TW, zh;q=0.9`, and simplified characters are another script.
    """
    for asked, quality in request.accept_languages:
        language, *rest = asked.lower().replace("_", "-").split("-")
        if language == "en" and quality:
            return i18n.DEFAULT
        if language == "zh" and quality:
            return i18n.DEFAULT if "hans" not in rest and TRADITIONAL & set(rest) else "zh_Hans"
    return i18n.DEFAULT
