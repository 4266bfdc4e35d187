"""Rights that people use themselves, in the portal: each is a request too, done at once and closed by itself."""

import uuid
from datetime import timedelta
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


ANSWERS = {Right.COPY: (Right.COPY, Right.ACCESS)}
"""What else is answered by a right that somebody uses: a copy shows what is held."""


def note_used(person_id: uuid.UUID, *, right: Right) -> None:
    """Note that somebody has used a right of theirs; what they had asked our team for the same is answered by that."""
    mine = select(Request).where(Request.subject_id == person_id, Request.first_id.is_(None))
    answered = mine.where(Request.kind.in_(ANSWERS.get(right, (right,))), Request.state.in_(ANSWERABLE))
    waiting = db.session.scalars(answered.where(Request.executed_at.is_(None)).with_for_update()).all()
    for request in waiting:
        rows.end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED)
    if waiting:
        return
    now = clock.now()
    lately = mine.where(Request.kind == right, Request.source == Source.PORTAL, Request.state == RequestState.CLOSED)
    if db.session.scalar(lately.where(Request.received_at > now - ONE_A_DAY).limit(1)) is None:
        done: dict[str, Any] = {"outcome": Outcome.DONE, "reason": Reason.AS_ASKED, "verified_at": now, "closed_at": now}
        rows.add(right, source=Source.PORTAL, subject_id=person_id, state=RequestState.CLOSED, **done)


def note_correction(corrected: ProfileCorrected) -> None:
    """Note that somebody has corrected their profile."""
    note_used(corrected.person_id, right=Right.CORRECTION)
