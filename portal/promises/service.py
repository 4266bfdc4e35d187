"""Run the checks, and say the status of each promise."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache

import structlog
from sqlalchemy import delete, select, type_coerce
from sqlalchemy.types import NullType

from portal.kit import clock, periods
from portal.kit.checks import CRASHED, Check, Finding, Outcome, checks, failed
from portal.kit.db import Stored, db, instant
from portal.kit.unit import rows
from portal.promises.catalogue import SECTIONS, Built, Promise
from portal.promises.models import CheckResult

log = structlog.get_logger()

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


class _Figures(dict[str, str]):
    """Every period of the policy by its name, said in the reader's language."""

    def __missing__(self, name: str) -> str:
        return periods.describe(periods.period(name))


def _with_figures(words: object) -> str:
    return str(words) % _Figures()


@dataclass(frozen=True)
class CheckRun:
    """One check with its last result, if it has run yet."""

    check: Check
    result: CheckResult | None

    @property
    def sentences(self) -> list[str]:
        """What the check saw, in the reader's language."""
        return self.check.say(self.result.statements) if self.result else []


@dataclass(frozen=True)
class Line:
    """One promise with its status and the check runs that say so."""

    promise: Promise
    status: PromiseStatus
    runs: Sequence[CheckRun]

    @property
    def title(self) -> str:
        """The promise in a few words, with the policy's own figures."""
        return _with_figures(self.promise.title)

    @property
    def text(self) -> str:
        """The promise in a sentence or two, with the policy's own figures."""
        return _with_figures(self.promise.text)


@dataclass(frozen=True)
class Chapter:
    """A section of the policy with its lines."""

    title: str
    lines: Sequence[Line]


def run_checks() -> list[CheckRun]:
    """Run every check now and keep the results; a check that fails to run counts as broken."""
    before = {result.name: result for result in db.session.scalars(select(CheckResult))}
    runs = [CheckRun(check, _keep(check, _run(check), before.get(check.name))) for check in checks()]
    gone = set(before) - {check.name for check in checks()}
    db.session.execute(delete(CheckResult).where(CheckResult.name.in_(gone)))
    return runs


def never_checked() -> bool:
    """Tell whether no check has run yet, as in a new database."""
    return db.session.scalar(select(CheckResult.name).limit(1)) is None


def _run(check: Check) -> Finding:
    try:
        with db.session.begin_nested():
            return check.run()
    except Exception as error:
        log.exception("promises.check_failed", check=check.name)
        return failed(CRASHED, error=type(error).__name__)


def _keep(check: Check, finding: Finding, before: CheckResult | None) -> CheckResult:
    now = clock.now()
    result = before or CheckResult(name=check.name, since_at=now)
    if before and before.outcome != finding.outcome:
        result.since_at = now
    result.promise, result.outcome = check.promise, finding.outcome
    result.findings, result.checked_at = [asdict(each) for each in finding.statements], now
    db.session.add(result)
    return result


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


def board(standing: Standing) -> list[Chapter]:
    """Return every promise with its status and what its checks saw, by section of the policy. One query."""
    results = {result.name: result for result in db.session.scalars(select(CheckResult))}
    runs: dict[str, list[CheckRun]] = defaultdict(list)
    for check in checks():
        runs[check.promise].append(CheckRun(check, results.get(check.name)))
    statuses = iter(standing.statuses)
    return [
        Chapter(str(section.title), [Line(each, next(statuses), runs.get(each.id, ())) for each in section.promises])
        for section in SECTIONS
    ]


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
