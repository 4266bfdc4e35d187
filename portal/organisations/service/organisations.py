"""Organisations: made, named, listed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Person
from portal.kit import paging, throttle
from portal.kit.actor import Actor, OrganisationRole, Standing
from portal.kit.claims import MOST_COUNTED
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.unit import before_writes
from portal.organisations.models import Deed, Dissolution, Membership, Organisation
from portal.organisations.service import activity, disabling, standings

CREATIONS = "10 per day"
AT_ONCE = 50


@dataclass(frozen=True)
class Dissolving:
    """When an organisation is dissolved, and who has asked for it."""

    due_at: datetime
    by: str


@dataclass(frozen=True)
class Overview:
    """An organisation as its people see it first. `members` stops at the most that is counted, and is None for those who
    see money only."""

    standing: Standing
    members: int | None
    dissolution: Dissolving | None


@dataclass(frozen=True)
class Place:
    """What somebody is in one of their organisations, and whether that rests."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    role: OrganisationRole
    disabled: disabling.Disabled | None


@before_writes
def create(by: Actor, *, name: str) -> uuid.UUID:
    """Make an organisation whose Owner is the actor; return its id. Raises TooManyTries."""
    person_id = by.require_id()
    throttle.consume("organisations.create", str(person_id), CREATIONS)
    organisation = Organisation(id=uuid.uuid4(), name=name)
    db.session.add(organisation)
    db.session.flush()
    db.session.add(Membership(organisation_id=organisation.id, person_id=person_id, role=OrganisationRole.OWNER))
    activity.note(organisation, deed=Deed.CREATED, by=person_id)
    return organisation.id


def rename(organisation_id: uuid.UUID, *, by: Actor, name: str) -> None:
    """Change an organisation's name, by an Owner. Raises NotFound."""
    organisation, _mine = standings.lock_for(by, organisation_id, OrganisationRole.OWNER)
    if organisation.name != name:
        organisation.name = name
        activity.note(organisation, deed=Deed.RENAMED, by=by.person_id)


def organisations_for(by: Actor, *, after: str | None) -> paging.Page[Place]:
    """Return a page of the organisations that somebody is in, in the order in which they joined them."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Organisation.id, Organisation.name, Membership.id.label("place_id"), Membership.role, Membership.joined_at,
            *disabling.COLUMNS,
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(*disabling.BY_WHOM)
        .where(Membership.person_id == by.require_id(), Organisation.dissolved_at.is_(None))
    )  # fmt: skip
    page = paging.paginate(
        query, at=Membership.joined_at, key=Organisation.id, after=after, size=AT_ONCE, newest_first=False
    )
    places = [Place(row.place_id, row.id, row.name, row.role, disabling.disabled_in(row)) for row in page.rows]
    return paging.Page(places, page.after)


def overview_for(by: Actor, organisation_id: uuid.UUID) -> Overview:
    """Return an organisation as one of its people sees it. Raises NotFound for anybody else."""
    standing = standings.standing_for(by, organisation_id)
    some = select(Membership.id).where(Membership.organisation_id == organisation_id).limit(MOST_COUNTED + 1).subquery()
    row = db.session.execute(
        select(select(func.count()).select_from(some).scalar_subquery(), Dissolution.due_at, Person.name)
        .select_from(Organisation)
        .outerjoin(Dissolution, Dissolution.organisation_id == Organisation.id)
        .outerjoin(Person, Person.id == Dissolution.requested_by)
        .where(Organisation.id == organisation_id)
    ).first()
    if row is None:
        raise NotFound
    members, due_at, who = row
    dissolution = Dissolving(due_at, who) if due_at else None
    return Overview(standing, None if standing.role is OrganisationRole.BILLING else members, dissolution)
