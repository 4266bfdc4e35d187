"""Dissolving an organisation: every right ends at once, its people are told, and then nothing of it is left."""

import uuid

from sqlalchemy import delete, select

from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import audit, clock
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.events import publish
from portal.organisations import mail
from portal.organisations.events import MembershipEnded
from portal.organisations.models import Membership, Organisation
from portal.organisations.service import hand_overs, production, standings
from portal.organisations.service.standings import OWNER

AT_ONCE = 50


def dissolve(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Dissolve an organisation, by an Owner: nobody has a role in it from now on, and products delete what is its (P41).

    Raises NotFound.
    """
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    organisation.dissolved_at = clock.now()
    hand_overs.end_all_hand_overs(organisation_id)
    audit.record("organisations.dissolved", subject_id=mine.person_id, by=mine.person_id, organisation=organisation_id)
    production.have_deleted(organisation, by=mine.person_id)
    jobs.enqueue("organisations.dissolve", organisation_id=str(organisation_id))


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
