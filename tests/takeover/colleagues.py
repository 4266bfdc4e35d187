"""The organisation that an account is in before a move: a thief finds it, and does not make it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.actor import OrganisationRole
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.organisations.models import JoinDomain, Membership, Organisation
from tests.takeover.story import OWN, THEIRS


@dataclass(frozen=True)
class Workplace:
    """An organisation with a colleague in it: an accomplice of the thief's, or somebody to be told."""

    id: uuid.UUID
    colleague: str
    """The colleague's address."""
    domain_id: uuid.UUID
    """The domain at which people may ask to join."""


def work_together(*, mine: OrganisationRole | None, colleagues: OrganisationRole) -> Workplace:
    """Put the account (in no role, if `mine` is None) and a colleague into an organisation, as they stood long before."""
    made, email = uuid.uuid4(), f"zoe-{uuid.uuid4().hex}@{OWN.partition('@')[2]}"
    with unit_of_work():
        account = db.session.scalars(select(Person.id).where(Person.email.in_((OWN, THEIRS)))).one()
        colleague = accounts.add_person(email, name="Zoe", password="zoe knows every single stitch").id
        db.session.add(Organisation(id=made, name="Looms"))
        db.session.flush()
        people = {colleague: colleagues} | ({account: mine} if mine else {})
        db.session.add_all(Membership(organisation_id=made, person_id=each, role=role) for each, role in people.items())
        domain = JoinDomain(
            id=uuid.uuid4(), organisation_id=made, domain=OWN.partition("@")[2], opened_by=colleague,
            opened_at=clock.now() - timedelta(days=1),
        )  # fmt: skip
        db.session.add(domain)
        return Workplace(made, email, domain.id)
