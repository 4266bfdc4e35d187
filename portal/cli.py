"""The commands of operators and of `make run`. Every one has --help, an exit status, and plain errors in one line."""

import json
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

import click
import flask_migrate
from flask import Flask
from flask_migrate import Migrate

from portal import demo as demo_company
from portal.app import ROOT, create_app
from portal.jobs import service as jobs
from portal.jobs import worker as job_worker
from portal.kit import claims
from portal.kit.db import db
from portal.kit.settings import SettingsError, load
from portal.kit.web import unit_of_work
from portal.privacy import service as privacy
from portal.promises import service as promise_service

MIGRATIONS = str(ROOT / "migrations")
THREADS = 128
"""Threads that answer: most wait, for a hash or the database, and cost little; the costly work is bounded elsewhere."""


class Portal(click.Group):
    """The command group: makes the app once, and says a wrong setting in plain words."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command inside the app's context."""
        try:
            app = create_app(load())
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        Migrate(app, db, directory=MIGRATIONS)
        ctx.obj = app
        with app.app_context():
            return super().invoke(ctx)


@click.group(cls=Portal, help="The customer portal. Settings come from the environment; see README.md.")
def main() -> None:
    """Run `portal`."""


@main.command()
@click.option("--demo", is_flag=True, help="Migrate first, and fill an empty database with the demo company.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `portal worker` elsewhere.")
@click.option("--host", default=lambda: os.environ.get("HOST", "127.0.0.1"), help="Address to listen on.")
@click.option("--port", default=lambda: int(os.environ.get("PORT", "8000")), type=int, help="Port to listen on.")
@click.option("--processes", default=1, show_default=True, help="How many processes answer.")
def serve(*, demo: bool, no_worker: bool, host: str, port: int, processes: int) -> None:
    """Serve the pages, with the worker beside them."""
    from granian.constants import Interfaces
    from granian.server import Server

    if demo:
        flask_migrate.upgrade()
        fill_demo()
    beside = None if no_worker else subprocess.Popen([sys.executable, "-m", "portal", "worker"], cwd=ROOT)
    try:
        Server(
            "wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=THREADS,
            respawn_failed_workers=True,
            log_access=False,
            working_dir=ROOT,
        ).serve()
    finally:
        if beside:
            beside.terminate()
            beside.wait(timeout=30)


@main.command()
def demo() -> None:
    """Fill an empty database with the demo company; one that holds anybody is left alone."""
    if not fill_demo():
        raise click.ClickException("There are accounts already. The demo company only fills an empty database.")


def fill_demo() -> bool:
    """Make the demo company, one unit of work a person, and print how to sign in. False when there is anybody yet."""
    if not demo_company.is_empty():
        return False
    for person in demo_company.draw_people():
        with unit_of_work():
            demo_company.settle(person)
        click.echo(f"  {person.email:<20} {person.password:<48} {person.role or 'customer'}")
    return True


@main.command()
@click.pass_obj
def worker(app: Flask) -> None:
    """Run background work until told to stop."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    job_worker.work(app, stop)


@main.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    flask_migrate.upgrade()


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def register(as_json: bool) -> None:
    """Print the data register: what is held, why, on which ground and how long."""
    rows = claims.register().rows()
    if as_json:
        click.echo(json.dumps([vars(row) for row in rows], indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.area}.{row.table}: {row.what}\n  {', '.join(row.personal) or 'nothing personal'}")
        click.echo(f"  why: {row.purpose}\n  ground: {row.ground}\n  kept: {row.kept}\n  on deletion: {row.on_erasure}")


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def sweep(dry_run: bool, as_json: bool) -> None:
    """Delete what has reached the end of its period, and carry out the deletions that are due."""
    gone = _sweep(dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(gone, indent=2))
        return
    verb = "would go" if dry_run else "gone"
    for what, count in gone.items():
        click.echo(f"{what}: {count} {verb}")
    click.echo(f"{sum(gone.values())} in all {verb}.")


def _sweep(*, dry_run: bool) -> dict[str, int]:
    gone: dict[str, int] = {}
    while True:
        with unit_of_work():
            batch = privacy.sweep_batch(dry_run=dry_run)
        gone = {what: gone.get(what, 0) + batch.get(what, 0) for what in {**gone, **batch}}
        if dry_run or not batch:
            break
        click.echo(f"{sum(gone.values())} rows gone", err=True)
    with unit_of_work():
        gone |= {f"files: {kind}": files for kind, files in privacy.sweep_files(dry_run=dry_run).items()}
        if due := privacy.count_due():
            gone["accounts"] = due
        if not dry_run:
            for verb in ("traffic.destroy_keys", "privacy.sweep", "privacy.begin_due", "privacy.scrub"):
                jobs.enqueue(verb)
    if not dry_run:
        job_worker.drain()
    return gone


@main.group()
def promises() -> None:
    """Look whether the promises are kept."""


@promises.command("check")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def promises_check(as_json: bool) -> None:
    """Run every check now. Exit status 1 when one is broken."""
    with unit_of_work():
        results = promise_service.run_checks()
    if as_json:
        rows = [{"promise": r.promise, "check": r.name, "ok": r.ok, "detail": r.detail} for r in results]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for result in results:
            click.echo(f"{result.promise} {'kept  ' if result.ok else 'BROKEN'} {result.name}: {result.detail}")
    if not all(result.ok for result in results):
        raise SystemExit(1)
