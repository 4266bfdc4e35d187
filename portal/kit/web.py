"""One transaction per request: return commits, raise rolls back. The only commits outside the worker stand here.

What must outlive a refusal (security events, spent throttles) is written in a transaction of its own after the unit ends.
Nothing leaves over the network inside a unit.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.kit import db as database
from portal.kit.clients import ClientKey, client_key
from portal.kit.db import db
from portal.kit.headers import ALWAYS
from portal.kit.settings import Settings, current_settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger()
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class Unit:
    """One unit of work: what is to happen when it commits, when it rolls back, and afterwards in any case."""

    session: object
    refused: bool = False
    wrote: bool = False
    on_commit: list[Callable[[], None]] = field(default_factory=list)
    on_rollback: list[Callable[[], None]] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)


_unit: ContextVar[Unit] = ContextVar("unit")


@contextmanager
def unit_of_work(*, write: bool = True) -> Iterator[Unit]:
    """Run one unit: commit when the block returns, roll back when it raises or was refused.

    Raises whatever the block or the commit raises, and RuntimeError inside another unit of the same session. Callbacks
    run once it is certain how the unit ended, each alone; a failed one is reported and undoes nothing.
    """
    unit = Unit(session=_own_session())
    token = _unit.set(unit)
    committed = False
    try:
        with database.writing(write):
            try:
                yield unit
                if not unit.refused:
                    db.session.commit()
                    committed = True
            finally:
                if not committed:
                    _roll_back()
    finally:
        _unit.reset(token)
        for callback in unit.on_commit if committed else unit.on_rollback:
            _reported(callback)
        for follow_up in unit.afterwards:
            _follow_up(follow_up)


def _own_session() -> object:
    session = db.session()
    outer = _unit.get(None)
    if outer is not None and outer.session is session:
        raise RuntimeError("a unit of work inside another would commit half of it")
    # What was read before ends here: on SQLite a write lock can only be taken by a transaction that begins with it.
    session.rollback()
    return session


def _roll_back() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        # The connection is gone, and the transaction with it.
        log.exception("unit.rollback_failed")


def _reported(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:
        log.exception("unit.callback_failed")


def _follow_up(callback: Callable[[], None]) -> None:
    try:
        with unit_of_work():
            callback()
    except Exception:
        # The answer is made already: a failed afterthought is reported, never shown to the person.
        log.exception("unit.follow_up_failed")


def current_unit() -> Unit:
    """Return the unit that is under way. Raises LookupError outside of one."""
    return _unit.get()


def after_unit(callback: Callable[[], None]) -> None:
    """Run `callback` in a fresh transaction once the unit has ended, committed or not."""
    current_unit().afterwards.append(callback)


def refuse_unit() -> None:
    """Roll the unit back when it ends, though the view returns a page."""
    current_unit().refused = True


def has_written() -> bool:
    """Tell whether the unit has written anything, or is about to."""
    return bool(current_unit().wrote or db.session.new or db.session.dirty or db.session.deleted)


def release() -> None:
    """Give the connection back before slow work. Raises RuntimeError when something is written already.

    Hashing a password holds no transaction and no connection; a throttle spends before the unit writes. What was read
    stays as it was read: whoever acts on it afterwards locks the row and compares.
    """
    if has_written():
        raise RuntimeError("slow or separate work must come before the first write of the unit")
    db.session.commit()


def _note_write(*_args: object) -> None:
    unit = _unit.get(None)
    if unit is not None:
        unit.wrote = True


def _note_statement(statement: ORMExecuteState) -> None:
    # Whatever is not plainly a SELECT counts as a write: statements by hand do not pass the flush.
    if not statement.is_select:
        _note_write()


class Portal(Flask):
    """Flask, with each view inside one unit of work."""

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer; whatever escapes every handler is a bare 500, and the process lives on (v5.0.0-16.5.4)."""
        try:
            return super().wsgi_app(environ, start_response)
        except Exception:
            log.exception("request.escaped")
            plain = {**ALWAYS, "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
            start_response("500 Internal Server Error", list(plain.items()), sys.exc_info())
            return [b"Something went wrong on our side. Please try again in a moment.\n"]

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view and make its response inside the unit, so that rendering still reads the same state."""
        with unit_of_work(write=request.method not in SAFE_METHODS) as unit:
            # Without a good token nothing may change, whatever the view makes of its form.
            unit.refused = bool(g.get("csrf_expired"))
            return self.make_response(super().dispatch_request())


def init_app(app: Flask, settings: Settings) -> None:
    """Trust exactly the configured number of proxies, and note every flush."""
    app.extensions["portal.settings"] = settings
    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]
    event.listen(db.session, "after_flush", _note_write)
    event.listen(db.session, "do_orm_execute", _note_statement)


def client_ip() -> str:
    """Return the visitor's address. Forwarded headers count only behind configured proxies (v5.0.0-15.3.4)."""
    return request.remote_addr or "0.0.0.0"  # noqa: S104 (a placeholder, nothing is bound)


def this_client() -> ClientKey:
    """Return what stands for this visitor in limits per client."""
    return client_key(client_ip())


def is_neighbour() -> bool:
    """Tell whether the request comes from this very machine, and not through a proxy that stands on it."""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    try:
        return not forwarded and ip_address(client_ip()).is_loopback
    except ValueError:
        return False


def external_url(endpoint: str, **values: Any) -> str:
    """Build an absolute link from PORTAL_BASE_URL, never from the Host header."""
    settings = current_settings()
    scheme = "https" if settings.is_https else "http"
    adapter = current_app.url_map.bind(settings.host, url_scheme=scheme)
    return str(adapter.build(endpoint, values, force_external=True))


def internal_path(target: str | None) -> str | None:
    """Return `target` when it is a path of this portal, else None: no open redirect (v5.0.0-3.7.2)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 32 or char == "\\" for char in target):
        return None
    return target


def home_path() -> str:
    """Return the path of the page that a signed-in customer lands on."""
    return url_for("home.home")
