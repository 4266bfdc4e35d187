"""Deleting one's own history: sign-ins that are no longer needed to notice somebody else, and visits (P28)."""

import uuid
from datetime import datetime

from sqlalchemy import delete, or_, select

from portal.accounts.models import SignInEvent
from portal.jobs import service as jobs
from portal.kit import audit, clock
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.periods import period
from portal.traffic import service as traffic

BATCH = 500
"""Rows of each kind in one transaction."""
PROTECTED = "wasnt_me_link"
"""As long as somebody can still say "This wasn't me" to an email, the sign-ins that it is about are there to look at."""


def delete_history(actor: Actor) -> None:
    """Delete the actor's sign-ins that nobody needs to notice a stranger any more, and visits that led to none of the rest.

    What is more than a batch goes in the background.
    """
    person_id, now = actor.require_id(), clock.now()
    audit.record("accounts.history_deleted", subject_id=person_id, by=person_id)
    delete_some_history(person_id, until=now)


def delete_some_history(person_id: uuid.UUID, *, until: datetime) -> None:
    """Delete a batch of what somebody had deleted at an instant, and ask for the next."""
    old = select(SignInEvent.id).where(SignInEvent.person_id == person_id, SignInEvent.last_at < until - period(PROTECTED))
    gone = db.affected(delete(SignInEvent).where(SignInEvent.id.in_(old.limit(BATCH))))
    seen = traffic.delete_visits(person_id, until=until, keep=_visits_needed(person_id), most=BATCH)
    if max(gone, seen) == BATCH:
        jobs.enqueue("accounts.delete_history", subject_id=person_id, person_id=str(person_id), until=until.isoformat())


def _visits_needed(person_id: uuid.UUID) -> list[uuid.UUID]:
    left = select(SignInEvent.first_visit_id, SignInEvent.last_visit_id).where(
        SignInEvent.person_id == person_id,
        or_(SignInEvent.first_visit_id.is_not(None), SignInEvent.last_visit_id.is_not(None)),
        SignInEvent.last_at >= clock.now() - period(PROTECTED),
    )
    return [visit_id for row in db.session.execute(left) for visit_id in row if visit_id is not None]
