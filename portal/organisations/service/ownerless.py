"""Organisations that nobody acts for, since the account of their only Owner was disabled: their people are told (P35)."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from portal.accounts.events import AccountDisabled
from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import paging
from portal.kit.db import db
from portal.organisations import mail
from portal.organisations.models import Membership, Organisation
from portal.organisations.service.standings import OWNER, has_owner_besides, is_acting

AT_ONCE = 50


def say_who_has_no_owner(event: AccountDisabled) -> None:
    """Have the people told of each organisation that is left without an Owner who can act."""
    owned = select(Membership.organisation_id).where(Membership.person_id == event.person_id, Membership.role == OWNER)
    for organisation_id in db.session.scalars(owned.order_by(Membership.organisation_id)):
        if not has_owner_besides(organisation_id, person_id=event.person_id):
            jobs.enqueue("organisations.ownerless", organisation_id=str(organisation_id), after=None)


def tell_of_no_owner(organisation_id: uuid.UUID, *, after: str | None) -> str | None:
    """Email some of its people that nobody acts as an Owner; return after whom to go on. None once all know, or one does."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.dissolved_at or _has_owner(organisation_id):
        return None
    its_people: Select[*tuple[Any, ...]] = (
        select(Membership.id, Membership.joined_at, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, is_acting())
    )
    page = paging.paginate(
        its_people, at=Membership.joined_at, key=Membership.id, after=after, size=AT_ONCE, newest_first=False
    )
    for row in page.rows:
        mail.ownerless(organisation, to=row.Person)
    return page.after


def _has_owner(organisation_id: uuid.UUID) -> bool:
    acting = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Membership.role == OWNER, is_acting())
    )
    return db.session.scalar(acting.limit(1)) is not None
