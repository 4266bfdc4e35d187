"""The days of the log, each with a key of its own, and the end of those that are over."""

from datetime import date

from sqlalchemy import func, select

from portal.kit import clock, keys
from portal.kit.db import db
from portal.kit.periods import period
from portal.traffic.models import Visit

PURPOSE = "traffic"


def oldest_day_kept() -> date:
    """Return the first day whose visits may still be read: no address lives longer than the period, not by an hour."""
    return clock.today() - period("visits") + date.resolution


def oldest_day() -> date | None:
    """Return the oldest day of which a visit or a key still exists, or None: the evidence shown for P23."""
    first = db.session.scalar(select(func.min(Visit.sealed_on)))
    days = [*keys.day_keys().days(PURPOSE)[:1], *([first] if first else [])]
    return min(days, default=None)


def destroy_old_keys() -> int:
    """Destroy the keys of days whose time is up, so that every copy of their addresses dies too. Returns how many."""
    place, oldest = keys.day_keys(), oldest_day_kept()
    old = [day for day in place.days(PURPOSE) if day < oldest]
    for day in old:
        place.destroy(PURPOSE, day)
    return len(old)
