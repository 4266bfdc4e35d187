"""What waits for its day in an organisation: reminded of twice, and then carried out.

No clock alone carries it out: of whatever happens everybody was reminded some time before, however late that is.
"""

from datetime import timedelta
from enum import Enum, auto
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.periods import period
from portal.organisations.models import Dissolution, Recovery

Countdown = Dissolution | Recovery
"""What waits for its day."""
Waiting = TypeVar("Waiting", bound=Dissolution | Recovery)

REMINDERS = ("countdown_first", "countdown_last")
LATE = timedelta(hours=3)
"""By how much a reminder may be late without putting the day off: an hourly job is never on the minute."""


class Step(Enum):
    """What is to be done now."""

    WAIT = auto()
    REMIND = auto()
    CARRY_OUT = auto()


def is_due(model: type[Countdown]) -> ColumnElement[bool]:
    """Return the clause for what has something to be done now."""
    now = clock.now()
    notices = [*(period(name) for name in REMINDERS), timedelta()]
    stages = [and_(model.reminders == done, model.due_at <= now + notice) for done, notice in enumerate(notices)]
    return or_(model.requested_at > clock.latest(), *stages)


def next_step(countdown: Countdown, *, length: timedelta) -> Step:
    """Return what is to be done now, and note that it is; call with the organisation locked. Twice, the second waits."""
    now = clock.now()
    if countdown.requested_at > clock.latest():
        # Asked while a clock was ahead: it waits as long as any other.
        countdown.requested_at, countdown.due_at, countdown.reminders = now, now + length, 0
        return Step.WAIT
    if countdown.reminders >= len(REMINDERS):
        return Step.CARRY_OUT if countdown.due_at <= now else Step.WAIT
    notice = period(REMINDERS[countdown.reminders])
    if countdown.due_at > now + notice:
        return Step.WAIT
    countdown.reminders += 1
    if countdown.due_at < now + notice - LATE:
        # No worker ran on its day. Nothing happens of which nobody was warned: it happens late.
        countdown.due_at = now + notice
    return Step.REMIND


def count_late(model: Any, *, grace: timedelta) -> int:
    """Return how much should have been carried out more than `grace` ago."""
    return db.session.scalar(select(func.count()).select_from(model).where(model.due_at < clock.now() - grace)) or 0


def count_waiting(model: Any) -> int:
    """Return how much waits for its day."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0
