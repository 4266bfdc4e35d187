"""The commands of operators and of `make run`. Every one has --help, an exit status, and plain errors in one line."""

import contextlib
import json
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from types import FrameType

import click
import flask_migrate
import structlog
from flask import Flask
from flask_migrate import Migrate

from portal import demo as demo_company
from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.app import ROOT, create_app
from portal.jobs import service as jobs
from portal.jobs import worker as job_worker
from portal.kit import claims, rotation
from portal.kit.actor import Role, System
from portal.kit.db import db
from portal.kit.errors import AWAY
from portal.kit.refusals import NotFound
from portal.kit.settings import SettingsError, load
from portal.kit.unit import acting_as, unit_of_work
from portal.privacy import service as privacy
from portal.privacy.cli import rotate_keys
from portal.promises import service as promise_service
from portal.server import ask_for_port, serve_pages

MIGRATIONS = str(ROOT / "migrations")
log = structlog.get_logger()


class Command(click.Command):
    """A command inside the app's context. The app is made once the arguments are read: help needs no settings."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; say in one line what is wrong, without the words of an error, which may quote data."""
        try:
            app = create_app(load())
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        except AWAY as error:
            raise click.ClickException(NO_ANSWER % type(error).__name__) from None
        Migrate(app, db, directory=MIGRATIONS)
        ctx.obj = app
        try:
            with app.app_context(), acting_as(System(ctx.command_path)):
                return super().invoke(ctx)
        except AWAY as error:
            raise click.ClickException(NO_ANSWER % type(error).__name__) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log.exception("command.failed", command=ctx.command_path)
            raise click.ClickException(f"{type(error).__name__}; the line above says where.") from None


NO_ANSWER = (
    "The database, the place for keys or Redis does not answer, or has no tables yet (%s). `portal db upgrade` makes them."
)


class Portal(click.Group):
    """The group of all commands, and each group below it."""

    command_class = Command
    group_class = type


@click.group(cls=Portal, help="The customer portal. Settings come from the environment; see README.md.")
def main() -> None:
    """Run `portal`."""


@main.command()
@click.option("--demo", is_flag=True, help="Migrate first, and fill an empty database with the demo company.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `portal worker` elsewhere.")
@click.option("--host", default=lambda: os.environ.get("HOST", "127.0.0.1"), help="Address to listen on.")
@click.option("--port", default=lambda: os.environ.get("PORT", "8000"), type=click.IntRange(0, 65535), help="Its port.")
@click.option("--processes", default=1, show_default=True, help="How many processes answer.")
def serve(*, demo: bool, no_worker: bool, host: str, port: int, processes: int) -> None:
    """Serve the pages, with the worker beside them."""
    ask_for_port(host, port)
    # On a developer's machine links follow the port; the processes that are started here read it from the environment.
    os.environ.update(HOST=host, PORT=str(port))
    settings = load()
    if demo:
        flask_migrate.upgrade()
        if not fill_demo():
            click.echo(demo_company.how_to_get_in_again(settings.base_url))
        click.echo(demo_company.how_staff_get_in(settings.base_url))
    click.echo(f"The portal is at {settings.base_url}. Ctrl-C stops it.")
    if not settings.is_production:
        click.echo(f"Letters arrive at {settings.base_url}/dev/mailbox.")
    serve_pages(host=host, port=port, processes=processes, with_worker=not no_worker)


@main.command()
def demo() -> None:
    """Fill an empty database with the demo company; one that holds anybody is left alone."""
    if not fill_demo():
        raise click.ClickException("There are accounts already. The demo company only fills an empty database.")


def fill_demo() -> bool:
    """Make the demo company, one unit of work a person, and print how to sign in. False when there is anybody yet."""
    if not demo_company.is_empty():
        return False
    click.echo("The demo company. Sign in as one of these; the passwords are drawn now and shown only here:")
    for person in demo_company.draw_people():
        with unit_of_work():
            demo_company.settle(person)
        click.echo(f"  {person.email:<20} {person.password:<48} {person.role or 'customer'}")
    with unit_of_work():
        demo_company.ask_a_question()
    # The schedule of a new database begins with its next hour; the first visitor should not find promises unchecked.
    with unit_of_work():
        promise_service.run_checks()
    return True


