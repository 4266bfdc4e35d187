"""Throttles: how often a thing may be tried. Spent in a transaction of their own, so that a rollback does not refund.

Keys are HMACs under a secret of the day, kept for at most 24 hours (P23): nobody can tell from the table who tried.
Counting is by fixed windows (`limits`); with PORTAL_REDIS_URL set several machines share one count there.
"""

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from limits import parse_many
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from portal.kit import clock, keys
from portal.kit.refusals import TooManyTries
from portal.kit.running import App, Installed
from portal.kit.settings import Settings
from portal.kit.throttle_counts import SqlStorage, in_one_transaction, sweep
from portal.kit.unit import before_writes, release_connection

REDIS_PATIENCE_SECONDS = 5
"""A Redis that hangs must not hold the sign-in page; no answer counts as no (v5.0.0-16.5.3)."""

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


@dataclass(frozen=True)
class Spend:
    """One try of `name` for `key`, of which there may be so many ("10 per 5 minutes; 50 per day")."""

    name: str
    key: str
    limits: str


@before_writes
def consume(name: str, key: str, limits: str) -> None:
    """Spend one try of `name` for `key`. Raises TooManyTries with seconds to wait."""
    consume_each([Spend(name, key, limits)])


@before_writes
def consume_each(spends: Sequence[Spend]) -> None:
    """Spend one try of each, up to the first that is beyond its limits. Raises TooManyTries with seconds to wait."""
    release_connection()
    blinded = [(spend, _blind(spend.key)) for spend in spends]
    with _one_transaction_here():
        wait = next(filter(None, (_hit(spend, blind) for spend, blind in blinded)), None)
    if wait is not None:
        raise TooManyTries(retry_after=wait)


def _hit(spend: Spend, blind: str) -> int | None:
    """Spend one try; return the seconds to wait when it is beyond a limit."""
    limiter, beyond = _LIMITER.get(), None
    for limit in parse_many(spend.limits):
        if not limiter.hit(limit, spend.name, blind):
            beyond = limit
    if beyond is None:
        return None
    reset_at = limiter.get_window_stats(beyond, spend.name, blind).reset_time
    return max(1, int(reset_at - clock.now().timestamp()))


@before_writes
def consume_both(loud: Spend, silent: Spend) -> bool:
    """Spend one try of each, and tell whether the second was within its limits: for limits that must stay silent.

    Raises TooManyTries for the first; the second is then not spent.
    """
    release_connection()
    blinded = [(spend, _blind(spend.key)) for spend in (loud, silent)]
    with _one_transaction_here():
        wait = _hit(*blinded[0])
        in_time = wait is None and _hit(*blinded[1]) is None
    if wait is not None:
        raise TooManyTries(retry_after=wait)
    return in_time


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
    refund_each([Spend(name, key, limits)])


@before_writes
def refund_each(spends: Sequence[Spend]) -> None:
    """Give one try of each back."""
    release_connection()
    blinded = [(spend, _blind(spend.key)) for spend in spends]
    with _one_transaction_here():
        for spend, blind in blinded:
            for limit in parse_many(spend.limits):
                _LIMITER.get().storage.incr(limit.key_for(spend.name, blind), limit.get_expiry(), amount=-1)


def _one_transaction_here() -> AbstractContextManager[None]:
    return in_one_transaction() if isinstance(_LIMITER.get().storage, SqlStorage) else nullcontext()


def destroy_old_keys() -> int:
    """Destroy the secrets of past days, and counts whose window ended. Returns how many secrets went."""
    place = keys.day_keys()
    old = [day for day in place.days("throttle") if day < clock.today()]
    for day in old:
        place.destroy("throttle", day)
    sweep()
    return len(old)
