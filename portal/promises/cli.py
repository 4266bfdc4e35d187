"""The command that runs the checks."""

import json

import click

from portal.kit.checks import Outcome
from portal.kit.commands import Group
from portal.kit.unit import unit_of_work
from portal.promises import service

SHOWN = {Outcome.PASSED: "passed", Outcome.FAILED: "BROKEN", Outcome.NOTHING_YET: "nothing to check yet"}


@click.group(cls=Group)
def promises() -> None:
    """Look whether the promises are kept."""


@promises.command("check")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(as_json: bool) -> None:
    """Run every check now. Exit status 1 when one is broken."""
    with unit_of_work():
        results = service.run_checks()
    if as_json:
        rows = [
            {"promise": r.promise, "check": r.name, "ok": r.ok, "outcome": r.outcome, "detail": r.detail} for r in results
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for result in results:
            click.echo(f"{result.promise} {SHOWN[Outcome(result.outcome)]:<20} {result.name}: {result.detail}")
    if not all(result.ok for result in results):
        raise SystemExit(1)


COMMANDS = (promises,)