@main.command()
@click.option("--threads", default=2, show_default=True, help="Jobs at once: a long one must not keep letters waiting.")
@click.option("--beside", type=int, metavar="PID", help="End when this process, which started it, has ended.")
@click.pass_obj
def worker(app: Flask, *, threads: int, beside: int | None) -> None:
    """Run background work until told to stop."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if beside:
        threading.Thread(target=_end_with, args=(beside, stop), daemon=True).start()
    hands = [threading.Thread(target=job_worker.work, args=(app, stop)) for _each in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def _end_with(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()


@main.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the schema to the newest version, and note which secret keys there are."""
    flask_migrate.upgrade()
    with unit_of_work():
        rotation.note_keys()
        missing = rotation.missing_keys()
    if missing:
        click.echo("A key is missing from PORTAL_SECRET_KEYS; `portal keys rotate` tells which.", err=True)


@database.command()
@click.argument("message")
def revision(message: str) -> None:
    """Draft a migration from what the models say more than the database has; MESSAGE is its verb and thing."""
    flask_migrate.revision(message=message, autogenerate=True)


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
    # The background work that runs here writes its log; what a program reads stays alone on standard output.
    with contextlib.redirect_stdout(sys.stderr):
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


@main.group(name="keys")
def secret_keys() -> None:
    """Change the secret keys without losing what they protect; deploy/README.md has the steps."""


@secret_keys.command()
@click.option("--lost", metavar="ID", help="Give up a missing key that will never come back.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def rotate(lost: str | None, as_json: bool) -> None:
    """Seal everything under the newest key, and tell what still needs an old one (then the exit status is 1)."""
    rotate_keys(as_json=as_json, lost=lost)


ROLE = click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person does for you."
)


@main.group()
def staff() -> None:
    """Say who works for you. They sign up as anybody does; the console then asks for their second factor."""


@staff.command("add")
@click.argument("email")
@ROLE
def staff_add(email: str, role: str) -> None:
    """Make the person with this address a member of staff."""
    _give_role(email, role)


@staff.command("role")
@click.argument("email")
@ROLE
def staff_role(email: str, role: str) -> None:
    """Give a member of staff another role."""
    _give_role(email, role, only_staff=True)


def _give_role(email: str, role: str, *, only_staff: bool = False) -> None:
    with unit_of_work():
        person = _person(email)
        if only_staff and person.id not in {member.person_id for member in accounts.list_staff()}:
            raise click.ClickException("This person is not on the staff.")
        accounts.grant_role(person.id, role=Role(role))
    click.echo(f"Done: {role}. Every session of theirs has ended.")


@staff.command("remove")
@click.argument("email")
def staff_remove(email: str) -> None:
    """Take a person off the staff. Their account stays."""
    _on_staff(email, accounts.remove_role)


@staff.command("reset-factor")
@click.argument("email")
def staff_reset_factor(email: str) -> None:
    """Remove a lost second factor. Ask for proof in person first: then the password alone sets up a new one."""
    _on_staff(email, accounts.reset_factor)


def _on_staff(email: str, verb: Callable[[uuid.UUID], None]) -> None:
    try:
        with unit_of_work():
            verb(_person(email).id)
    except NotFound:
        raise click.ClickException("This person is not on the staff, or has nothing of the kind.") from None
    click.echo("Done. Every session of theirs has ended.")


def _person(email: str) -> Person:
    person = accounts.find_by_email(email)
    if person is None:
        raise click.ClickException("There is no account with this address. The person signs up first, as anybody does.")
    return person


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def staff_list(as_json: bool) -> None:
    """List the staff."""
    with unit_of_work(write=False):
        members = accounts.list_staff()
    if as_json:
        rows = [{"email": m.email, "name": m.name, "role": m.role, "second_factor": m.has_second_factor} for m in members]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for member in members:
        factor = "second factor" if member.has_second_factor else "no second factor yet"
        click.echo(f"{member.role:<9} {member.email}  {member.name}  ({factor})")
