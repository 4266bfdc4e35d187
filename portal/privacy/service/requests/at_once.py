"""Rights that people use themselves, in the portal: each is a request too, done at once and closed by itself."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.accounts.events import ProfileCorrected
from portal.kit import clock
from portal.kit.db import db
from portal.privacy.models import Outcome, Reason, Request, RequestState, Right, Source
from portal.privacy.models.rights import ANSWERABLE
from portal.privacy.service.requests import rows

ONE_A_DAY = timedelta(days=1)
"""Of a right that somebody uses again and again, one request stands for all of a day."""


def note_used(person_id: uuid.UUID, *, right: Right) -> None:
    """Note that somebody has used a right of theirs. What they had asked our team for is ended only once it is done."""
    # Only a restriction is of everything: an objection that waits may be to more than one switch.
    if right is Right.RESTRICTION and _end_waiting(person_id, kinds=(right,)):
        return
    now = clock.now()
    mine = select(Request).where(Request.subject_id == person_id, Request.first_id.is_(None), Request.kind == right)
    lately = mine.where(Request.source == Source.PORTAL, Request.state == RequestState.CLOSED)
    if db.session.scalar(lately.where(Request.received_at > now - ONE_A_DAY).limit(1)) is None:
        done: dict[str, Any] = {"outcome": Outcome.DONE, "reason": Reason.AS_ASKED, "verified_at": now, "closed_at": now}
        rows.add(right, source=Source.PORTAL, subject_id=person_id, state=RequestState.CLOSED, **done)


def note_correction(corrected: ProfileCorrected) -> None:
    """Note that somebody has corrected their profile: what our team was asked to correct may be something else."""
    note_used(corrected.person_id, right=Right.CORRECTION)


def note_copied(person_id: uuid.UUID, *, requested_at: datetime) -> None:
    """Note that a copy of everything is ready: whoever had asked our team for one, or what is held, has it by that."""
    _end_waiting(person_id, kinds=(Right.COPY, Right.ACCESS), until=requested_at)


def _end_waiting(person_id: uuid.UUID, *, kinds: Sequence[Right], until: datetime | None = None) -> bool:
    theirs = select(Request).where(Request.subject_id == person_id, Request.first_id.is_(None), Request.kind.in_(kinds))
    unanswered = theirs.where(Request.state.in_(ANSWERABLE), Request.executed_at.is_(None))
    asked = unanswered.where(Request.received_at <= (until or clock.now()))
    waiting = db.session.scalars(asked.with_for_update()).all()
    for request in waiting:
        rows.end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED, is_ours=False)
    return bool(waiting)
