"""The unit of work: return commits, raise rolls back. The only commits of the portal stand here.

What must outlive a refusal (security events, spent throttles) is written in a transaction of its own after the unit ends.
Nothing leaves over the network inside a unit: a route that calls out in between manages units of its own. Every unit knows
who acts; a write outside of one is refused.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from sqlalchemy import Row, Select, event, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session

from portal.kit import db as database
from portal.kit.actor import Acting, Actor, Role, System
from portal.kit.db import Mode, db
from portal.kit.refusals import Refusal

log = structlog.get_logger()
Args = ParamSpec("Args")
Result = TypeVar("Result")


@dataclass
class Unit:
    """One unit of work: what is to happen when it commits, when it rolls back, and afterwards in any case."""

    session: object
    actor: Acting
    refused: bool = False
    shows_only: bool = False
    """Whether it only shows a page: its statements stand alone, so that what it wrote could not be taken back."""
    wrote: bool = False
    let_go: bool = False
    """Whether the connection was given back on the way, and something done meanwhile."""
    on_commit: list[Callable[[], None]] = field(default_factory=list)
    on_rollback: list[Callable[[], None]] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    """Keys of the stored files that go when it commits."""


class OutsideUnit(RuntimeError):
    """The session was used where no unit is open: nobody would commit it, or it would hold a connection meanwhile."""


class ShowsOnly(RuntimeError):
    """Something was written by a page that is only shown: a GET that writes says so (rule 7)."""


class WrittenAlready(RuntimeError):
    """A verb that comes before the first write of its unit was called after one."""


class UnitRefused(Refusal):
    """Nothing may change in this request: its page carried no good token."""


THE_PORTAL = System("portal")
"""Who acts where nobody has said so."""
_unit: ContextVar[Unit | None] = ContextVar("unit", default=None)
_acting: ContextVar[Acting] = ContextVar("acting", default=THE_PORTAL)
_own_units: ContextVar["_OwnUnits | None"] = ContextVar("own_units", default=None)


@dataclass(frozen=True)
class _OwnUnits:
    """A route that manages its own units; a refused one may only read."""

    refused: bool


@contextmanager
def acting_as(who: Acting) -> Iterator[None]:
    """Say who acts in every unit that is opened within."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def own_units(*, refused: bool) -> Iterator[None]:
    """Run a route that opens its own units: between them the session may not even read, so that no connection is held.

    When `refused`, a unit for writing raises UnitRefused.
    """
    token = _own_units.set(_OwnUnits(refused))
    try:
        yield
        _refuse_loose_rows(db.session())
    finally:
        _own_units.reset(token)


@contextmanager
def unit_of_work(*, write: bool = True, steady: bool = True) -> Iterator[Unit]:
    """Run one unit: commit when the block returns, roll back when it raises or was refused.

    One that neither writes nor is `steady` shows a page: on PostgreSQL its statements travel without a transaction.

    Raises whatever the block or the commit raises, RuntimeError inside another unit of the same session, and UnitRefused
    for writing in a request that may only read. Callbacks run once it is certain how the unit ended, each alone; a failed
    one is reported and undoes nothing.
    """
    own = _own_units.get()
    if write and own and own.refused:
        raise UnitRefused
    mode = Mode.WRITING if write else Mode.STEADY if steady else Mode.READING
    unit = Unit(session=_own_session(), actor=_acting.get(), shows_only=mode is Mode.READING)
    token = _unit.set(unit)
    committed = False
    try:
        with database.opened_for(mode):
            try:
                yield unit
                if not unit.refused:
                    _commit()
                    committed = True
            finally:
                if not committed:
                    _roll_back()
    finally:
        _unit.reset(token)
        for callback in unit.on_commit if committed else unit.on_rollback:
            _reported(callback)
        for follow_up in unit.afterwards:
            in_passing(follow_up)


def in_unit(work: Callable[[Unit], Result], *, write: bool = True, steady: bool = True) -> Result:
    """Run `work` in a unit of its own; once more, in a fresh one, when its connection died before anything was done.

    No connection is asked beforehand whether it lives: it would cost each page a question.
    """
    unit: Unit | None = None
    try:
        with unit_of_work(write=write, steady=steady) as unit:
            return work(unit)
    except DBAPIError as error:
        if unit is None or not error.connection_invalidated or unit.wrote or unit.let_go:
            raise
    log.warning("unit.runs_again")
    db.engine.dispose()
    with unit_of_work(write=write, steady=steady) as unit:
        return work(unit)


def _own_session() -> Session:
    session = db.session()
    outer = _unit.get()
    if outer is not None and outer.session is session:
        raise RuntimeError("a unit of work inside another would commit half of it")
    _refuse_loose_rows(session)
    if session.in_transaction():
        # What was read before ends here: on SQLite a write lock can only be taken by a transaction that begins with it.
        session.rollback()
    return session


