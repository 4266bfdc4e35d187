"""Large requests: each is counted before a byte of its body is read, and few are read at once.

A body is read, judged and stored by pieces of up to 12 MB, so that the number of those at work bounds the memory. Visitors
have places of their own, fewer than all: whoever is signed in can send a file whatever strangers do (v5.0.0-15.2.2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

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
        most = current_app.config["MAX_FORM_MEMORY_SIZE"]
        view = current_app.view_functions.get(request.endpoint or "")
        if request.mimetype != "multipart/form-data" or not hasattr(view, "takes_files"):
            # Only an upload may be large: a long list of names is parsed whole, in memory (v5.0.0-5.2.1).
            request.max_content_length = most
        elif _may_be_larger(most):
            # Strangers first: who waits for a place among them holds none of the others.
            for places in (UPLOADS.get().everyone,) if owner_now() else (UPLOADS.get().strangers, UPLOADS.get().everyone):
                take_for_request(places)

    app.before_request(bound)


def _may_be_larger(most: int) -> bool:
    # One that is too large anyway is refused before it is read, and one of unknown length may be as large as any.
    length = request.content_length
    return length is None or most < length <= current_app.config["MAX_CONTENT_LENGTH"]
