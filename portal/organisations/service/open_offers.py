"""Open offers of ownership, and how they end: with the account or the role of either side, or with the organisation."""

import uuid

from sqlalchemy import ColumnElement, delete, select

from portal.accounts.events import AccountDisabled, PendingEnded
from portal.kit import clock
from portal.kit.db import db
from portal.kit.periods import period
from portal.organisations.models import Deed, HandOver, Organisation
from portal.organisations.service import activity


def is_open() -> ColumnElement[bool]:
    """Return the clause for offers that can be answered still."""
    return HandOver.offered_at > clock.now() - period("hand_over")


def end_hand_overs_of(event: PendingEnded | AccountDisabled) -> None:
    """End the offers of and to somebody whose account is defended or closed: whoever offered may have been a thief."""
    theirs = (HandOver.offered_by == event.person_id) | (HandOver.offered_to == event.person_id)
    for organisation_id in db.session.scalars(select(HandOver.organisation_id).where(theirs).distinct()).all():
        end_hand_overs(organisation_id, of=event.person_id)


def end_hand_overs(organisation_id: uuid.UUID, *, of: uuid.UUID) -> None:
    """End the open offers of and to somebody whose role or account changes, and tell both sides."""
    organisation = db.session.get_one(Organisation, organisation_id)
    query = select(HandOver.id, HandOver.offered_by, HandOver.offered_to).where(
        HandOver.organisation_id == organisation_id, is_open(), (HandOver.offered_by == of) | (HandOver.offered_to == of)
    )
    for offer in db.session.execute(query).all():
        if db.affected(delete(HandOver).where(HandOver.id == offer.id)):
            activity.note(organisation, deed=Deed.HAND_OVER_ENDED, by=offer.offered_by, about=offer.offered_to)


def end_all_hand_overs(organisation_id: uuid.UUID) -> None:
    """End every offer of an organisation that is dissolved: everybody in it is told of that."""
    db.session.execute(delete(HandOver).where(HandOver.organisation_id == organisation_id))