def _commit() -> None:
    session = db.session()
    # A page that asked for nothing has begun nothing.
    if session.in_transaction() or _holds_changes(session):
        session.commit()


def _refuse_loose_rows(session: Session) -> None:
    if _holds_changes(session):
        raise OutsideUnit("a row was added, changed or deleted where no unit of work was open")


def _holds_changes(session: Session) -> bool:
    return bool(session.new or session.deleted or any(session.is_modified(row) for row in session.dirty))


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


def in_passing(callback: Callable[[], None]) -> None:
    """Write something down in a unit of its own. A failure is reported, and nobody is troubled by it."""
    try:
        with unit_of_work():
            callback()
    except Exception:
        # The answer is made already: a failed afterthought is reported, never shown to the person.
        log.exception("unit.follow_up_failed")


def current_unit() -> Unit:
    """Return the unit that is under way. Raises OutsideUnit where there is none."""
    unit = _unit.get()
    if unit is None or unit.session is not db.session():
        raise OutsideUnit("no unit of work is open")
    return unit


def staff_role() -> Role | None:
    """Return the role of staff in which is written what is written now; None for customers and the portal itself.

    A unit that staff have opened stays theirs, whoever is said to act within it.
    """
    unit, who = _unit.get(), _acting.get()
    role = None if isinstance(who, Actor) else who.role
    return role if role or unit is None or isinstance(unit.actor, Actor) else unit.actor.role


@contextmanager
def savepoint() -> Iterator[None]:
    """Run a part of the unit. When it raises, it alone is taken back, with the files that it deleted, and the unit lives."""
    unit = current_unit()
    commits, files = len(unit.on_commit), len(unit.files)
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        del unit.on_commit[commits:]
        del unit.files[files:]
        raise


def after_unit(callback: Callable[[], None]) -> None:
    """Run `callback` in a fresh transaction once the unit has ended, committed or not."""
    current_unit().afterwards.append(callback)


def refuse_unit() -> None:
    """Roll the unit back when it ends, though the view returns a page. A route that has none open has nothing to undo."""
    unit = _unit.get()
    if unit is not None:
        unit.refused = True


def has_written() -> bool:
    """Tell whether the unit has written anything, or is about to."""
    unit = _unit.get()
    return bool((unit and unit.wrote) or db.session.new or db.session.dirty or db.session.deleted)


def before_writes(verb: Callable[Args, Result]) -> Callable[Args, Result]:
    """Declare that a verb comes before the first write of its unit: it hashes, spends or records apart from it.

    The verb then raises WrittenAlready after one, before it has done anything. Whoever calls such a verb is one as well.
    """

    @wraps(verb)
    def guarded(*args: Args.args, **kwargs: Args.kwargs) -> Result:
        if has_written():
            raise WrittenAlready(f"{verb.__qualname__} comes before the first write of the unit")
        return verb(*args, **kwargs)

    return guarded


@before_writes
def release_connection() -> None:
    """Give the connection back before slow work.

    Hashing a password holds no transaction and no connection; a throttle is spent before the unit writes. What was read
    stays as it was read: whoever acts on it afterwards locks the row and compares.
    """
    if unit := _unit.get():
        unit.let_go = True
    db.session.commit()


_NOTHING = select(literal(1))


def rows(statement: Select[*tuple[Any, ...]], bound: Mapping[str, object]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the rows of a SELECT that was built once, as they are: for pages, which change none of them.

    They come from the unit's own transaction and see what it has written. The session makes no objects of them and looks
    at each statement less: that is half of what a small question costs.
    """
    session = db.session()
    _note_read()
    if _holds_changes(session):
        # A question of the session's own has it send what waits to be written.
        session.execute(_NOTHING)
    return session.connection().execute(statement, bound).all()


@event.listens_for(db.session, "before_flush")
def _look_at_flush(session: Session, *_args: object) -> None:
    # Its statements would be committed one by one.
    if current_unit().shows_only and _holds_changes(session):
        raise ShowsOnly


@event.listens_for(db.session, "after_flush")
def _note_write(*_args: object) -> None:
    current_unit().wrote = True


@event.listens_for(db.session, "do_orm_execute")
def _note_statement(statement: ORMExecuteState) -> None:
    # Whatever is not plainly a SELECT counts as a write: statements by hand do not pass the flush.
    if not statement.is_select:
        if current_unit().shows_only:
            raise ShowsOnly
        _note_write()
    else:
        _note_read()


def _note_read() -> None:
    if _own_units.get():
        current_unit()
