"""The commands of the data register: print it, carry out its periods, and change the keys that seal it."""

import contextlib
import json
import sys

import click

from portal.jobs import service as jobs
from portal.jobs.worker import drain
from portal.kit import claims, db, keys, rotation
from portal.kit.commands import Command, Group
from portal.kit.job_kinds import job_kinds
from portal.kit.rotation import KeyState
from portal.kit.sealed import UNNAMED
from portal.kit.unit import unit_of_work
from portal.privacy import service


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def register(as_json: bool) -> None:
    """Print the data register: what is held, why, on which legal ground, for how long, and who may write each column."""
    rows = claims.register().rows()
    if as_json:
        click.echo(json.dumps([vars(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.area}.{row.name}: {row.what}\n  {', '.join(row.personal) or 'nothing personal'}")
        click.echo(
            f"  why: {row.purpose}\n  legal ground: {row.ground}\n  kept: {row.kept}\n  on deletion: {row.on_erasure}\n"
            f"  staff: {' '.join(row.staff) or 'They write nothing here.'}"
        )
        for column, writers in row.writers.items():
            click.echo(f"    {column}: {', '.join(writers)}")


@click.command(cls=Command)
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def sweep(dry_run: bool, as_json: bool) -> None:
    """Delete what has reached the end of its period, and carry out the deletions that are due."""
    # The background work that runs here writes its log; what a program reads stays alone on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        gone = _sweep(dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(gone, indent=2))
        return
    verb = "would be deleted" if dry_run else "deleted"
    for what, count in gone.items():
        click.echo(f"{what}: {count} {verb}")
    click.echo(f"Total: {sum(gone.values())} {verb}.")


def _sweep(*, dry_run: bool) -> dict[str, int]:
    gone: dict[str, int] = {}
    if dry_run:
        with unit_of_work():
            gone = service.count_ended()
    start: str | None = None if dry_run else ""
    while start is not None:
        db.let_others_write()
        with unit_of_work():
            swept = service.sweep_batch(start=start)
        gone = {what: gone.get(what, 0) + swept.gone.get(what, 0) for what in {**gone, **swept.gone}}
        start = swept.go_on
        if swept.gone:
            click.echo(f"{sum(gone.values())} entries deleted", err=True)
    with unit_of_work():
        gone |= {f"files: {kind}": files for kind, files in service.sweep_files(dry_run=dry_run).items()}
        if due := service.count_due():
            gone["accounts"] = due
        if not dry_run:
            for kind in job_kinds().values():
                if kind.is_sweep:
                    jobs.enqueue(kind.name)
    if not dry_run:
        drain()
    return gone


@click.group(name="keys", cls=Group)
def secret_keys() -> None:
    """Change the secret keys without losing what they protect; deploy/README.md has the steps."""


@secret_keys.command()
@click.option("--lost", metavar="ID", help="Give up a missing key that will never come back.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def rotate(lost: str | None, as_json: bool) -> None:
    """Encrypt everything with the newest key, and say what still needs an old one (then the exit status is 1)."""
    # The work writes its log; what a program reads stays alone on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        resealed = _reseal()
        states = _look(lost)
    newest = keys.key_ids()[0]
    if as_json:
        click.echo(json.dumps({"newest": newest, "resealed": resealed, "keys": [_plain(each) for each in states]}, indent=2))
    else:
        click.echo(
            f"Re-encrypted {resealed} values. Key 1 of PORTAL_SECRET_KEYS ({newest}) now encrypts and signs everything."
        )
        for each in states:
            click.echo("\n".join(_words(each)))
        if not states:
            click.echo("Nothing needs any other key.")
    if not all(each.is_free for each in states):
        raise SystemExit(1)


def _look(lost: str | None) -> list[KeyState]:
    with unit_of_work():
        rotation.note_use()
        if lost and not rotation.give_up(lost):
            raise click.ClickException("No key with this ID is missing, so none was given up.")
        return rotation.states()


def _reseal() -> int:
    with unit_of_work():
        rotation.note_keys()
        waiting = rotation.count_waiting()
    after, done = None, 0
    with click.progressbar(length=waiting, label="Re-encrypting", file=sys.stderr) as bar:
        while True:
            with unit_of_work():
                after = rotation.reseal_some(after)
            if after is None:
                return done
            done += after.done
            bar.update(after.done)


def _plain(state: KeyState) -> dict[str, object]:
    until = state.links_until.isoformat() if state.links_until else None
    return {
        "id": state.key_id,
        "place": state.place,
        "sealed": dict(state.sealed),
        "links_until": until,
        "free": state.is_free,
    }


def _words(state: KeyState) -> list[str]:
    name = f"Key {state.place} ({state.key_id})" if state.place else f"Key {state.key_id}"
    if state.is_free:
        return [f"{name} is free: nothing needs it. Take it out of PORTAL_SECRET_KEYS and restart."]
    needs = [f"  still encrypted with it: {count} ({what})" for what, count in sorted(state.sealed.items())]
    if state.key_id == UNNAMED:
        return [
            "No key in PORTAL_SECRET_KEYS opens some values. Put back the key that encrypted them, and restart:",
            *needs,
        ]
    if state.is_missing:
        return [f"{name} is missing from PORTAL_SECRET_KEYS and still needed. Put it back, and restart:", *needs]
    if state.links_until:
        until = f"{state.links_until:%d %b %Y, %H:%M} UTC"
        needs.append(f"  signed with it: links in emails and cookies; the last of them work until {until}")
    return [f"{name} is still needed. Leave it in PORTAL_SECRET_KEYS:", *needs]


COMMANDS = (register, sweep, secret_keys)
