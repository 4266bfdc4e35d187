"""Every cookie that a browser may hold because of this portal (P06, P22)."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from portal.kit import browser_marks, periods
from portal.kit.i18n import _, _l

GOOGLE_NAMES = ("_ga", "_ga_*", "_gid", "_gat*")
"""All that Google Analytics may set, at most four; a `*` stands for the rest of a name."""


@dataclass(frozen=True)
class Cookie:
    """One cookie: its name, what it is for and how long it is kept, in words."""

    name: str
    purpose: Any
    kept: str


_GOOGLE_PURPOSES = (
    _l("Tells one browser from another, by a random number"),
    _l("Remembers the current visit"),
    _l("Tells one browser from another within a day"),
    _l("Limits how often Google is called"),
)


def consent_name(*, is_https: bool) -> str:
    """Return the name of the cookie that remembers the choice about statistics."""
    return "__Host-consent" if is_https else "consent"


def own(*, session_name: str, is_https: bool) -> list[Cookie]:
    """Return the portal's own cookies, in the reader's language."""
    return [
        Cookie(
            session_name,
            _l("Keeps you signed in, and proves that a form came from this site"),
            _(
                "Until you close the browser, or %(time)s with “Remember me”",
                time=_period("session_remembered"),
            ),
        ),
        Cookie(
            browser_marks.cookie_name(is_https=is_https),
            _l("Lets you in as before while someone else is guessing your password. It names no account"),
            _("%(time)s after you last signed in", time=_period("session_remembered")),
        ),
        Cookie(
            consent_name(is_https=is_https),
            _l("Remembers your choice about analytics, whether you accepted or refused"),
            _period("consent"),
        ),
    ]


def google() -> list[Cookie]:
    """Return Google Analytics' cookies, in the reader's language. Our tag bounds their life to that of the consent."""
    kept = _("At most %(time)s", time=_period("consent"))
    return [Cookie(name, purpose, kept) for name, purpose in zip(GOOGLE_NAMES, _GOOGLE_PURPOSES, strict=True)]


def is_google(name: str) -> bool:
    """Tell whether a cookie of that name is one of Google's, to be removed on withdrawal."""
    return any(fnmatchcase(name, pattern) for pattern in GOOGLE_NAMES)


def _period(name: str) -> str:
    return periods.describe(periods.period(name))
