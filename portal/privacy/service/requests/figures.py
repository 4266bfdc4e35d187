"""How fast requests are answered, and what their people say of it: for the public page, and for the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from portal.kit import clock
from portal.kit.db import db
from portal.privacy.models import Request, Verdict
from portal.privacy.service.requests import rows

OVER = timedelta(days=365)
"""How far back answers and verdicts are counted."""


@dataclass(frozen=True)
class Figures:
    """How the queue stands. It names nobody."""

    open: int
    oldest_at: datetime | None
    """When the oldest of them arrived."""
    overdue: int
    """Open and past their due date."""
    answered: int
    """By our team, within a year."""
    median: timedelta | None
    """Half of those were answered faster."""
    late: int
    """Of those, answered after their due date."""
    verdicts: Mapping[Verdict, int]


def figures() -> Figures:
    """Return how the queue stands now, and how it was answered within a year."""
    now = clock.now()
    is_open, is_answered = rows.waits_for_us(), _answered_since(now - OVER)
    waiting = select(func.count(), func.min(Request.received_at)).where(is_open)
    open_, oldest_at = db.session.execute(waiting.select_from(Request)).one()
    answered = _count(is_answered)
    said = select(Request.verdict, func.count()).where(Request.verdict_at > now - OVER).group_by(Request.verdict)
    verdicts = {verdict: count for verdict, count in db.session.execute(said) if verdict}
    return Figures(
        open=open_,
        oldest_at=oldest_at,
        overdue=_count(is_open & (Request.due_at < now)),
        answered=answered,
        median=_median(is_answered, answered),
        late=_count(is_answered & (Request.closed_at > Request.due_at)),
        verdicts={each: verdicts.get(each, 0) for each in Verdict},
    )


def _answered_since(since: datetime) -> ColumnElement[bool]:
    return (Request.answered_in.is_not(None)) & (Request.closed_at > since)


def _count(which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Request).where(which)) or 0


def _median(which: ColumnElement[bool], answered: int) -> timedelta | None:
    if not answered:
        return None
    middle = select(Request.answered_in).where(which).order_by(Request.answered_in).offset((answered - 1) // 2).limit(1)
    return timedelta(seconds=db.session.scalar(middle) or 0)
