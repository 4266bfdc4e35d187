"""Run the checks, and say the status of each promise."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import Enum

import structlog
from sqlalchemy import delete, select

from portal.kit import clock, periods
from portal.kit.checks import CRASHED, Check, Finding, Outcome, checks, failed
from portal.kit.db import db
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


def board() -> list[Chapter]:
    """Return every promise with its status, by section of the policy. One query."""
    results = {result.name: result for result in db.session.scalars(select(CheckResult))}
    runs: dict[str, list[CheckRun]] = defaultdict(list)
    for check in checks():
        runs[check.promise].append(CheckRun(check, results.get(check.name)))
    return [Chapter(str(section.title), [_line(promise, runs) for promise in section.promises]) for section in SECTIONS]


def _line(promise: Promise, runs: Mapping[str, Sequence[CheckRun]]) -> Line:
    mine = runs.get(promise.id, ())
    return Line(promise, _status(promise, mine), mine)


def _status(promise: Promise, runs: Sequence[CheckRun]) -> PromiseStatus:
    results = [run.result for run in runs]
    if any(result is not None and not result.ok for result in results):
        return PromiseStatus.BROKEN
    if promise.built is Built.NOT:
        return PromiseStatus.NOT_BUILT
    if not results:
        return PromiseStatus.UNCHECKED if promise.built is Built.WHOLLY else PromiseStatus.PARTLY_BUILT
    fresh_from = clock.now() - STALE_AFTER
    # A look that is dated ahead was taken by a wrong clock, and says nothing about today.
    if any(result is None or not fresh_from <= result.checked_at <= clock.latest() for result in results):
        return PromiseStatus.STALE
    if all(result is not None and result.outcome == Outcome.NOTHING_YET for result in results):
        return PromiseStatus.NOTHING_YET
    return PromiseStatus.KEPT if promise.built is Built.WHOLLY else PromiseStatus.PARTLY_BUILT


def tally(chapters: Sequence[Chapter]) -> dict[PromiseStatus, int]:
    """Count the promises of a board by status."""
    counts = dict.fromkeys(PromiseStatus, 0)
    for chapter in chapters:
        for line in chapter.lines:
            counts[line.status] += 1
    return counts
