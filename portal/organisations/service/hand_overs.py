"""Handing ownership over, in two steps: an Owner offers it to somebody inside, who accepts or declines within 72 hours.

Whatever changes the account or the role of either side ends the offer. It is answered once: whoever deletes its row first.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.kit import clock, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.unit import before_writes
from portal.organisations.models import Deed, HandOver, Membership, Organisation
from portal.organisations.service import activity, endings, standings
from portal.organisations.service.open_offers import is_open
from portal.organisations.service.standings import MEMBER, OWNER

OFFERS = "10 per day"
AT_ONCE = 50


class NotInOrganisation(Refusal):
    """Nobody in the organisation has this address: ownership is offered to somebody inside."""


class OwnerAlready(Refusal):
    """Whoever has this address is an Owner already."""


class OfferOpen(Refusal):
    """This Owner has an offer open: it is cancelled or answered first."""


@dataclass(frozen=True)
class HandOverOffer:
    """An open offer, as either side sees it."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    by: str
    to: str
    leaves: bool
    until: datetime
    is_mine: bool
    """Whether whoever looks at it has made it; otherwise it waits for them."""


_BY, _TO = aliased(Person), aliased(Person)


def _offers(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            HandOver.id, HandOver.organisation_id, Organisation.name.label("organisation"), _BY.name.label("by"),
            _TO.name.label("to"), HandOver.leaves, HandOver.offered_at, HandOver.offered_by,
        )
        .join(Organisation, Organisation.id == HandOver.organisation_id)
        .join(_BY, _BY.id == HandOver.offered_by)
        .join(_TO, _TO.id == HandOver.offered_to)
        .where(is_open(), Organisation.dissolved_at.is_(None), *where)
        .order_by(HandOver.offered_at.desc())
        .limit(AT_ONCE)
    )  # fmt: skip


def _read(query: Select[*tuple[Any, ...]], *, seen_by: Actor) -> list[HandOverOffer]:
    return [
        HandOverOffer(
            row.id, row.organisation_id, row.organisation, row.by, row.to, row.leaves,
            row.offered_at + period("hand_over"), row.offered_by == seen_by.person_id,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def hand_overs_to(by: Actor) -> list[HandOverOffer]:
    """Return the open offers that wait for somebody's answer, in every organisation, the newest first."""
    return _read(_offers(HandOver.offered_to == by.require_id()), seen_by=by)


def hand_overs_for(by: Actor, organisation_id: uuid.UUID) -> list[HandOverOffer]:
    """Return the open offers of one organisation that somebody has made or may answer. Raises NotFound for an outsider."""
    standings.standing_for(by, organisation_id)
    theirs = (HandOver.offered_to == by.require_id()) | (HandOver.offered_by == by.require_id())
    return _read(_offers(HandOver.organisation_id == organisation_id, theirs), seen_by=by)


def hand_over_for(by: Actor, organisation_id: uuid.UUID, *, hand_over_id: uuid.UUID) -> HandOverOffer:
    """Return the offer that waits for somebody's answer. Raises NotFound for an outsider, LinkDead once it is over."""
    for offer in hand_overs_for(by, organisation_id):
        if offer.id == hand_over_id and not offer.is_mine:
            return offer
    raise LinkDead


@before_writes
def offer_hand_over(organisation_id: uuid.UUID, *, by: Actor, email: str, leaves: bool) -> None:
    """Offer ownership to somebody in the organisation, by an Owner.

    Raises NotFound, NotInOrganisation, OwnerAlready, OfferOpen and TooManyTries.
    """
    throttle.consume("organisations.hand_over", f"{organisation_id} {by.require_id()}", OFFERS)
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    theirs = _by_address(organisation_id, email)
    if theirs.role is OWNER:
        raise OwnerAlready
    own = HandOver.organisation_id == organisation_id, HandOver.offered_by == mine.person_id
    if db.session.scalar(select(HandOver.id).where(is_open(), *own)) is not None:
        raise OfferOpen
    db.session.execute(delete(HandOver).where(*own))
    offer = HandOver(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        offered_by=mine.person_id,
        offered_to=theirs.person_id,
        leaves=leaves,
        offered_at=clock.now(),
    )
    db.session.add(offer)
    activity.note(organisation, deed=Deed.HAND_OVER_OFFERED, by=mine.person_id, about=theirs.person_id)


def _by_address(organisation_id: uuid.UUID, email: str) -> Membership:
    found = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Person.email_key == lookup_key(email),
            standings.is_acting(),
        )
    )
    membership = db.session.scalar(found.execution_options(populate_existing=True))
    if membership is None:
        raise NotInOrganisation
    return membership


def cancel_hand_over(organisation_id: uuid.UUID, *, by: Actor, hand_over_id: uuid.UUID) -> None:
    """Take an offer back, by the Owner who made it. Raises NotFound, and LinkDead once it is over."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    offer = _taken(organisation_id, HandOver.id == hand_over_id, HandOver.offered_by == mine.person_id)
    activity.note(organisation, deed=Deed.HAND_OVER_CANCELLED, by=mine.person_id, about=offer.offered_to)


def decline_hand_over(organisation_id: uuid.UUID, *, by: Actor, hand_over_id: uuid.UUID) -> None:
    """Say no to an offer, by whom it was made to. Raises NotFound, and LinkDead once it is over."""
    organisation, mine = standings.lock_for(by, organisation_id)
    offer = _taken(organisation_id, HandOver.id == hand_over_id, HandOver.offered_to == mine.person_id)
    activity.note(organisation, deed=Deed.HAND_OVER_DECLINED, by=mine.person_id, about=offer.offered_by)


def accept_hand_over(organisation_id: uuid.UUID, *, by: Actor, hand_over_id: uuid.UUID) -> None:
    """Become an Owner in place of whoever offered it, who becomes a Member or leaves, as they have said.

    Raises NotFound, and LinkDead once the offer is over.
    """
    organisation, mine = standings.lock_for(by, organisation_id)
    offer = _taken(organisation_id, HandOver.id == hand_over_id, HandOver.offered_to == mine.person_id)
    theirs = standings.membership_of(organisation_id, person_id=offer.offered_by)
    if theirs is None or theirs.role is not OWNER or mine.role is OWNER:
        raise LinkDead
    mine.role = OWNER
    deed = Deed.HANDED_OVER_AND_LEFT if offer.leaves else Deed.HANDED_OVER
    activity.note(organisation, deed=deed, by=theirs.person_id, about=mine.person_id, role=OWNER)
    endings.end_what_waits(organisation_id, of=mine.person_id, is_owner=True)
    endings.end_what_waits(organisation_id, of=theirs.person_id)
    if offer.leaves:
        db.session.delete(theirs)
    else:
        theirs.role = MEMBER


def _taken(organisation_id: uuid.UUID, *where: ColumnElement[bool]) -> Any:
    """Delete an open offer and return what it said. Raises LinkDead when somebody else has been first, or it expired."""
    query = select(HandOver.id, HandOver.offered_by, HandOver.offered_to, HandOver.leaves)
    offer = db.session.execute(query.where(HandOver.organisation_id == organisation_id, is_open(), *where)).first()
    if offer is None or not db.affected(delete(HandOver).where(HandOver.id == offer.id)):
        raise LinkDead
    return offer
