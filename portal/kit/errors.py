"""Error pages: what happened, that nothing is lost, and what to do next. They tell an attacker nothing (v5.0.0-16.5.1)."""

from typing import Any

import structlog
from flask import Flask, Response, g, make_response
from werkzeug.exceptions import HTTPException, SecurityError

from portal.kit import access
from portal.kit.away import away
from portal.kit.i18n import _l
from portal.kit.large_forms import read_to_the_end
from portal.kit.refusals import LinkDead, NotFound, Refusal, TooManyTries, Unavailable
from portal.kit.templating import render
from portal.kit.unit import UnitRefused

log = structlog.get_logger()

PAGES: dict[int, tuple[Any, Any, Any]] = {
    400: (
        _l("We couldn’t read that request"),
        _l("Something in it was wrong, so nothing was changed."),
        _l("Go back, reload the page and try again."),
    ),
    403: (
        _l("That isn’t allowed"),
        _l("The request didn’t come from one of our own pages, so nothing was changed."),
        _l("Open the page you want from here and try again."),
    ),
    404: (
        _l("Page not found"),
        _l("The web address may be mistyped, or the page may be gone. Nothing is lost."),
        _l("Check the web address, or start from the home page."),
    ),
    405: (
        _l("This action isn’t available"),
        _l("This page doesn’t accept that kind of request, so nothing was changed."),
        _l("Start from the home page."),
    ),
    410: (
        _l("This link no longer works"),
        _l("It has expired, was already used, or was replaced by a newer one. Nothing was changed."),
        _l("Ask for a new link where you asked for this one."),
    ),
    413: (
        _l("File too large"),
        _l("What you sent is larger than we can accept, so nothing was changed."),
        _l("Go back and choose a smaller file or a shorter text."),
    ),
    415: (
        _l("We don’t accept that kind of file"),
        _l("Nothing was changed."),
        _l("Go back and choose another file."),
    ),
    429: (
        _l("Too many attempts"),
        _l("To keep everyone’s account safe, we limit attempts. Nothing is lost."),
        _l("Wait a few minutes and try again."),
    ),
    500: (
        _l("Something went wrong on our side"),
        _l("It has been logged. What you were changing wasn’t saved; everything else is as it was."),
        _l("Try again in a moment. If it happens again, contact support and quote the reference below."),
    ),
    503: (
        _l("We’re very busy"),
        _l("The portal can’t respond right now. Nothing is lost."),
        _l("Try again in a minute."),
    ),
}


def init_app(app: Flask) -> None:
    """Answer every error in the same hand."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, *, headers: dict[str, str] | None = None) -> Response:
    """Return the page for `status`; an unknown one gets the page of its class."""
    words = _words(status)
    try:
        response = make_response(render("errors/error.html", status=status, **words), status)
    except Exception:
        # The page of last resort needs no template, no database and no address of ours (v5.0.0-16.5.4).
        log.exception("errors.page_failed", id=g.get("request_id"))
        response = _plain(status)
    response.headers.update(headers or {})
    return response


def _words(status: int) -> dict[str, Any]:
    title, happened, next_step = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    reference = g.get("request_id") if status >= 500 else None
    return {"title": title, "text": happened, "next_step": next_step, "reference": reference}


def _plain(status: int) -> Response:
    response = make_response("\n".join(str(words) for words in _words(status).values() if words) + "\n", status)
    response.mimetype = "text/plain"
    return response


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if isinstance(error, SecurityError):
        # Asked under a name that is not ours: no link of a page could be built, and nobody of ours is asking.
        return _plain(error.code)
    status = error.code
    if status == 413:
        read_to_the_end()
    headers = {"Allow": ", ".join(error.valid_methods or ())} if status == 405 and hasattr(error, "valid_methods") else {}
    return page(status, headers=headers)


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, TooManyTries):
        return page(429, headers={"Retry-After": str(refusal.retry_after)})
    if isinstance(refusal, Unavailable):
        return page(503, headers={"Retry-After": str(refusal.retry_after)})
    if isinstance(refusal, LinkDead):
        return page(410)
    if isinstance(refusal, NotFound):
        return page(404)
    if isinstance(refusal, UnitRefused):
        return page(403)
    # A refusal that nobody put into words is our mistake.
    return _unexpected(refusal)


def _database(error: Exception) -> Response:
    log.exception("database.unavailable")
    return _without_database(503, {"Retry-After": "30"})


def _unexpected(error: Exception) -> Response:
    if isinstance(error, away()):
        return _database(error)
    log.exception("request.failed", id=g.get("request_id"))
    return _without_database(500, {})


def _without_database(status: int, headers: dict[str, str]) -> Response:
    # The page must come even when the database does not, so nobody is looked up for it.
    access.forget_actor()
    return page(status, headers=headers)
