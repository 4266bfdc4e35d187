"""Run the checks, and say how each promise stands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog
from sqlalchemy import delete, select

from portal.kit import clock, periods
from portal.kit.checks import Check, Finding, broken, checks
from portal.kit.db import db
from portal.promises.catalogue import SECTIONS, Promise
from portal.promises.models import DETAIL_MAX, CheckResult

log = structlog.get_logger()

STALE_AFTER = timedelta(hours=3)
"""The checks run every hour; a result that is older than this says nothing any more."""


class Standing(Enum):
    """How a promise stands. Only a check that looked lately and found it so makes it kept."""

    KEPT = "kept"
    BROKEN = "broken"
    STALE = "stale"
    UNCHECKED = "unchecked"
    NOT_BUILT = "not_built"


class _Figures(dict[str, str]):
    """Every period of the policy by its name, said in the reader's language."""

    def __missing__(self, name: str) -> str:
        return periods.describe(periods.period(name))


def _with_figures(words: object) -> str:
    return str(words) % _Figures()


@dataclass(frozen=True)
class Look:
    """One check with its last result, if it has looked yet."""

    check: Check
    result: CheckResult | None


@dataclass(frozen=True)
class Line:
    """One promise with its standing and the looks that say so."""

    promise: Promise
    standing: Standing
    looks: Sequence[Look]

    @property
    def title(self) -> str:
        """The promise in a few words, with the policy's own figures."""
        return _with_figures(self.promise.title)

    @property
    def text(self) -> str:
        """The promise in a sentence or two, with the policy's own figures."""
        return _with_figures(self.promise.text)

    @property
    def checked_at(self) -> datetime | None:
        """When the oldest of its checks looked last."""
        return min((look.result.checked_at for look in self.looks if look.result), default=None)


@dataclass(frozen=True)
class Chapter:
    """A section of the policy with its lines."""

    title: str
    lines: Sequence[Line]


def run_checks() -> list[CheckResult]:
    """Run every check now and keep the results; a check that fails to run counts as broken."""
    before = {result.name: result for result in db.session.scalars(select(CheckResult))}
    results = [_keep(check, _look(check), before.get(check.name)) for check in checks()]
    gone = set(before) - {check.name for check in checks()}
    db.session.execute(delete(CheckResult).where(CheckResult.name.in_(gone)))
    return results


def never_checked() -> bool:
    """Tell whether no check has run yet, as in a new database."""
    return db.session.scalar(select(CheckResult.name).limit(1)) is None


def _look(check: Check) -> Finding:
    try:
        with db.session.begin_nested():
            return check.run()
    except Exception as error:
        log.exception("promises.check_failed", check=check.name)
        return broken(f"the check itself failed ({type(error).__name__})")


def _keep(check: Check, finding: Finding, before: CheckResult | None) -> CheckResult:
    now = clock.now()
    result = before or CheckResult(name=check.name, since_at=now)
    if before and before.ok != finding.ok:
        result.since_at = now
    result.promise, result.ok, result.detail, result.checked_at = check.promise, finding.ok, finding.detail[:DETAIL_MAX], now
    db.session.add(result)
    return result


def board() -> list[Chapter]:
    """Return every promise with its standing, by section of the policy. One query."""
    results = {result.name: result for result in db.session.scalars(select(CheckResult))}
    looks: dict[str, list[Look]] = defaultdict(list)
    for check in checks():
        looks[check.promise].append(Look(check, results.get(check.name)))
    return [Chapter(str(section.title), [_line(promise, looks) for promise in section.promises]) for section in SECTIONS]


def _line(promise: Promise, looks: Mapping[str, Sequence[Look]]) -> Line:
    mine = looks.get(promise.id, ())
    return Line(promise, _standing(promise, mine), mine)


def _standing(promise: Promise, looks: Sequence[Look]) -> Standing:
    if not promise.built:
        return Standing.NOT_BUILT
    if not looks:
        return Standing.UNCHECKED
    results = [look.result for look in looks]
    if any(result is not None and not result.ok for result in results):
        return Standing.BROKEN
    fresh_from = clock.now() - STALE_AFTER
    if any(result is None or result.checked_at < fresh_from for result in results):
        return Standing.STALE
    return Standing.KEPT


def tally(chapters: Sequence[Chapter]) -> dict[Standing, int]:
    """Count the promises of a board by standing."""
    counts = dict.fromkeys(Standing, 0)
    for chapter in chapters:
        for line in chapter.lines:
            counts[line.standing] += 1
    return counts
