"""What falls due when: counts for the privacy officer's page, about nobody in particular."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.claims import MOST_COUNTED as MOST_UNCONFIRMED
from portal.kit.db import db
from portal.kit.periods import period
from portal.privacy.models import Request, RequestState
from portal.privacy.models.rights import ANSWERABLE
from portal.privacy.service.requests.desk import HANDLERS

MOST_COUNTED = 5000
"""Beyond so many open requests the plot shows those that are due first."""


@dataclass(frozen=True)
class DueDay:
    """One day (UTC) and how many requests must be answered by its end."""

    on: date
    count: int


@dataclass(frozen=True)
class DueDates:
    """The open requests by the day on which they are due: those that are late, and each day until the last may be due."""

    late: int
    days: Sequence[DueDay]
    unconfirmed: int = 0
    """How many nobody has confirmed; one beyond those that are counted says that there are more."""

    @property
    def total(self) -> int:
        """How many are open."""
        return self.late + sum(day.count for day in self.days)

    @property
    def most(self) -> int:
        """The largest count of a day, at least 1: what a plot is as high as."""
        return max(1, self.late, *(day.count for day in self.days))

    @property
    def next_on(self) -> date | None:
        """The first day on which one is due."""
        return next((day.on for day in self.days if day.count), None)


@for_staff(*HANDLERS)
def count_due_requests(*, with_unconfirmed: bool = False, by: Staff) -> DueDates:
    """Count the open requests that one may decide by the day on which they are due, the late ones together.

    What nobody has confirmed is counted where that is asked for.
    """
    query = select(Request.due_at).where(Request.state.in_(ANSWERABLE)).order_by(Request.due_at).limit(MOST_COUNTED)
    if by.role is not Role.PRIVACY:
        query = query.where(Request.first_id.is_not(None))
    now = clock.now()
    dues = db.session.scalars(query).all()
    by_day = Counter(due_at.date() for due_at in dues if due_at > now)
    length = (period("request_answer") + timedelta(days=1)).days
    days = [DueDay(on, by_day[on]) for on in (now.date() + timedelta(days=ahead) for ahead in range(length))]
    unconfirmed = _count_unconfirmed() if with_unconfirmed and by.role is Role.PRIVACY else 0
    return DueDates(late=sum(due_at <= now for due_at in dues), days=days, unconfirmed=unconfirmed)


def _count_unconfirmed() -> int:
    unproven = select(Request.id).where(Request.state == RequestState.AWAITING_IDENTITY).limit(MOST_UNCONFIRMED + 1)
    return db.session.scalar(select(func.count()).select_from(unproven.subquery())) or 0
