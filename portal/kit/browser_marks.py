"""The cookie with marks of accounts that were signed in to in this browser. A mark is written and understood by its area.

What stands before its first colon is the same in every mark of an account.
"""

from flask import Flask, Response, g, request

from portal.kit.periods import period
from portal.kit.settings import current_settings

MOST_MARKS = 4
"""Accounts whose marks one browser keeps: those that were signed in to last."""
_BETWEEN = "~"
_LONGEST = 2000


def cookie_name(*, is_https: bool) -> str:
    """Return the name of the cookie that says where this browser was signed in before."""
    return "__Host-browser" if is_https else "browser"


def marks() -> list[str]:
    """Return the marks that this browser sends, the newest first. They prove nothing before they are read."""
    sent = request.cookies.get(cookie_name(is_https=current_settings().is_https), "")
    return [mark for mark in sent.split(_BETWEEN) if mark][:MOST_MARKS] if len(sent) <= _LONGEST else []


def keep(mark: str) -> None:
    """Have this browser keep a mark, in the place of an older one of the same account."""
    g.browser_mark = mark


def init_app(app: Flask) -> None:
    """Write the cookie whenever a request has made a mark."""
    app.after_request(_write)


def _write(response: Response) -> Response:
    mark = g.get("browser_mark")
    if mark is not None:
        others = [each for each in marks() if each.partition(":")[0] != mark.partition(":")[0]]
        is_https = current_settings().is_https
        response.set_cookie(
            cookie_name(is_https=is_https),
            _BETWEEN.join([mark, *others][:MOST_MARKS]),
            max_age=period("session_remembered"),
            secure=is_https,
            httponly=True,
            samesite="Lax",
        )
    return response
