"""Invitations: bound to an address, good for 72 hours, taken by whoever has proven that address and is signed in.

Opening the link, or a program that submits its form, changes nothing: it takes a session with the invited address.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, select

from portal.accounts import service as accounts
from portal.accounts.events import AccountDisabled, PendingEnded
from portal.accounts.models import Person
from portal.kit import clock, i18n, paging, throttle, tokens
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal
from portal.kit.unit import before_writes
from portal.organisations import mail
from portal.organisations.models import Deed, Invitation, Membership, Organisation
from portal.organisations.service import activity, join_requests, standings
from portal.organisations.service.standings import OWNER

LINK = tokens.LinkPurpose("organisations.invitation")
PER_ORGANISATION, PER_ADDRESS = "100 per hour; 500 per day", "5 per day"
AT_ONCE = 50


class AlreadyIn(Refusal):
    """Whoever has this address is in the organisation already."""


class InvitedElsewhere(Refusal):
    """The invitation is bound to another address than the one that is signed in."""


@dataclass(frozen=True)
class Offer:
    """An open invitation as its reader sees it."""

    token: str
    organisation_id: uuid.UUID
    organisation: str
    invited_by: str
    role: OrganisationRole
    email: str
    until: datetime
    asks_second_factor: bool
    """Whether the organisation's pages open only with a second factor."""
    is_mine: bool
    """Whether whoever looks at it is signed in with the invited address."""


@before_writes
def invite(organisation_id: uuid.UUID, *, by: Actor, email: str, role: OrganisationRole) -> None:
    """Invite an address, by an Owner; one that is invited already gets a new link, and the older one is dead.

    Raises NotFound, AlreadyIn, TooManyOwners, and TooManyTries: no organisation floods, and no inbox is flooded.
    """
    _consume(organisation_id, lookup_key(email))
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    if role is OWNER:
        standings.refuse_more_owners(organisation_id)
    if _is_in(organisation_id, lookup_key(email)):
        raise AlreadyIn
    db.session.execute(delete(Invitation).where(*_to(organisation_id, lookup_key(email))))
    person = accounts.find_by_email(email)
    invitation = Invitation(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        email=email,
        email_key=lookup_key(email),
        role=role,
        language=i18n.ready(person.language) if person else i18n.code(),
        invited_by=mine.person_id,
        sent_at=clock.now(),
    )
    db.session.add(invitation)
    _send(invitation, organisation, by=by.name)
    activity.note(organisation, deed=Deed.INVITED, by=mine.person_id, role=role)


@before_writes
def resend(organisation_id: uuid.UUID, *, by: Actor, invitation_id: uuid.UUID) -> None:
    """Send an open invitation again, by an Owner, who now stands behind it; the older link is dead.

    Raises NotFound and TooManyTries.
    """
    _consume(organisation_id, _get(organisation_id, invitation_id).email_key)
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    invitation = _get(organisation_id, invitation_id)
    invitation.sent_at, invitation.invited_by = clock.now(), mine.person_id
    _send(invitation, organisation, by=by.name)
    activity.note(organisation, deed=Deed.INVITED_AGAIN, by=mine.person_id, role=invitation.role)


def _consume(organisation_id: uuid.UUID, email_key: str) -> None:
    throttle.consume_each(
        [
            throttle.Spend("organisations.invitations", str(organisation_id), PER_ORGANISATION),
            throttle.Spend("organisations.invited", email_key, PER_ADDRESS),
        ]
    )


def _send(invitation: Invitation, organisation: Organisation, *, by: str) -> None:
    mail.invitation(invitation, organisation=organisation, by=by, token=token_for(invitation))


def revoke(organisation_id: uuid.UUID, *, by: Actor, invitation_id: uuid.UUID) -> None:
    """Take an invitation back, by an Owner: its link is dead. Raises NotFound."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    invitation = _get(organisation_id, invitation_id)
    activity.note(organisation, deed=Deed.INVITATION_REVOKED, by=mine.person_id, role=invitation.role)
    db.session.delete(invitation)


def invitations_for(by: Actor, organisation_id: uuid.UUID, *, after: str | None) -> paging.Page[Invitation]:
    """Return a page of an organisation's open invitations for an Owner, the newest first. Raises NotFound."""
    standings.standing_for(by, organisation_id, OWNER)
    query = select(Invitation).where(Invitation.organisation_id == organisation_id, is_open())
    return paging.paginate(query, at=Invitation.sent_at, key=Invitation.id, after=after, size=AT_ONCE)


def token_for(invitation: Invitation) -> str:
    """Return the token of an invitation's one link that works."""
    return tokens.sign(LINK, str(invitation.id), stamp=_stamp(invitation), at=invitation.sent_at)


def _stamp(invitation: Invitation) -> str:
    return f"{invitation.email_key} {invitation.role} {invitation.invited_by} {invitation.sent_at.isoformat()}"


