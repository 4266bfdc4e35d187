"""The command that runs the checks."""

import json
from typing import Any

import click

from portal.kit.checks import Check, Outcome
from portal.kit.commands import Group
from portal.kit.unit import unit_of_work
from portal.promises import service
from portal.promises.models import CheckResult

SHOWN = {Outcome.PASSED: "passed", Outcome.FAILED: "BROKEN", Outcome.NOTHING_YET: "nothing to check yet"}


@click.group(cls=Group)
def promises() -> None:
    """Check whether the promises are kept."""


@promises.command("check")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(as_json: bool) -> None:
    """Run every check now. Exit status 1 when one is broken."""
    with unit_of_work():
        rows = [_row(run.check, run.result, run.sentences) for run in service.run_checks() if run.result]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row['promise']} {SHOWN[row['outcome']]:<20} {row['check']}: {row['detail']}")
    if not all(row["ok"] for row in rows):
        raise SystemExit(1)


def _row(check: Check, result: CheckResult, sentences: list[str]) -> dict[str, Any]:
    return {
        "promise": check.promise,
        "check": check.name,
        "ok": result.ok,
        "outcome": result.outcome,
        "findings": result.findings,
        "detail": " ".join(sentences),
    }


COMMANDS = (promises,)
