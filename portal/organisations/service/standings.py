"""What somebody is in an organisation: for the gate with the one statement that says who acts, for a verb under a lock."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Uuid, bindparam, select, type_coerce

from portal.accounts.models import Person
from portal.kit.actor import Actor, OrganisationRole, Standing
from portal.kit.actor_parts import NAMED_ORGANISATION, many_valued
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.organisations.models import Membership, Organisation

OWNER, MEMBER = OrganisationRole.OWNER, OrganisationRole.MEMBER
MOST_OWNERS = 20


class LastOwner(Refusal):
    """An organisation is never without an Owner: hand it over or dissolve it first."""


class TooManyOwners(Refusal):
    """An organisation has as many Owners as it may have: each is told of each change at once."""


def _standings(*where: Any) -> Select[*tuple[Any, ...]]:
    # The role as the text that it is stored as.
    return (
        select(
            Organisation.id, Organisation.name, type_coerce(Membership.role, String), Organisation.asks_second_factor,
            Membership.disabled_at.is_not(None).label("is_disabled"),
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == Person.id, Organisation.dissolved_at.is_(None), *where)
        .order_by(Membership.joined_at)
        .correlate(Person)
    )  # fmt: skip


def _read(rows: Sequence[tuple[Any, ...]]) -> tuple[Standing, ...]:
    return tuple(
        Standing(id_, name, OrganisationRole(role), bool(asks), bool(is_disabled))
        for id_, name, role, asks, is_disabled in rows
    )


def _read_one(rows: Sequence[tuple[Any, ...]]) -> Standing | None:
    return next(iter(_read(rows)), None)


ORGANISATIONS = many_valued("places", _standings(), read=_read)
_NAMED = Organisation.id == bindparam(NAMED_ORGANISATION, type_=Uuid())
STANDING = many_valued("standing", _standings(_NAMED, Membership.disabled_at.is_(None)), read=_read_one)


def is_acting(membership: type[Membership] = Membership, *, person: type[Person] = Person) -> ColumnElement[bool]:
    """Return the clause for whoever can use their role: their account neither closed nor disabled, there or altogether.

    Whoever asks with it joins the person.
    Everything that counts who acts for an organisation, such as its Owners, asks with it.
    """
    return membership.disabled_at.is_(None) & person.deactivated_at.is_(None) & person.disabled_at.is_(None)


def standing_for(by: Actor, organisation_id: uuid.UUID, *roles: OrganisationRole) -> Standing:
    """Return what the actor is in an organisation, as the gate has seen it. Raises NotFound without one of `roles`."""
    standing = by.standing
    if standing is None or standing.organisation_id != organisation_id or standing.role not in (roles or OrganisationRole):
        raise NotFound
    return standing


def lock(organisation_id: uuid.UUID) -> Organisation:
    """Return an organisation, locked until the unit ends: who changes its people does so one after the other.

    Raises NotFound.
    """
    organisation = db.lock(Organisation, organisation_id)
    if organisation is None or organisation.dissolved_at is not None:
        raise NotFound
    return organisation


def lock_for(by: Actor, organisation_id: uuid.UUID, *roles: OrganisationRole) -> tuple[Organisation, Membership]:
    """Return an organisation, locked, and the actor's own membership as it stands under the lock.

    What the gate saw may have changed since: their role, or that they can use it. Raises NotFound without one of
    `roles` (any, if none is named).
    """
    organisation = lock(organisation_id)
    mine = membership_of(organisation_id, person_id=by.require_id())
    if mine is None or not _acts(mine) or mine.role not in (roles or OrganisationRole):
        raise NotFound
    return organisation, mine


def _acts(membership: Membership) -> bool:
    acts = select(Membership.id).join(Person, Person.id == Membership.person_id).where(is_acting())
    theirs = (Membership.organisation_id == membership.organisation_id, Membership.person_id == membership.person_id)
    return db.session.scalar(acts.where(*theirs)) is not None


def acting_owner_of(organisation_id: uuid.UUID, *, person_id: uuid.UUID) -> Person | None:
    """Return somebody who is an Owner of an organisation and may act as one, as the database holds it now; else None."""
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == OWNER, Person.id == person_id, is_acting())
    )
    return db.session.scalar(found.execution_options(populate_existing=True))


def acting_owners(organisation_id: uuid.UUID) -> list[Person]:
    """Return the Owners who may act as such; there are 20 at most."""
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == OWNER, is_acting())
    )
    return list(db.session.scalars(found.order_by(Person.id)))


def membership_of(organisation_id: uuid.UUID, *, person_id: uuid.UUID) -> Membership | None:
    """Return what somebody is in an organisation, as the database holds it now; None where they are not in it."""
    found = select(Membership).where(Membership.organisation_id == organisation_id, Membership.person_id == person_id)
    return db.session.scalar(found.execution_options(populate_existing=True))


def get_membership(organisation_id: uuid.UUID, *, membership_id: uuid.UUID) -> Membership:
    """Return one of an organisation's memberships, as the database holds it now. Raises NotFound."""
    found = select(Membership).where(Membership.organisation_id == organisation_id, Membership.id == membership_id)
    membership = db.session.scalar(found.execution_options(populate_existing=True))
    if membership is None:
        raise NotFound
    return membership


def refuse_last_owner(membership: Membership) -> None:
    """Raise LastOwner when nobody else could act as an Owner. Call with the organisation locked."""
    if membership.role is OWNER and not has_owner_besides(membership.organisation_id, person_id=membership.person_id):
        raise LastOwner


def has_owner_besides(organisation_id: uuid.UUID, *, person_id: uuid.UUID) -> bool:
    """Tell whether an organisation has another Owner, who can act as one."""
    others = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == OWNER,
            Membership.person_id != person_id,
            is_acting(),
        )
    )
    return db.session.scalar(others.limit(1)) is not None


def refuse_more_owners(organisation_id: uuid.UUID) -> None:
    """Raise TooManyOwners when there are as many as there may be. Call with the organisation locked."""
    owners = select(Membership.id).where(Membership.organisation_id == organisation_id, Membership.role == OWNER)
    if len(db.session.scalars(owners.limit(MOST_OWNERS)).all()) >= MOST_OWNERS:
        raise TooManyOwners
