"""When somebody was here last, and the history of that, which they may have deleted once it is old."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, union_all

from portal.accounts.models import SignInEvent, SignInOutcome, SignInSession
from portal.kit import clock
from portal.kit.db import db


def last_here(person_id: uuid.UUID) -> datetime | None:
    """Return when somebody was signed in last, as far as it is known. What a clock that was ahead has dated counts not."""
    seen = select(func.max(SignInSession.seen_at).label("at")).where(
        SignInSession.person_id == person_id, SignInSession.seen_at <= clock.latest()
    )
    signed_in = select(func.max(SignInEvent.last_at).label("at")).where(
        SignInEvent.person_id == person_id,
        SignInEvent.outcome == SignInOutcome.SIGNED_IN,
        SignInEvent.last_at <= clock.latest(),
    )
    newest: list[datetime | None] = list(db.session.scalars(union_all(seen, signed_in)))
    return max((at for at in newest if at is not None), default=None)


def was_here_since(person_id: Any, *, since: datetime) -> ColumnElement[bool]:
    """Return the clause for people (`person_id` is a column) who were signed in after an instant, as far as it is known."""
    latest = clock.latest()
    seen = exists().where(
        SignInSession.person_id == person_id, SignInSession.seen_at > since, SignInSession.seen_at <= latest
    )
    signed_in = exists().where(
        SignInEvent.person_id == person_id,
        SignInEvent.outcome == SignInOutcome.SIGNED_IN,
        SignInEvent.last_at > since,
        SignInEvent.last_at <= latest,
    )
    return or_(seen, signed_in)


def signed_in_before(person_id: Any, *, before: datetime) -> ColumnElement[bool]:
    """Return the clause for the lines of an account's sign-in history from before an instant."""
    return and_(SignInEvent.person_id == person_id, SignInEvent.last_at < before)


def delete_old_history(person_id: uuid.UUID, *, before: datetime, most: int) -> int:
    """Delete at most so many lines of sign-in history, and return how many."""
    due = select(SignInEvent.id).where(signed_in_before(person_id, before=before)).order_by(SignInEvent.last_at).limit(most)
    lines = db.session.scalars(due).all()
    if lines:
        db.session.execute(delete(SignInEvent).where(SignInEvent.id.in_(lines)))
    return len(lines)
