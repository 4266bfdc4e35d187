"""`portal`: the commands of the whole house, and those that its areas give. Plain errors in one line."""

import os
from types import ModuleType
from typing import cast

import click
from flask import Flask, current_app

from portal import demo as demo_company
from portal.app import AREAS, ROOT, create_app
from portal.kit import rotation
from portal.kit.commands import Group
from portal.kit.db import db
from portal.kit.ending import end_with
from portal.kit.settings import current_settings, load
from portal.kit.unit import unit_of_work
from portal.promises import service as promises
from portal.server import go_on_alone, hold_port, run_apart, stripe_beside

MIGRATIONS = str(ROOT / "migrations")


@click.group(
    cls=Group,
    commands=[command for area in AREAS for command in area.commands],
    help="The customer portal. Settings come from the environment; see README.md.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run `portal`."""
    ctx.obj = _make_app


def _make_app() -> Flask:
    return create_app(load())


def _migrations() -> ModuleType:
    # Here: what migrates and what it draws on weigh 7 MB, and nobody who serves pages needs them.
    import flask_migrate

    flask_migrate.Migrate(current_app, db, directory=MIGRATIONS)
    return cast(ModuleType, flask_migrate)


@main.command()
@click.option("--demo", is_flag=True, help="Migrate first, and fill an empty database with the demo company.")
@click.option("--no-worker", is_flag=True, help="Serve pages only; run `portal worker` elsewhere.")
@click.option("--host", default=lambda: os.environ.get("HOST", "127.0.0.1"), help="IP address to listen on.")
@click.option("--port", default=lambda: os.environ.get("PORT", "8000"), type=click.IntRange(0, 65535), help="Its port.")
@click.option("--processes", default=1, show_default=True, help="How many processes answer.")
def serve(*, demo: bool, no_worker: bool, host: str, port: int, processes: int) -> None:
    """Serve the pages, with the worker beside them."""
    stripe: list[str] = []
    with hold_port(host, port):
        # On a developer's machine links follow the port; the processes that are started here read it from the environment.
        os.environ.update(HOST=host, PORT=str(port))
        settings = load()
        if demo:
            run_apart("demo")
        click.echo(f"The portal is at {settings.base_url}. Ctrl-C stops it.")
        if not settings.is_production:
            click.echo(f"Emails arrive at {settings.base_url}/dev/mailbox.")
        if demo and not settings.is_production and settings.stripe_api_key is None:
            stripe = stripe_beside(port=port, base_url=settings.base_url, folder=settings.storage_url)
            click.echo(f"Payments go to a stand-in for Stripe at {os.environ['PORTAL_STRIPE_API_BASE']}. No money moves.")
    go_on_alone(host=host, port=port, processes=processes, with_worker=not no_worker, stripe=stripe)


@main.command()
@click.option("--beside", type=int, metavar="PID", help="Migrate first, as this process, which is about to serve, asks.")
def demo(*, beside: int | None) -> None:
    """Fill an empty database with the demo company; one with other accounts is left alone."""
    if beside:
        end_with(beside)
        _migrations().upgrade()
    filled = fill_demo()
    if beside:
        base_url = current_settings().base_url
        if not filled:
            click.echo(demo_company.how_to_get_in_again(base_url))
        click.echo(demo_company.how_staff_get_in(base_url))
    elif not filled:
        raise click.ClickException("This database already has accounts. The demo company only fills an empty one.")


def fill_demo() -> bool:
    """Make the demo company, one unit of work a person, and print how to sign in. False when there is nothing to do.

    One that was stopped half way is made whole: its last step is the look at the promises.
    """
    if not promises.never_checked() or not demo_company.is_alone():
        return False
    click.echo("The demo company. Sign in as one of these people. Their passwords are new, and shown only here:")
    for person in demo_company.draw_missing():
        with unit_of_work():
            demo_company.add(person)
        click.echo(f"  {person.email:<20} {person.password:<48} {person.role or 'customer'}")
    with unit_of_work():
        demo_company.ask_a_question()
    with unit_of_work():
        demo_company.work_together()
    # The schedule of a new database begins with its next hour; the first visitor should not find promises unchecked.
    with unit_of_work():
        promises.run_checks()
    return True


@main.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the schema to the newest version, and note which secret keys there are."""
    _migrations().upgrade()
    with unit_of_work():
        rotation.note_keys()
        missing = rotation.missing_keys()
    if missing:
        click.echo("A key is missing from PORTAL_SECRET_KEYS; `portal keys rotate` tells which.", err=True)


@database.command()
@click.argument("message")
def revision(message: str) -> None:
    """Draft a migration from what the models say more than the database has; MESSAGE is its verb and thing."""
    _migrations().revision(message=message, autogenerate=True)
