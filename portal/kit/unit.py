"""The unit of work: return commits, raise rolls back. The only commits of the portal stand here.

What must outlive a refusal (security events, spent throttles) is written in a transaction of its own after the unit ends.
Nothing leaves over the network inside a unit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import structlog
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState

from portal.kit import db as database
from portal.kit.db import db

log = structlog.get_logger()


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


def release_connection() -> None:
    """Give the connection back before slow work. Raises RuntimeError when something is written already.

    Hashing a password holds no transaction and no connection; a throttle spends before the unit writes. What was read
    stays as it was read: whoever acts on it afterwards locks the row and compares.
    """
    if has_written():
        raise RuntimeError("slow or separate work must come before the first write of the unit")
    db.session.commit()


@event.listens_for(db.session, "after_flush")
def _note_write(*_args: object) -> None:
    unit = _unit.get(None)
    if unit is not None:
        unit.wrote = True


@event.listens_for(db.session, "do_orm_execute")
def _note_statement(statement: ORMExecuteState) -> None:
    # Whatever is not plainly a SELECT counts as a write: statements by hand do not pass the flush.
    if not statement.is_select:
        _note_write()
