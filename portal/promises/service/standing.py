"""How each promise stands, by what its checks have found lately."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache

from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType

from portal.kit import clock
from portal.kit.checks import Outcome, checks
from portal.kit.db import Stored, instant
from portal.kit.unit import rows
from portal.promises.catalogue import SECTIONS, Built, Promise
from portal.promises.models import CheckResult

STALE_AFTER = timedelta(hours=3)
"""The checks run every hour; a result that is older than this says nothing any more."""


class PromiseStatus(Enum):
    """How a promise stands. Only a check that looked lately and found it so makes it kept.

    A check that failed breaks every promise, built or not. What is built in part, or used by nobody, is never kept.
    """

    KEPT = "kept"
    BROKEN = "broken"
    STALE = "stale"
    PARTLY_BUILT = "partly_built"
    NOTHING_YET = "nothing_yet"
    UNCHECKED = "unchecked"
    NOT_BUILT = "not_built"


Look = tuple[str, Outcome, datetime]
"""What a check found and when it looked: its name, the outcome, the instant."""


@dataclass(frozen=True)
class Standing:
    """How all promises stand, by the last look of each check. Equal ones make equal pages."""

    looks: tuple[Look, ...]
    statuses: tuple[PromiseStatus, ...]
    """In the order of the policy."""

    def count(self, status: PromiseStatus) -> int:
        """Return how many promises stand so."""
        return self.statuses.count(status)

    @property
    def total(self) -> int:
        """How many promises there are."""
        return len(self.statuses)

    @property
    def live(self) -> int:
        """How many are kept, broken or unchecked for too long: those that are built and in use. The others start later."""
        return sum(self.count(each) for each in (PromiseStatus.KEPT, PromiseStatus.BROKEN, PromiseStatus.STALE))


_LAST = (CheckResult.name, CheckResult.outcome, CheckResult.checked_at)
_AS_STORED = select(*(type_coerce(column, NullType()) for column in _LAST)).order_by(CheckResult.name)

Seen = tuple[str, Outcome | None, bool]
"""What one check says of its promise now: the promise, the outcome of its last look, and whether that was lately."""


def standing() -> Standing:
    """Return how all promises stand. One query, of what the statuses need alone."""
    looks = _looks(tuple(tuple(row) for row in rows(_AS_STORED, {})))
    last = {look[0]: look for look in looks}
    now = clock.now()
    fresh_from, latest = now - STALE_AFTER, clock.latest()
    seen: list[Seen] = []
    for check in checks():
        look = last.get(check.name)
        # A look that is dated ahead was taken by a wrong clock, and says nothing about today.
        seen.append((check.promise, look and look[1], look is not None and fresh_from <= look[2] <= latest))
    return Standing(looks, _statuses(tuple(seen)))


@lru_cache(maxsize=1)
def _looks(stored: tuple[tuple[str, str, Stored], ...]) -> tuple[Look, ...]:
    """Read what is stored, which stays the same for an hour: to make instants of it costs as much as to ask for it."""
    return tuple((name, Outcome(outcome), instant(at)) for name, outcome, at in stored)


@lru_cache(maxsize=4)
def _statuses(seen: tuple[Seen, ...]) -> tuple[PromiseStatus, ...]:
    mine: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        mine[each[0]].append(each)
    return tuple(_status(each, mine.get(each.id, ())) for section in SECTIONS for each in section.promises)


def _status(promise: Promise, seen: Sequence[Seen]) -> PromiseStatus:
    outcomes = {outcome for _promise, outcome, _is_fresh in seen}
    if Outcome.FAILED in outcomes:
        return PromiseStatus.BROKEN
    if promise.built is Built.NOT:
        return PromiseStatus.NOT_BUILT
    if not seen:
        return PromiseStatus.UNCHECKED if promise.built is Built.WHOLLY else PromiseStatus.PARTLY_BUILT
    if not all(is_fresh for _promise, _outcome, is_fresh in seen):
        return PromiseStatus.STALE
    if outcomes == {Outcome.NOTHING_YET}:
        return PromiseStatus.NOTHING_YET
    return PromiseStatus.KEPT if promise.built is Built.WHOLLY else PromiseStatus.PARTLY_BUILT
