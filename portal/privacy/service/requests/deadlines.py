"""Reminders to our team on the days 15, 23 and 28 of an open request, each once, whatever ran late (P33).

What our team entered counts from the day that it arrived, confirmed or not, and ends with its due date.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.periods import period
from portal.privacy import mail
from portal.privacy.models import Outcome, Reason, Request, RequestState, Source
from portal.privacy.service.officers import officers
from portal.privacy.service.requests import rows

ALARMS = ("request_alarm_first", "request_alarm_second", "request_alarm_third")
AT_ONCE = 50
DAY = timedelta(days=1)
BEFORE_DUE = timedelta(hours=3)
"""How long before its due date it is ended; whoever ends it looks once an hour."""


def remind_of_due() -> int:
    """Send the reminders that are due, one for each request however many were missed; return how many were sent.

    With nobody to tell, nothing counts as told: the check says so, and the reminder goes out once there is somebody.
    """
    told = officers()
    if not told:
        return 0
    now = clock.now()
    missing = [
        and_(Request.alarms <= number, Request.received_at <= now - period(name)) for number, name in enumerate(ALARMS)
    ]
    due = select(Request).where(rows.waits_for_us(), or_(*missing)).order_by(Request.due_at).limit(AT_ONCE)
    found = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    for request in found:
        request.alarms = _passed(request, now)
        for officer in told:
            mail.request_due(request, days=max(0, round((request.due_at - now) / DAY)), to=officer)
        rows.record("privacy.request_alarmed", request=request, alarms=request.alarms)
    return len(found)


def end_unconfirmed() -> int:
    """Refuse what our team entered and its person has not confirmed by the due date, a bounded number; return how many."""
    never = select(Request).where(Request.state == RequestState.AWAITING_IDENTITY, Request.source == Source.STAFF)
    due = never.where(Request.due_at <= clock.now() + BEFORE_DUE).order_by(Request.due_at).limit(AT_ONCE)
    found = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    for request in found:
        rows.end(request, outcome=Outcome.REFUSED, reason=Reason.NOT_CONFIRMED)
    return len(found)


def _passed(request: Request, now: datetime) -> int:
    return sum(request.received_at <= now - period(name) for name in ALARMS)


def count_untold(*, late_by: datetime) -> int:
    """Return how many open requests should have been told of before an instant, and were not."""
    missing = [
        and_(Request.alarms <= number, Request.received_at <= late_by - period(name)) for number, name in enumerate(ALARMS)
    ]
    untold = select(func.count()).select_from(Request).where(rows.waits_for_us(), or_(*missing))
    return db.session.scalar(untold) or 0
