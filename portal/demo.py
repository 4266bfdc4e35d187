"""The demo company: a few people to sign in as, with passwords drawn afresh, for an empty database and nothing else."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.db import db

PASSWORD_BYTES = 15
"""Random bytes of a password: 20 characters to copy."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo company, with the password that was drawn for them."""

    name: str
    email: str
    role: str | None
    password: str


COMPANY = (
    ("Ada Threadgold", "ada@example.com", None),
    ("Ben Selvedge", "ben@example.com", None),
    ("Sam Helper", "sam@example.com", "support"),
)


def is_empty() -> bool:
    """Tell whether nobody has an account yet."""
    return db.session.scalar(select(Person.id).limit(1)) is None


def draw_people() -> Sequence[DemoPerson]:
    """Return the people of the demo company, each with a new password; nothing is written."""
    return [DemoPerson(name, email, role, secrets.token_urlsafe(PASSWORD_BYTES)) for name, email, role in COMPANY]


def settle(person: DemoPerson) -> None:
    """Give one of them an account. One unit of work each: a password is hashed before anything is written."""
    account = accounts.add_person(person.email, name=person.name, password=person.password)
    if person.role:
        accounts.grant_role(account.id, role=person.role)
