"""Run the checks, and keep what each has found."""

from dataclasses import asdict, dataclass

import structlog
from sqlalchemy import delete, select

from portal.kit import clock
from portal.kit.checks import CRASHED, Check, Finding, checks, failed
from portal.kit.db import db
from portal.promises.models import CheckResult

log = structlog.get_logger()


@dataclass(frozen=True)
class CheckRun:
    """One check with its last result, if it has run yet."""

    check: Check
    result: CheckResult | None

    @property
    def sentences(self) -> list[str]:
        """What the check saw, in the reader's language."""
        return self.check.say(self.result.statements) if self.result else []


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
