"""Asking to join: by a confirmed address at an Owner's domain, answered by an Owner, never automatic.

A domain counts as long as some Owner has an address there: that is asked each time.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, select

from portal.accounts.events import AccountDisabled, AddressChanged, PendingEnded
from portal.accounts.models import Person
from portal.kit import clock, paging, throttle
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.unit import before_writes
from portal.organisations.models import Deed, JoinDomain, JoinRequest, Membership, Organisation
from portal.organisations.service import activity, standings
from portal.organisations.service.free_mail import FREE_MAIL
from portal.organisations.service.standings import OWNER

BY_PERSON, PER_ORGANISATION = "10 per day", "50 per day"
AT_ONCE = 50


@dataclass(frozen=True)
class Joinable:
    """An organisation that somebody may ask to join, or has asked."""

    domain_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    is_asked: bool


@dataclass(frozen=True)
class Asker:
    """Somebody who asks to join, as an Owner sees them."""

    id: uuid.UUID
    """Of the request."""
    name: str
    email: str
    requested_at: datetime


def domain_of(email: str) -> str:
    """Return the domain of an address; empty for one at which anybody gets a mailbox."""
    domain = lookup_key(email).rpartition("@")[2]
    return "" if domain in FREE_MAIL else domain


def joinable_for(by: Actor) -> list[Joinable]:
    """Return the organisations that somebody may ask to join by their address, the oldest first."""
    return [
        Joinable(row.id, row.organisation_id, row.name, row.requested_at is not None)
        for row in (db.session.execute(_joinable(by)) if domain_of(by.email) else ())
    ]


def _joinable(by: Actor) -> Select[*tuple[Any, ...]]:
    domain = domain_of(by.email)
    mine = exists().where(Membership.organisation_id == JoinDomain.organisation_id, Membership.person_id == by.require_id())
    asked = and_(
        JoinRequest.organisation_id == JoinDomain.organisation_id, JoinRequest.person_id == by.require_id(), _is_open()
    )
    return (
        select(JoinDomain.id, JoinDomain.organisation_id, Organisation.name, JoinRequest.requested_at)
        .join(Organisation, Organisation.id == JoinDomain.organisation_id)
        .outerjoin(JoinRequest, asked)
        .where(JoinDomain.domain == domain, Organisation.dissolved_at.is_(None), ~mine, _has_owner_at(domain))
        .order_by(JoinDomain.opened_at)
        .limit(AT_ONCE)
    )


def _has_owner_at(domain: str) -> ColumnElement[bool]:
    return (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == JoinDomain.organisation_id,
            Membership.role == OWNER,
            standings.is_acting(),
            Person.email_key.endswith(f"@{domain}", autoescape=True),
        )
        .correlate(JoinDomain)
        .exists()
    )


def _is_open() -> ColumnElement[bool]:
    return JoinRequest.requested_at > clock.now() - period("join_request")


@before_writes
def ask_to_join(domain_id: uuid.UUID, *, by: Actor) -> None:
    """Ask to join, by an address at the domain. Asked already, nothing changes. Raises NotFound and TooManyTries."""
    throttle.consume("organisations.ask", str(by.require_id()), BY_PERSON)
    throttle.consume("organisations.asked", str(domain_id), PER_ORGANISATION)
    found = next((each for each in joinable_for(by) if each.domain_id == domain_id), None)
    if found is None:
        raise NotFound
    organisation = standings.lock(found.organisation_id)
    if standings.membership_of(organisation.id, person_id=by.require_id()) or _asked(organisation.id, by.require_id()):
        return
    drop_join_request(organisation.id, by=by.require_id())
    db.session.add(
        JoinRequest(id=uuid.uuid4(), organisation_id=organisation.id, person_id=by.require_id(), requested_at=clock.now())
    )
    activity.note(organisation, deed=Deed.JOIN_ASKED, by=by.require_id())


def _asked(organisation_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    theirs = JoinRequest.organisation_id == organisation_id, JoinRequest.person_id == person_id
    return db.session.scalar(select(JoinRequest.id).where(_is_open(), *theirs)) is not None


def drop_join_request(organisation_id: uuid.UUID, *, by: uuid.UUID) -> None:
    """Forget what somebody has asked of an organisation, as one who is in it has nothing to ask."""
    theirs = JoinRequest.organisation_id == organisation_id, JoinRequest.person_id == by
    db.session.execute(delete(JoinRequest).where(*theirs))


def is_domain_open_for(by: Actor, organisation_id: uuid.UUID) -> bool:
    """Tell whether people at the Owner's domain may ask to join. Raises NotFound for anybody else."""
    standings.standing_for(by, organisation_id, OWNER)
    return db.session.scalar(select(JoinDomain.id).where(*_own(by, organisation_id))) is not None


