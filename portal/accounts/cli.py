"""The commands about staff."""

import json
import uuid
from collections.abc import Callable

import click

from portal.accounts import service
from portal.accounts.models import Person
from portal.kit.actor import Role
from portal.kit.commands import AdminGroup
from portal.kit.refusals import NotFound
from portal.kit.unit import unit_of_work

ROLE = click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person does for you."
)


@click.group(cls=AdminGroup)
def staff() -> None:
    """Say who works for you. They sign up as anyone does; the console then asks for their second factor."""


@staff.command("add")
@click.argument("email")
@ROLE
def staff_add(email: str, role: str) -> None:
    """Make the person with this email address a member of staff."""
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
        if only_staff and person.id not in {member.person_id for member in service.list_staff()}:
            raise click.ClickException("This person isn’t on the staff.")
        service.grant_role(person.id, role=Role(role))
    click.echo(f"Done: {role}. They’ve been signed out everywhere.")


@staff.command("remove")
@click.argument("email")
def staff_remove(email: str) -> None:
    """Take a person off the staff. Their account stays."""
    _on_staff(email, service.remove_role)
    click.echo("Done. They’ve been signed out everywhere.")


@staff.command("reset-factor")
@click.argument("email")
def staff_reset_factor(email: str) -> None:
    """Have a lost second factor removed. Ask for proof in person first: then the password alone sets up a new one."""
    try:
        _on_staff(email, service.order_factor_reset)
    except service.FactorFromBefore:
        raise click.ClickException(
            "This person set up two-step verification before joining the staff, less than a week ago. Try again later."
        ) from None
    click.echo("The worker removes it within a minute, signs them out everywhere and emails them.")


def _on_staff(email: str, verb: Callable[[uuid.UUID], None]) -> None:
    try:
        with unit_of_work():
            verb(_person(email).id)
    except NotFound:
        raise click.ClickException("This person isn’t on the staff, or has no second factor.") from None


def _person(email: str) -> Person:
    person = service.find_by_email(email)
    if person is None:
        raise click.ClickException("No account uses this email address. Ask the person to sign up first, as anyone does.")
    return person


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def staff_list(as_json: bool) -> None:
    """List the staff."""
    with unit_of_work(write=False):
        members = service.list_staff()
    if as_json:
        rows = [{"email": m.email, "name": m.name, "role": m.role, "second_factor": m.has_second_factor} for m in members]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for member in members:
        factor = "second factor" if member.has_second_factor else "no second factor yet"
        click.echo(f"{member.role:<9} {member.email}  {member.name}  ({factor})")


COMMANDS = (staff,)
