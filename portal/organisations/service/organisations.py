"""Organisations: made, named, listed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.kit import paging, throttle
from portal.kit.actor import Actor, OrganisationRole, Standing
from portal.kit.claims import MOST_COUNTED
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.unit import before_writes
from portal.organisations.models import Deed, Dissolution, Membership, Organisation, Recovery
from portal.organisations.service import activity, disabling, recoveries, standings

CREATIONS = "10 per day"
AT_ONCE = 50


@dataclass(frozen=True)
class Dissolving:
    """When an organisation is dissolved, and who has asked for it."""

    due_at: datetime
    by: str


@dataclass(frozen=True)
class Recovering:
    """When somebody becomes an Owner in the place of those who have left, and who; `is_over` once an Owner was here."""

    due_at: datetime
    by: str
    is_mine: bool
    is_over: bool


@dataclass(frozen=True)
class Overview:
    """An organisation as its people see it first. `members` stops at the most that is counted, and is None for those who
    see money only."""

    standing: Standing
    members: int | None
    dissolution: Dissolving | None
    recovery: Recovering | None
    can_recover: bool
    """Whether a Member may ask to become an Owner: no Owner has been here for long."""


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
    page = paging.paginate(
        _places_of(by), at=Membership.joined_at, key=Organisation.id, after=after, size=AT_ONCE, newest_first=False
    )
    return paging.Page([_place(row) for row in page.rows], page.after)


def disabled_place_for(by: Actor, membership_id: uuid.UUID) -> Place:
    """Return somebody's place in an organisation where their account is disabled. Raises NotFound for any other."""
    row = db.session.execute(
        _places_of(by).where(Membership.id == membership_id, Membership.disabled_at.is_not(None))
    ).first()
    if row is None:
        raise NotFound
    return _place(row)


def _places_of(by: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Organisation.id, Organisation.name, Membership.id.label("place_id"), Membership.role, Membership.joined_at,
            *disabling.COLUMNS,
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(*disabling.BY_WHOM)
        .where(Membership.person_id == by.require_id(), Organisation.dissolved_at.is_(None))
    )  # fmt: skip


def _place(row: Any) -> Place:
    return Place(row.place_id, row.id, row.name, row.role, disabling.disabled_in(row))


def overview_for(by: Actor, organisation_id: uuid.UUID) -> Overview:
    """Return an organisation as one of its people sees it. Raises NotFound for anybody else."""
    standing = standings.standing_for(by, organisation_id)
    row = db.session.execute(_overview(organisation_id)).first()
    if row is None:
        raise NotFound
    is_mine = row.recoverer_id == by.person_id
    return Overview(
        standing,
        None if standing.role is OrganisationRole.BILLING else row.members,
        Dissolving(row.dissolved_at, row.dissolver) if row.dissolved_at else None,
        Recovering(row.recovered_at, row.recoverer, is_mine, row.came) if row.recovered_at else None,
        can_recover=standing.role is OrganisationRole.MEMBER and row.is_left and not row.recovered_at,
    )


_DISSOLVER, _RECOVERER = aliased(Person), aliased(Person)


def _overview(organisation_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    some = select(Membership.id).where(Membership.organisation_id == organisation_id).limit(MOST_COUNTED + 1).subquery()
    return (
        select(
            select(func.count()).select_from(some).scalar_subquery().label("members"),
            Dissolution.due_at.label("dissolved_at"), _DISSOLVER.name.label("dissolver"),
            Recovery.due_at.label("recovered_at"), _RECOVERER.name.label("recoverer"),
            Recovery.person_id.label("recoverer_id"),
            recoveries.owner_was_here(Organisation.id, since=Recovery.requested_at).label("came"),
            (~recoveries.owner_was_here(Organisation.id, since=recoveries.orphaned_since())).label("is_left"),
        )
        .select_from(Organisation)
        .outerjoin(Dissolution, Dissolution.organisation_id == Organisation.id)
        .outerjoin(_DISSOLVER, _DISSOLVER.id == Dissolution.requested_by)
        .outerjoin(Recovery, Recovery.organisation_id == Organisation.id)
        .outerjoin(_RECOVERER, _RECOVERER.id == Recovery.person_id)
        .where(Organisation.id == organisation_id)
    )  # fmt: skip
