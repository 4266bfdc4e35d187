"""Pages that hash a password: no more requests are let in than may be at a hash or wait for one (`passwords.Hasher`).

The others are refused before anything is read, written or counted for them. Were each to come as far as the hash, a storm
of sign-ins would hold every thread and the database's write lock for seconds, and who is signed in would wait, and probes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from portal.kit import places
from portal.kit.places import Places
from portal.kit.running import Installed
from portal.kit.settings import Settings
from portal.kit.web import SAFE_METHODS

View = TypeVar("View", bound=Callable[..., Any])

PLACES = Installed[Places]("hash_pages")


def hashes(view: View) -> View:
    """Say that what is sent to a view may have a password hashed."""
    view.hashes = True  # type: ignore[attr-defined]  # a mark on a function, as those of access
    return view


def init_app(app: Flask, settings: Settings) -> None:
    """Bound the requests at pages that hash, whoever sends them."""
    PLACES.install(app, Places(at_once=settings.hashes_at_once + settings.hashes_waiting))
    app.before_request(_bound)


def _bound() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method not in SAFE_METHODS and hasattr(view, "hashes"):
        places.take_for_request(PLACES.get())