def _own(by: Actor, organisation_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return JoinDomain.organisation_id == organisation_id, JoinDomain.domain == domain_of(by.email)


def open_domain(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Let people at the domain of an Owner's address ask to join. Raises NotFound, also for a free-mail address."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    domain = domain_of(by.email)
    if not domain:
        raise NotFound
    if db.session.scalar(select(JoinDomain.id).where(*_own(by, organisation_id))) is None:
        db.session.add(JoinDomain(organisation_id=organisation_id, domain=domain, opened_by=mine.person_id))
        activity.note(organisation, deed=Deed.DOMAIN_OPENED, by=mine.person_id)


def close_domain(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Let nobody else at the domain of an Owner's address ask to join. Raises NotFound."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    if db.affected(delete(JoinDomain).where(*_own(by, organisation_id))):
        activity.note(organisation, deed=Deed.DOMAIN_CLOSED, by=mine.person_id)


def _askers(organisation_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(JoinRequest.id, Person.name, Person.email, JoinRequest.requested_at)
        .join(Person, Person.id == JoinRequest.person_id)
        .where(JoinRequest.organisation_id == organisation_id, _is_open())
    )


def join_requests_for(by: Actor, organisation_id: uuid.UUID, *, after: str | None) -> paging.Page[Asker]:
    """Return a page of the open requests for an Owner, the newest first. Raises NotFound for anybody else."""
    standings.standing_for(by, organisation_id, OWNER)
    query = _askers(organisation_id)
    page = paging.paginate(query, at=JoinRequest.requested_at, key=JoinRequest.id, after=after, size=AT_ONCE)
    return paging.Page([Asker(row.id, row.name, row.email, row.requested_at) for row in page.rows], page.after)


def join_request_for(by: Actor, organisation_id: uuid.UUID, *, request_id: uuid.UUID) -> Asker:
    """Return an open request for an Owner. Raises NotFound for anybody else, LinkDead once it is over."""
    standings.standing_for(by, organisation_id, OWNER)
    row = db.session.execute(_askers(organisation_id).where(JoinRequest.id == request_id)).first()
    if row is None:
        raise LinkDead
    return Asker(row.id, row.name, row.email, row.requested_at)


def let_in(organisation_id: uuid.UUID, *, by: Actor, request_id: uuid.UUID, role: OrganisationRole) -> None:
    """Let somebody in who has asked, by an Owner, in a role.

    Raises NotFound, TooManyOwners, and LinkDead once it is over.
    """
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    if role is OWNER:
        standings.refuse_more_owners(organisation_id)
    person_id = _taken(organisation_id, request_id)
    if standings.membership_of(organisation_id, person_id=person_id) is not None:
        raise LinkDead
    db.session.add(Membership(organisation_id=organisation_id, person_id=person_id, role=role))
    activity.note(organisation, deed=Deed.JOIN_ACCEPTED, by=mine.person_id, about=person_id, role=role)


def turn_down(organisation_id: uuid.UUID, *, by: Actor, request_id: uuid.UUID) -> None:
    """Say no to somebody who has asked, by an Owner. Raises NotFound, and LinkDead once it is over."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    person_id = _taken(organisation_id, request_id)
    activity.note(organisation, deed=Deed.JOIN_DECLINED, by=mine.person_id, about=person_id)


def _taken(organisation_id: uuid.UUID, request_id: uuid.UUID) -> uuid.UUID:
    """Delete an open request and return who has asked: it is answered once. Raises LinkDead."""
    which = JoinRequest.organisation_id == organisation_id, JoinRequest.id == request_id
    person_id = db.session.scalar(select(JoinRequest.person_id).where(_is_open(), *which))
    if person_id is None or not db.affected(delete(JoinRequest).where(*which)):
        raise LinkDead
    return person_id


def end_join_requests_of(event: PendingEnded | AccountDisabled | AddressChanged) -> None:
    """End what somebody has asked whose address changes, or whose account is defended or closed."""
    query = select(JoinRequest.id, JoinRequest.organisation_id).where(JoinRequest.person_id == event.person_id)
    for row in db.session.execute(query).all():
        if db.affected(delete(JoinRequest).where(JoinRequest.id == row.id)):
            organisation = db.session.get_one(Organisation, row.organisation_id)
            activity.note(organisation, deed=Deed.JOIN_ENDED, by=event.person_id)
