"""The demo company: a few people to sign in as, with passwords drawn afresh, for an empty database and nothing else."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.actor import Actor, Role
from portal.kit.clients import client_key
from portal.kit.db import db
from portal.licences import service as licences
from portal.organisations import service as organisations
from portal.organisations.models import Membership
from portal.support import service as support
from portal.support.models import Ticket

PASSWORD_BYTES = 15
"""Random bytes of a password: 20 characters to copy."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo company, with the password that was drawn for them."""

    name: str
    email: str
    role: Role | None
    password: str


COMPANY = (
    ("Ada Threadgold", "ada@example.com", None),
    ("Ben Selvedge", "ben@example.com", None),
    ("Sam Helper", "sam@example.com", Role.SUPPORT),
    ("Sena Tuck", "sena@example.com", Role.SENIOR),
    ("Pia Seam", "pia@example.com", Role.PRIVACY),
)


def is_alone() -> bool:
    """Tell whether nobody but people of the demo company has an account."""
    return db.session.scalar(select(Person.id).where(Person.email.not_in(email for _name, email, _role in COMPANY))) is None


def how_to_get_in_again(base_url: str) -> str:
    """Say how to get in when the printed passwords are lost."""
    people = [email for _name, email, _role in COMPANY if accounts.find_by_email(email)]
    return (
        "The database is not empty, so no passwords were drawn. Lost them? Reset one at "
        f"{base_url}/forgot-password (the email arrives in the development mailbox below).\n"
        f"People of the demo company: {', '.join(people) or 'none'}."
    )


def how_staff_get_in(base_url: str) -> str:
    """Say how the demo company's staff get their code."""
    staff = [email for _name, email, role in COMPANY if role and accounts.find_by_email(email)]
    if not staff:
        return "Staff: give someone with an account a role with `portal staff add EMAIL --role support`."
    return (
        f"Staff ({', '.join(staff)}): open {base_url}/admin/ and connect an authenticator app as the page shows; "
        "the app gives you the codes.\n"
        f"Lost the app? PORTAL_ENV=development .venv/bin/portal staff reset-factor {staff[0]}"
    )


def draw_missing() -> Sequence[DemoPerson]:
    """Return the people of the demo company without an account, each with a new password; nothing is written."""
    return [
        DemoPerson(name, email, role, secrets.token_urlsafe(PASSWORD_BYTES))
        for name, email, role in COMPANY
        if accounts.find_by_email(email) is None
    ]


def add(person: DemoPerson) -> None:
    """Give one of them an account. One unit of work each: a password is hashed before anything is written."""
    account = accounts.add_person(person.email, name=person.name, password=person.password)
    if person.role:
        accounts.grant_role(account.id, role=person.role)


def ask_a_question() -> None:
    """Let the first customer ask something, so that the helpdesk and the console have a ticket to show."""
    ada = accounts.find_by_email(COMPANY[0][1])
    if ada is None or db.session.scalar(select(Ticket.id).limit(1)):
        return
    support.open_ticket(
        Actor(person_id=ada.id, name=ada.name, email=ada.email),
        name=ada.name,
        email=ada.email,
        subject="Markers come out too long",
        message="Since yesterday, every marker prints 4 cm too long.\nWhat could I have changed?",
        uploads=[],
        client=client_key("127.0.0.1"),
    )


def work_together() -> None:
    """Let the first customer own an organisation that bought a licence, so that a newcomer has both to look at."""
    ada = accounts.find_by_email(COMPANY[0][1])
    mine = select(Membership.id).where(Membership.person_id == (ada.id if ada else None))
    if ada is None or db.session.scalar(mine.limit(1)):
        return
    threadgold = organisations.create(Actor(person_id=ada.id, name=ada.name, email=ada.email), name="Threadgold & Daughters")
    licences.grant(
        threadgold,
        purchase_id=f"demo {threadgold}",
        bought_by=ada.id,
        product="production-system",
        plan="workshop",
        seats=5,
        perpetual=True,
        updates_end_on=clock.today() + timedelta(days=365),
    )
