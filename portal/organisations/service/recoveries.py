"""An organisation that its Owners have left: a Member asks to become one, everybody is told, and any Owner ends it.

An Owner who is here again, by signing in or in a session that is remembered, has ended it at that moment, whenever it is
looked at. Nobody loses a role by it, and no member of staff has a part in it.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from portal.accounts import service as accounts
from portal.accounts.events import AddressChanged, PendingEnded
from portal.accounts.models import Person
from portal.kit import clock, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound, Refusal
from portal.kit.unit import before_writes
from portal.organisations.models import Deed, Membership, Organisation, Recovery
from portal.organisations.service import activity, countdowns, news, standings, stop_links
from portal.organisations.service.countdowns import Step
from portal.organisations.service.news import News
from portal.organisations.service.standings import MEMBER, OWNER

REQUESTS = "3 per day"


class OwnerIsHere(Refusal):
    """An Owner has signed in lately: whoever wants to become one asks them."""


class RecoveryOpen(Refusal):
    """Somebody has asked already: one asks at a time."""


def owner_was_here(organisation_id: Any, *, since: Any) -> ColumnElement[bool]:
    """Return the clause for organisations (a column, or an id) of which an Owner was here after an instant."""
    return (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == OWNER,
            standings.is_acting(),
            accounts.was_here_since(Membership.person_id, since=since),
        )
        .correlate(Organisation, Recovery)
        .exists()
    )


def orphaned_since() -> datetime:
    """Return since when no Owner may have been here in an organisation that a Member may ask for."""
    return clock.now() - period("orphaned")


def _is_orphaned(organisation_id: uuid.UUID, *, since: datetime) -> bool:
    return not db.session.scalar(select(owner_was_here(organisation_id, since=since)))


@before_writes
def request_recovery(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Ask to become an Owner after the wait, by a Member, and tell everybody.

    Raises NotFound, OwnerIsHere, RecoveryOpen and TooManyTries.
    """
    throttle.consume("organisations.recovery", f"{organisation_id} {by.require_id()}", REQUESTS)
    organisation, mine = standings.lock_for(by, organisation_id, MEMBER)
    if not _is_orphaned(organisation_id, since=orphaned_since()):
        raise OwnerIsHere
    if news.find_waiting(organisation_id, of=Recovery) is not None:
        raise RecoveryOpen
    now = clock.now()
    due_at = now + period("recovery")
    db.session.add(Recovery(organisation_id=organisation_id, person_id=mine.person_id, requested_at=now, due_at=due_at))
    activity.note(organisation, deed=Deed.RECOVERY_ASKED, by=mine.person_id)
    news.tell(organisation, news=News.RECOVERY)


def cancel_recovery(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """End a request, by an Owner, or by whoever has made it. Raises NotFound, and LinkDead once it is over."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER, MEMBER)
    recovery = news.find_waiting(organisation_id, of=Recovery)
    if recovery is not None and mine.role is not OWNER and recovery.person_id != mine.person_id:
        raise NotFound
    _cancel(organisation, recovery, by=mine.person_id)


def recovery_by_link(token: str) -> tuple[str, str, Recovery]:
    """Return the organisation's name, who asks, and their request, by the link in an email about it. Raises LinkDead."""
    recovery, _owner = stop_links.read_stop_token(token, of=Recovery)
    asker = accounts.get_person(recovery.person_id)
    return db.session.get_one(Organisation, recovery.organisation_id).name, asker.name, recovery


def cancel_recovery_by_link(token: str) -> None:
    """End a request by the link in an email to an Owner. Raises LinkDead."""
    recovery, _owner = stop_links.read_stop_token(token, of=Recovery)
    organisation = standings.lock(recovery.organisation_id)
    recovery, owner = stop_links.read_stop_token(token, of=Recovery)
    _cancel(organisation, recovery, by=owner.id)


def _cancel(organisation: Organisation, recovery: Recovery | None, *, by: uuid.UUID) -> None:
    if recovery is None or not db.affected(delete(Recovery).where(Recovery.id == recovery.id)):
        raise LinkDead
    activity.note(organisation, deed=Deed.RECOVERY_CANCELLED, by=by, about=recovery.person_id)
    news.tell(organisation, news=News.RECOVERY_ENDED)


def end_recoveries_of(event: PendingEnded | AddressChanged) -> None:
    """End what somebody has asked for whose address changes, or whose account is defended or closed."""
    theirs = select(Recovery.organisation_id).where(Recovery.person_id == event.person_id)
    for organisation_id in db.session.scalars(theirs.order_by(Recovery.organisation_id)).all():
        end_recovery(organisation_id, by=event.person_id)


def end_recovery(organisation_id: uuid.UUID, *, by: uuid.UUID) -> None:
    """End the request of somebody who is no Member any more, or whose account changes, and tell everybody."""
    organisation = db.lock(Organisation, organisation_id)
    which = Recovery.organisation_id == organisation_id, Recovery.person_id == by
    if organisation is not None and db.affected(delete(Recovery).where(*which)):
        activity.note(organisation, deed=Deed.RECOVERY_ENDED, by=by)
        news.tell(organisation, news=News.RECOVERY_ENDED)


def go_on_with_recovery(organisation_id: uuid.UUID) -> None:
    """End a request where an Owner was here, remind of it, or carry it out. Run twice, the second time does nothing."""
    organisation = db.lock(Organisation, organisation_id)
    recovery = news.find_waiting(organisation_id, of=Recovery)
    if organisation is None or organisation.dissolved_at or recovery is None:
        return
    asker = standings.membership_of(organisation_id, person_id=recovery.person_id)
    if asker is None or not _may_become_owner(asker) or not _is_orphaned(organisation_id, since=recovery.requested_at):
        end_recovery(organisation_id, by=recovery.person_id)
        return
    step = countdowns.next_step(recovery, length=period("recovery"))
    if step is Step.REMIND:
        news.tell(organisation, news=News.RECOVERY_REMINDER)
    # Whoever ends it at this very moment has been first, or finds nothing left to end.
    elif step is Step.CARRY_OUT and db.affected(delete(Recovery).where(Recovery.id == recovery.id)):
        asker.role = OWNER
        activity.note(organisation, deed=Deed.RECOVERED, by=asker.person_id, role=OWNER)
        news.tell(organisation, news=News.RECOVERED, about=asker.person_id)


def _may_become_owner(membership: Membership) -> bool:
    person = accounts.get_person(membership.person_id)
    in_the_way = (membership.disabled_at, person.disabled_at, person.deactivated_at, person.frozen_at)
    return membership.role is MEMBER and not any(in_the_way)
