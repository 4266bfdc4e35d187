"""Dissolving an organisation: asked for by an Owner, told to everybody, taken back by any Owner, carried out after a wait.

Until then everything goes on as before, and our products are told nothing: a thief with an Owner's session destroys nothing.
It stands as long as whoever asked for it is an Owner, and ends once their account is defended or closed.
"""

import uuid

from sqlalchemy import delete, select

from portal.accounts.events import AccountDisabled, PendingEnded
from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import audit, clock, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.events import publish
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.kit.unit import before_writes
from portal.organisations import mail
from portal.organisations.events import MembershipEnded
from portal.organisations.models import Deed, Dissolution, Membership, Organisation
from portal.organisations.service import activity, countdowns, news, open_offers, production, standings, stop_links
from portal.organisations.service.countdowns import Step
from portal.organisations.service.news import News
from portal.organisations.service.standings import OWNER

REQUESTS = "6 per day"
AT_ONCE = 50


@before_writes
def request_dissolution(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Have an organisation dissolved after the wait, by an Owner, and tell everybody. Asked already, nothing changes.

    Raises NotFound and TooManyTries.
    """
    throttle.consume("organisations.dissolve", str(organisation_id), REQUESTS)
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    if news.find_waiting(organisation_id, of=Dissolution) is not None:
        return
    now = clock.now()
    due_at = now + period("dissolution")
    db.session.add(
        Dissolution(organisation_id=organisation_id, requested_by=mine.person_id, requested_at=now, due_at=due_at)
    )
    activity.note(organisation, deed=Deed.DISSOLUTION_ASKED, by=mine.person_id)
    news.tell(organisation, news=News.DISSOLUTION)


def keep(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Keep an organisation that is going to be dissolved, by any of its Owners.

    Raises NotFound, and LinkDead once it is over.
    """
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    _keep(organisation, by=mine.person_id)


def dissolution_by_link(token: str) -> tuple[str, Dissolution]:
    """Return the organisation's name and what waits, by the link in an email about it. Raises LinkDead."""
    dissolution, _owner = stop_links.read_stop_token(token, of=Dissolution)
    return db.session.get_one(Organisation, dissolution.organisation_id).name, dissolution


def keep_by_link(token: str) -> None:
    """Keep the organisation by the link in an email. Raises LinkDead."""
    dissolution, _owner = stop_links.read_stop_token(token, of=Dissolution)
    organisation = standings.lock(dissolution.organisation_id)
    _dissolution, owner = stop_links.read_stop_token(token, of=Dissolution)
    _keep(organisation, by=owner.id)


def _keep(organisation: Organisation, *, by: uuid.UUID) -> None:
    if not db.affected(delete(Dissolution).where(Dissolution.organisation_id == organisation.id)):
        raise LinkDead
    activity.note(organisation, deed=Deed.DISSOLUTION_CANCELLED, by=by)
    news.tell(organisation, news=News.DISSOLUTION_ENDED)


def end_dissolutions_of(event: PendingEnded | AccountDisabled) -> None:
    """End what somebody has asked for whose account is defended or closed: it may have been a thief."""
    theirs = select(Dissolution.organisation_id).where(Dissolution.requested_by == event.person_id)
    for organisation_id in db.session.scalars(theirs.order_by(Dissolution.organisation_id)).all():
        end_dissolution(organisation_id, by=event.person_id)


def end_dissolution(organisation_id: uuid.UUID, *, by: uuid.UUID) -> None:
    """End the dissolution that somebody has asked for who is no Owner any more, or whose account changes; tell everybody."""
    organisation = db.lock(Organisation, organisation_id)
    which = Dissolution.organisation_id == organisation_id, Dissolution.requested_by == by
    if organisation is not None and db.affected(delete(Dissolution).where(*which)):
        activity.note(organisation, deed=Deed.DISSOLUTION_ENDED, by=by)
        news.tell(organisation, news=News.DISSOLUTION_ENDED)


def go_on_with_dissolution(organisation_id: uuid.UUID) -> None:
    """Remind of a dissolution, or carry it out, if its time for that has come. Run twice, the second time does nothing."""
    organisation = db.lock(Organisation, organisation_id)
    dissolution = news.find_waiting(organisation_id, of=Dissolution)
    if organisation is None or organisation.dissolved_at or dissolution is None:
        return
    step = countdowns.next_step(dissolution, length=period("dissolution"))
    if step is Step.REMIND:
        news.tell(organisation, news=News.DISSOLUTION_REMINDER)
    elif step is Step.CARRY_OUT:
        _carry_out(organisation, dissolution)


def _carry_out(organisation: Organisation, dissolution: Dissolution) -> None:
    by = dissolution.requested_by
    if standings.acting_owner_of(organisation.id, person_id=by) is None:
        end_dissolution(organisation.id, by=by)
    # Whoever ends it at this very moment has been first, or finds nothing left to end.
    elif db.affected(delete(Dissolution).where(Dissolution.id == dissolution.id)):
        dissolve(organisation, by=by)


def dissolve(organisation: Organisation, *, by: uuid.UUID) -> None:
    """Dissolve an organisation: nobody has a role in it from now on, and products delete what is its (P41)."""
    organisation.dissolved_at = clock.now()
    open_offers.end_all_hand_overs(organisation.id)
    audit.record("organisations.dissolved", subject_id=by, organisation=organisation.id)
    production.have_deleted(organisation, by=by)
    jobs.enqueue("organisations.dissolve", organisation_id=str(organisation.id))


def tell_some(organisation_id: uuid.UUID) -> bool:
    """Tell some of a dissolved organisation's people and let them go; return whether there are more.

    Once nobody is left, the organisation goes too, with its log and its invitations. Run again, it goes on.
    """
    organisation = db.lock(Organisation, organisation_id)
    if organisation is None or organisation.dissolved_at is None:
        return False
    theirs = select(Membership).where(Membership.organisation_id == organisation_id).order_by(Membership.id)
    some = db.session.scalars(theirs.limit(AT_ONCE)).all()
    for membership in some:
        person = db.session.get_one(Person, membership.person_id)
        if person.deactivated_at is None:
            mail.dissolved(organisation, to=person)
        publish(MembershipEnded(organisation_id, membership.person_id))
        db.session.delete(membership)
    if len(some) < AT_ONCE:
        db.session.flush()
        db.session.execute(delete(Organisation).where(Organisation.id == organisation_id))
    return len(some) == AT_ONCE
