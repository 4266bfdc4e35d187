"""The demo company: a few people to sign in as, with passwords drawn afresh, for an empty database and nothing else."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.db import db

WORDS = (
    "basting bobbin buckram buttonhole cambric chambray corduroy crease denim eyelet facing fleece gabardine gingham "
    "grommet gusset hemline herringbone houndstooth interlock jacquard jersey lapel linen muslin notch organza overlock "
    "paisley placket pleat pocket poplin ribbing sateen seersucker selvedge sleeve spool stitch taffeta tailor tartan "
    "thimble topstitch tulle tweed velvet voile waistband warp weft welt yoke zipper"
).split()
PASSWORD_WORDS = 5


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
    return [DemoPerson(name, email, role, draw_password()) for name, email, role in COMPANY]


def settle(person: DemoPerson) -> None:
    """Give one of them an account. One unit of work each: a password is hashed before anything is written."""
    account = accounts.add_person(person.email, name=person.name, password=person.password)
    if person.role:
        accounts.grant_role(account.id, role=person.role)


def draw_password() -> str:
    """Return five random words: easy to type, 28 bits and more than a demo on loopback needs."""
    return " ".join(secrets.choice(WORDS) for _word in range(PASSWORD_WORDS))
