"""Large requests: each is counted before a byte of its body is read, and few are read at once.

A body is read, judged and stored by pieces of up to 12 MB, so that the number of those at work bounds the memory. Visitors
have places of their own, fewer than all: whoever is signed in can send a file whatever strangers do (v5.0.0-15.2.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from portal.kit.large_forms import MOST_READ
from portal.kit.places import Places, take_for_request
from portal.kit.running import Installed

View = TypeVar("View", bound=Callable[..., Any])
AT_ONCE, WAITING = 4, 20
STRANGERS_AT_ONCE, STRANGERS_WAITING = 2, 10
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Uploads:
    """The places of this process: of all who send, and of those among them who are not signed in."""

    everyone: Places
    strangers: Places


UPLOADS = Installed[Uploads]("uploads")


def takes_files(view: View) -> View:
    """Let a view's request be large; every other one's is as small as a form without files."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask, *, owner_now: Callable[[], str]) -> None:
    """Bound every request before anything of it is read. `owner_now` tells whether somebody is signed in."""
    everyone = Places(at_once=AT_ONCE, waiting=WAITING, patience=PATIENCE_SECONDS)
    strangers = Places(at_once=STRANGERS_AT_ONCE, waiting=STRANGERS_WAITING, patience=PATIENCE_SECONDS)
    UPLOADS.install(app, Uploads(everyone, strangers))

    def bound() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        most, largest, length = _most(), _largest_of(view), request.content_length
        request.max_content_length = largest
        if _comes_back(view) and length is not None and largest < length <= MOST_READ:
            # Read to its end, for the page that says so; of what is larger still nothing is.
            request.max_content_length, g.largest_form = MOST_READ, largest
        if largest > most if length is None else most < length <= request.max_content_length:
            # Strangers first: who waits for a place among them holds none of the others.
            for places in (UPLOADS.get().everyone,) if owner_now() else (UPLOADS.get().strangers, UPLOADS.get().everyone):
                take_for_request(places)

    app.before_request(bound)


def _most() -> int:
    return int(current_app.config["MAX_FORM_MEMORY_SIZE"])


def _largest_of(view: object) -> int:
    # Only an upload may be large: a long list of names is parsed whole, in memory (v5.0.0-5.2.1).
    takes_files = request.mimetype == "multipart/form-data" and hasattr(view, "takes_files")
    return int(current_app.config["MAX_CONTENT_LENGTH"]) if takes_files else _most()


def _comes_back(view: object) -> bool:
    """Tell whether a form is sent to one of our own pages, which can come back with it."""
    return view is not None and request.method == "POST" and not hasattr(view, "csrf_exempt_reason")
