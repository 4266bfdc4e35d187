"""The database: one session, typed columns that mean the same on SQLite and PostgreSQL."""

import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum as Enumeration
from enum import StrEnum
from typing import Annotated, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    JSON,
    CursorResult,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Row,
    Select,
    String,
    UpdateBase,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from portal.kit import turns
from portal.kit.running import App

BUSY_TIMEOUT_MS = 15_000
CACHE_KIB = 256
"""Of SQLite's pages that each connection keeps: there are twenty in a process, and the system keeps the file's pages too."""
ROOM_KIB = 16_384
"""Of them while a long way's piece needs room."""


Stored = datetime | str
"""An instant as the driver gives it: SQLite's as text, without a zone."""


def instant(stored: Stored) -> datetime:
    """Return an instant, in UTC, from what the database has for it."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite drops the zone; here it is put back. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instant(value)


class Base(DeclarativeBase):
    """The base of every table; constraint names are fixed so that migrations can name them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            uuid.UUID: Uuid(),
            dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        },
    )


Model = TypeVar("Model", bound=Base)


class OneSession(Session):
    """A session of the app's one engine."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine:
        """Return the engine, which need not be looked for."""
        return db.engine


class Database(SQLAlchemy):
    """One session and one engine an app, and what is asked of them everywhere."""

    def lock(self, model: type[Model], key: object) -> Model | None:
        """Return a row as the database holds it now, locked until the unit ends; None when there is none."""
        return self.session.get(model, key, with_for_update=True, populate_existing=True)

    def affected(self, statement: UpdateBase) -> int:
        """Run a statement and return how many rows it changed."""
        return cast("CursorResult[Any]", self.session.execute(statement)).rowcount


db = Database(model_class=Base, session_options={"expire_on_commit": False, "class_": OneSession}, disable_autonaming=True)

Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
Name = Annotated[str, mapped_column(String(100))]
Address = Annotated[str, mapped_column(String(254))]
Word = Annotated[str, mapped_column(String(64))]


def word_of(words: type[StrEnum], *, length: int = 64) -> Enum:
    """Make the type of a column that holds one of `words`, as text. Any other raises LookupError, stored or read."""
    return Enum(words, native_enum=False, length=length, validate_strings=True, values_callable=lambda each: [*each])


class Mode(Enumeration):
    """What transactions are opened for."""

    STEADY = "steady"
    """To read: what was begun sees one state where the database gives that."""
    READING = "reading"
    """To show a page: each statement sees what has been committed before it, as under READ COMMITTED it does anyway."""
    WRITING = "writing"
    """To write: SQLite takes its write lock first, so that none fails half way for want of it."""


_mode: ContextVar[Mode] = ContextVar("mode", default=Mode.STEADY)


@contextmanager
def opened_for(mode: Mode) -> Iterator[None]:
    """Open transactions for this within."""
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


def writing() -> AbstractContextManager[None]:
    """Open transactions for writing within."""
    return opened_for(Mode.WRITING)


def is_writing() -> bool:
    """Tell whether the transactions that are opened here may write."""
    return _mode.get() is Mode.WRITING


def repeatable_read() -> None:
    """Let every read of this unit see one and the same state, however long it takes. Call before the first of them."""
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def read_apart(statement: Select[*tuple[Any, ...]], bound: Mapping[str, Any]) -> Row[*tuple[Any, ...]] | None:
    """Return the first row of a SELECT that is asked by itself, apart from any unit.

    A connection that turns out to be dead is replaced, and the question asked once more. So are all that wait beside it:
    the library tells old ones by the time of day, which may have been put back.
    """
    try:
        return _first(statement, bound)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        db.engine.dispose()
    return _first(statement, bound)


def _first(statement: Select[*tuple[Any, ...]], bound: Mapping[str, Any]) -> Row[*tuple[Any, ...]] | None:
    with opened_for(Mode.READING), db.engine.connect() as connection:
        return connection.execute(statement, bound).first()


def let_others_write() -> None:
    """Let go first who waits to write where one writes at a time (SQLite). Call before a piece of a long way begins."""
    if db.engine.dialect.name == "sqlite":
        turns.let_others_go_first(_folder(db.engine))


def make_room() -> None:
    """Keep all pages that this transaction changes until it ends (SQLite): a long way's piece changes each several times."""
    if db.engine.dialect.name == "sqlite":
        connection = db.session.connection()
        connection.exec_driver_sql(f"PRAGMA cache_size=-{ROOM_KIB}")
        connection.info[ROOM_KIB] = True


class LogBusy(Exception):
    """Somebody still reads from the write-ahead log: it cannot be emptied now, so try again."""


def leaves_traces() -> bool:
    """Tell whether deleted rows may stay unreadable in free space of the files until that is used again (PostgreSQL)."""
    return db.engine.dialect.name == "postgresql"


def purge_free_space(tables: Iterable[str]) -> None:
    """Clear away what deleted rows leave behind. Call outside of a transaction. Raises LogBusy.

    SQLite: deleted content is overwritten at once (secure_delete), here the write-ahead log is emptied too.
    PostgreSQL: dead rows of these tables are vacuumed; pages and log keep traces, which receipts say.
    """
    if db.engine.dialect.name == "sqlite":
        with closing(db.engine.raw_connection()) as connection:
            busy, _pages, _moved = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise LogBusy
        return
    quote = db.engine.dialect.identifier_preparer.quote
    with opened_for(Mode.READING), db.engine.connect() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        try:
            for table in tables:
                connection.exec_driver_sql(f"VACUUM {quote(table)}")
        finally:
            connection.exec_driver_sql("RESET statement_timeout")


def init_app(app: App, url: str) -> None:
    """Bind the session to the database at `url`, with the limits that hold on either kind."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # A refused row must not be quoted in an error; the logs keep no words of errors anyway.
    options: dict[str, Any] = {"hide_parameters": True}
    options |= {"pool_size": 10, "max_overflow": 10, "pool_timeout": 10}
    if url.startswith("postgresql"):
        limits = "-c statement_timeout=30000 -c timezone=UTC"
        options["connect_args"] = {"autocommit": True, "connect_timeout": 5, "options": limits}
    else:
        options |= {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if url.startswith("sqlite"):
            event.listen(db.engine, "connect", _set_pragmas)
            event.listen(db.engine, "begin", _begin_on_sqlite)
            event.listen(db.engine, "checkin", _give_room_back)
        else:
            event.listen(db.engine, "begin", _begin_on_postgresql)


# Neither driver begins a transaction by itself: that of SQLite would begin late and end early, that of PostgreSQL would
# put a BEGIN before the one question of a page.


def _begin_on_sqlite(connection: Connection) -> None:
    if not is_writing():
        connection.exec_driver_sql("BEGIN")
        return
    with turns.waiting(_folder(connection.engine)):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _folder(engine: Engine) -> str:
    """Return the folder of SQLite's file; of one that lies in memory alone, where nobody else writes, any."""
    return os.path.dirname(engine.url.database or "") or os.curdir  # noqa: PTH120 (each transaction asks)


def _begin_on_postgresql(connection: Connection) -> None:
    if _mode.get() is not Mode.READING:
        connection.exec_driver_sql("BEGIN")


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # As PostgreSQL does: under NORMAL a power cut takes commits back that were acknowledged.
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _give_room_back(connection: Any, record: Any) -> None:
    if record.info.pop(ROOM_KIB, False) and connection:
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
