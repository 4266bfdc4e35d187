"""Throttles: how often a thing may be tried. Spent in a transaction of their own, so that a rollback does not refund.

Keys are HMACs under a secret of the day, kept for at most 24 hours (P23): nobody can tell from the table who tried.
Counting is by fixed windows (`limits`); with PORTAL_REDIS_URL set several machines share one count there.
"""

import hashlib
import hmac
from typing import Any, cast

from limits import RateLimitItem, parse_many
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import BigInteger, String, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock, keys
from portal.kit.db import Base, db, writing
from portal.kit.refusals import TooManyTries
from portal.kit.running import App, Installed
from portal.kit.settings import Settings
from portal.kit.unit import before_writes, release_connection

REDIS_PATIENCE_SECONDS = 5
"""A Redis that hangs must not hold the sign-in page; no answer counts as no (v5.0.0-16.5.3)."""


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
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        table = cast(Any, ThrottleCount.__table__)
        # No window is longer: one that ends later began while a clock was ahead.
        ended = (table.c.expires_at <= now) | (table.c.expires_at > now + expiry + SKEW_SECONDS)
        statement = (
            dialect.insert(table)
            .values(key=key, count=amount, expires_at=now + expiry)
            .on_conflict_do_update(
                index_elements=[table.c.key],
                set_={
                    "count": _either(ended, amount, table.c.count + amount),
                    "expires_at": _either(ended, now + expiry, table.c.expires_at),
                },
            )
            .returning(table.c.count)
        )
        with writing(), db.engine.begin() as connection:
            return int(connection.execute(statement).scalar_one())

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
        with db.engine.begin() as connection:
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


def _either(condition: Any, yes: Any, no: Any) -> Any:
    return case((condition, yes), else_=no)


def _epoch() -> int:
    return int(clock.now().timestamp())


_LIMITER = Installed[FixedWindowRateLimiter]("throttle")


def init_app(app: App, settings: Settings) -> None:
    """Choose where counts are kept."""
    storage: Storage = (
        RedisStorage(
            settings.redis_url.get_secret_value(),
            key_prefix="portal",
            socket_timeout=REDIS_PATIENCE_SECONDS,
            socket_connect_timeout=REDIS_PATIENCE_SECONDS,
        )
        if settings.redis_url
        else SqlStorage()
    )
    _LIMITER.install(app, FixedWindowRateLimiter(storage))


def _blind(key: str) -> str:
    secret = keys.day_keys().get_or_make("throttle", clock.today())
    return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()


@before_writes
def consume(name: str, key: str, limits: str) -> None:
    """Spend one try of `name` for `key` ("10 per 5 minutes; 50 per day"). Raises TooManyTries with seconds to wait."""
    release_connection()
    blind, limiter = _blind(key), _LIMITER.get()
    spent: RateLimitItem | None = None
    for limit in parse_many(limits):
        if not limiter.hit(limit, name, blind):
            spent = limit
    if spent is not None:
        reset_at = limiter.get_window_stats(spent, name, blind).reset_time
        raise TooManyTries(retry_after=max(1, int(reset_at - clock.now().timestamp())))


@before_writes
def try_consume(name: str, key: str, limits: str) -> bool:
    """Spend one try and tell whether it was within the limits: for limits that must stay silent."""
    try:
        consume(name, key, limits)
    except TooManyTries:
        return False
    return True


@before_writes
def refund(name: str, key: str, limits: str) -> None:
    """Give one try back that turned out well: only failures stay counted, and nobody's success wipes out another's."""
    release_connection()
    for limit in parse_many(limits):
        _LIMITER.get().storage.incr(limit.key_for(name, _blind(key)), limit.get_expiry(), amount=-1)


def destroy_old_keys() -> int:
    """Destroy the secrets of past days, and counts whose window ended. Returns how many secrets went."""
    place = keys.day_keys()
    old = [day for day in place.days("throttle") if day < clock.today()]
    for day in old:
        place.destroy("throttle", day)
    ahead = ThrottleCount.expires_at > _epoch() + SKEW_SECONDS + LONGEST_WINDOW_SECONDS
    db.session.execute(delete(ThrottleCount).where((ThrottleCount.expires_at <= _epoch()) | ahead))
    return len(old)
