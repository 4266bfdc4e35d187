"""Where throttles count: in the portal's own database, shared by its processes when no Redis is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any, cast

from limits.storage import Storage
from sqlalchemy import BigInteger, Connection, String, bindparam, case, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, db, writing

LONGEST_WINDOW_SECONDS = 24 * 3600
SKEW_SECONDS = int(clock.SKEW.total_seconds())


class ThrottleCount(Base):
    """How often one key was spent in its present window."""

    __tablename__ = "throttle_count"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    """Seconds since the epoch, as the `limits` library counts."""


class SqlStorage(Storage):
    """Counts in the portal's own database, shared by its processes when no Redis is set."""

    STORAGE_SCHEME = ["portal-sql"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """The error that the library may wrap; ours are let through."""
        return RuntimeError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count, starting anew when its window has ended; return the new count. One atomic statement."""
        now = _epoch()
        # No window is longer: one that ends later began while a clock was ahead.
        bound = {"key": key, "amount": amount, "now": now, "ends_at": now + expiry, "ahead": now + expiry + SKEW_SECONDS}
        with _transaction(write=True) as connection:
            return int(connection.execute(_adding(connection.dialect.name), bound).scalar_one())

    def get(self, key: str) -> int:
        """Return the count of a running window, else 0."""
        return self._read(key)[0]

    def get_expiry(self, key: str) -> float:
        """Return when the window of this key ends, in seconds since the epoch."""
        return float(self._read(key)[1])

    def _read(self, key: str) -> tuple[int, int]:
        statement = select(ThrottleCount.count, ThrottleCount.expires_at).where(
            ThrottleCount.key == key, ThrottleCount.expires_at > _epoch()
        )
        with _transaction(write=False) as connection:
            row = connection.execute(statement).first()
        return (row[0], row[1]) if row else (0, _epoch())

    def check(self) -> bool:
        """Return True: the database's health is asked elsewhere."""
        return True

    def reset(self) -> int | None:
        """Forget every count; return how many there were."""
        with writing(), db.engine.begin() as connection:
            return connection.execute(delete(ThrottleCount)).rowcount

    def clear(self, key: str) -> None:
        """Forget one count."""
        with writing(), db.engine.begin() as connection:
            connection.execute(delete(ThrottleCount).where(ThrottleCount.key == key))


_together: ContextVar[Connection | None] = ContextVar("together", default=None)


@contextmanager
def in_one_transaction() -> Iterator[None]:
    """Spend and read within in one transaction, where counts are kept in the database."""
    with writing(), db.engine.begin() as connection:
        token = _together.set(connection)
        try:
            yield
        finally:
            _together.reset(token)


@contextmanager
def _transaction(*, write: bool) -> Iterator[Connection]:
    if (connection := _together.get()) is not None:
        yield connection
    elif write:
        with writing(), db.engine.begin() as connection:
            yield connection
    else:
        with db.engine.begin() as connection:
            yield connection


@cache
def _adding(dialect: str) -> Any:
    # Here: each process loads the one that its database speaks.
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
    table = cast(Any, ThrottleCount.__table__)
    ended = (table.c.expires_at <= bindparam("now")) | (table.c.expires_at > bindparam("ahead"))
    amount: Any = bindparam("amount")
    ends_at: Any = bindparam("ends_at")
    return (
        insert(table)
        .values(key=bindparam("key"), count=amount, expires_at=ends_at)
        .on_conflict_do_update(
            index_elements=[table.c.key],
            set_={
                "count": _either(ended, amount, table.c.count + amount),
                "expires_at": _either(ended, ends_at, table.c.expires_at),
            },
        )
        .returning(table.c.count)
    )


def _either(condition: Any, yes: Any, no: Any) -> Any:
    return case((condition, yes), else_=no)


def _epoch() -> int:
    return int(clock.now().timestamp())


def sweep() -> None:
    """Delete counts whose window ended, and those that a clock which was ahead has dated too late."""
    ahead = ThrottleCount.expires_at > _epoch() + SKEW_SECONDS + LONGEST_WINDOW_SECONDS
    db.session.execute(delete(ThrottleCount).where((ThrottleCount.expires_at <= _epoch()) | ahead))