def offer_of(token: str, *, to: Actor) -> Offer:
    """Return what an invitation offers. Raises LinkDead once it is taken, declined, revoked, sent again or expired."""
    return _offer(_read(token), to)


def offers_for(actor: Actor) -> list[Offer]:
    """Return the open invitations to somebody's own address, the newest first."""
    query = select(Invitation).where(Invitation.email_key == lookup_key(actor.email), is_open())
    return [_offer(each, actor) for each in db.session.scalars(query.order_by(Invitation.sent_at.desc()).limit(AT_ONCE))]


def _offer(invitation: Invitation, to: Actor) -> Offer:
    organisation = db.session.get_one(Organisation, invitation.organisation_id)
    return Offer(
        token=token_for(invitation),
        organisation_id=organisation.id,
        organisation=organisation.name,
        invited_by=accounts.get_person(invitation.invited_by).name,
        role=invitation.role,
        email=invitation.email,
        until=invitation.sent_at + period("invitation"),
        asks_second_factor=organisation.asks_second_factor,
        is_mine=to.is_signed_in and lookup_key(to.email) == invitation.email_key,
    )


def accept(token: str, *, by: Actor) -> uuid.UUID:
    """Join, and return the organisation's id. Raises LinkDead, InvitedElsewhere, AlreadyIn and TooManyOwners."""
    organisation, invitation = _taken(token, by)
    if invitation.role is OWNER:
        standings.refuse_more_owners(organisation.id)
    if standings.membership_of(organisation.id, person_id=by.require_id()) is not None:
        raise AlreadyIn
    db.session.add(Membership(organisation_id=organisation.id, person_id=by.require_id(), role=invitation.role))
    db.session.delete(invitation)
    join_requests.drop_join_request(organisation.id, by=by.require_id())
    activity.note(organisation, deed=Deed.JOINED, by=invitation.invited_by, about=by.person_id, role=invitation.role)
    return organisation.id


def decline(token: str, *, by: Actor) -> None:
    """Say no to an invitation. Raises LinkDead and InvitedElsewhere."""
    organisation, invitation = _taken(token, by)
    activity.note(organisation, deed=Deed.INVITATION_DECLINED, by=invitation.invited_by, role=invitation.role)
    db.session.delete(invitation)


def _taken(token: str, by: Actor) -> tuple[Organisation, Invitation]:
    """Return an invitation and its organisation, locked, for whoever it is bound to."""
    organisation = standings.lock(_read(token).organisation_id)
    invitation = _read(token)
    if lookup_key(by.email) != invitation.email_key:
        raise InvitedElsewhere
    return organisation, invitation


def end_invitations_by(event: PendingEnded | AccountDisabled) -> None:
    """Revoke what somebody has offered whose account is defended or closed: whoever invited may have been a thief."""
    mine = select(Invitation.organisation_id).where(Invitation.invited_by == event.person_id).distinct()
    for organisation_id in db.session.scalars(mine).all():
        end_invitations(organisation_id, by=event.person_id)


def end_invitations(organisation_id: uuid.UUID, *, by: uuid.UUID) -> None:
    """Revoke every open invitation to an organisation that somebody stands behind."""
    theirs = delete(Invitation).where(Invitation.organisation_id == organisation_id, Invitation.invited_by == by)
    if db.affected(theirs):
        organisation = db.session.get_one(Organisation, organisation_id)
        activity.note(organisation, deed=Deed.INVITATION_REVOKED, by=None, about=by)


def is_open() -> ColumnElement[bool]:
    """Return the clause for invitations that have not expired, to organisations that are not dissolved."""
    dissolved = exists().where(Organisation.id == Invitation.organisation_id, Organisation.dissolved_at.is_not(None))
    return (Invitation.sent_at > clock.now() - period("invitation")) & ~dissolved


def _read(token: str) -> Invitation:
    found: list[Invitation] = []

    def stamp(invitation_id: str) -> str | None:
        try:
            key = uuid.UUID(invitation_id)
        except ValueError:
            return None
        query = select(Invitation).where(Invitation.id == key, is_open()).execution_options(populate_existing=True)
        found.extend(db.session.scalars(query))
        return _stamp(found[0]) if found else None

    tokens.read(LINK, token, max_age=period("invitation"), stamp=stamp, count=1)
    return found[0]


def _get(organisation_id: uuid.UUID, invitation_id: uuid.UUID) -> Invitation:
    query = select(Invitation).where(
        Invitation.organisation_id == organisation_id, Invitation.id == invitation_id, is_open()
    )
    invitation = db.session.scalar(query.execution_options(populate_existing=True))
    if invitation is None:
        raise NotFound
    return invitation


def _to(organisation_id: uuid.UUID, email_key: str) -> tuple[ColumnElement[bool], ...]:
    return Invitation.organisation_id == organisation_id, Invitation.email_key == email_key


def _is_in(organisation_id: uuid.UUID, email_key: str) -> bool:
    theirs = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Person.email_key == email_key)
    )
    return db.session.scalar(theirs) is not None
