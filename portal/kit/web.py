"""The web's edge: one unit of work a request, who really asks, and where a browser may be sent."""

import sys
from collections.abc import Callable, Iterable, MutableMapping
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from flask import Blueprint, Flask, Response, g, request, url_for
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.kit import devices
from portal.kit.actor import NOBODY, Staff
from portal.kit.away import away
from portal.kit.clients import ClientKey, client_key
from portal.kit.form_uses import SentMeanwhile
from portal.kit.headers import ALWAYS
from portal.kit.large_forms import Request
from portal.kit.settings import SETTINGS, Settings
from portal.kit.unit import Unit, acting_as, in_unit, own_units

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_PATH = 1000
"""Of a path that a browser is sent to, in bytes as they are sent: proxies refuse headers of more than 4 KB."""


class Templates(Environment):
    """The templates, with their globals in one plain dictionary: each is there before the first template is read."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template. The library looks through two layers, for every name and every import."""
        return {**self.globals, **(d or {})}


class Portal(Flask):
    """Flask, with each view inside one unit of work."""

    jinja_environment = Templates
    request_class = Request
    answering: Callable[[Callable[[], Response]], Response] | None = None
    """What runs a view in its unit, given the view; one with units of its own is run as it is."""

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer; whatever escapes every handler is a bare 500, and the process lives on (v5.0.0-16.5.4)."""
        try:
            return super().wsgi_app(environ, start_response)
        except Exception:
            log.exception("request.escaped")
            plain = {**ALWAYS, "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
            start_response("500 Internal Server Error", list(plain.items()), sys.exc_info())
            return [b"Something went wrong on our side. Please try again in a moment.\n"]

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function itself: none of ours is `async`, and the library would ask each of them each time."""
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and make its response inside the unit, so that rendering still reads the same state.

        A view that manages its own units renders inside a reading one, or after the last.
        """
        # Without a good token, or with half of a form, nothing may change, whatever the view makes of it.
        refused = bool(g.get("csrf_expired") or g.get("too_large"))
        with acting_as(g.get("acting", NOBODY)):
            if hasattr(self.view_functions.get(request.endpoint or ""), "own_units_reason"):
                with own_units(refused=refused):
                    return self.make_response(super().dispatch_request())
            try:
                return self._answer(refused=refused)
            except SentMeanwhile:
                # The answer to the other one is there by now, and is given to this one too.
                return self._answer(refused=refused)
            except away():
                if request.method in SAFE_METHODS or "GET" not in getattr(request.url_rule, "methods", ()):
                    raise
                # Its page comes back with what was typed, and says that nothing was saved: for that no lock is waited for.
                g.database_away = True
                return self._answer(refused=True, write=False)

    def _answer(self, *, refused: bool, write: bool | None = None) -> Response:
        write = request.method not in SAFE_METHODS if write is None else write

        def run(unit: Unit) -> Response:
            unit.refused = refused
            for file in () if request.method in SAFE_METHODS else request.files.values():
                file.stream.seek(0)
            return self.answering(self._view) if self.answering else self._view()

        return in_unit(run, write=write, steady=self._is_steady() or request.method not in SAFE_METHODS)

    def _view(self) -> Response:
        return self.make_response(super().dispatch_request())

    def _is_steady(self) -> bool:
        """Tell whether the page needs a transaction: staff read what was noted before, and a few pages note something."""
        view = self.view_functions.get(request.endpoint or "")
        return isinstance(g.get("acting"), Staff) or hasattr(view, "side_effect_reason")


def init_app(app: Flask, settings: Settings) -> None:
    """Trust exactly the configured number of proxies."""
    SETTINGS.install(app, settings)
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]


def client_ip() -> str:
    """Return the visitor's address. Forwarded headers count only behind configured proxies (v5.0.0-15.3.4)."""
    return request.remote_addr or "0.0.0.0"  # noqa: S104 (a placeholder, nothing is bound)


def this_client() -> ClientKey:
    """Return what stands for this visitor in limits per client."""
    return client_key(client_ip())


def this_device() -> str:
    """Return the label of what this visitor's browser calls itself, "Firefox on Windows"."""
    return devices.device_of(request.headers.get("User-Agent", ""))


def is_neighbour() -> bool:
    """Tell whether the request comes from this very machine, and not through a proxy that stands on it."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    try:
        return not forwarded and ip_address(client_ip()).is_loopback
    except ValueError:
        return False


def internal_path(target: str | None) -> str | None:
    """Return `target` when it is a path of this portal, else None: no open redirect (v5.0.0-3.7.2).

    One so long that a proxy may refuse the header it would stand in is none either.
    """
    if target and len(quote(target, errors="replace")) > LONGEST_PATH:
        return None
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 32 or char == "\\" for char in target):
        return None
    return target


def next_path() -> str | None:
    """Return the page of ours that this address names as the one to go on to."""
    return internal_path(request.args.get("next"))


def home_path() -> str:
    """Return the path of the page that a signed-in customer lands on."""
    return url_for("home.home")


def join(name: str, *sections: Blueprint, url_prefix: str | None = None) -> Blueprint:
    """Make one blueprint of an area's sections, so that its pages stand in several files under the area's one name.

    What holds for the whole area (a hook before each request) is set on what this returns.
    """
    whole = Blueprint(name, __name__, url_prefix=url_prefix)
    for section in sections:
        whole.deferred_functions += section.deferred_functions
    return whole
