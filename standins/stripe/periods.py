"""Billing periods by the calendar: a month from the 31st ends on the last day of a shorter one."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta

from standins.stripe.state import Object


def later(anchor: int, recurring: Object, times: int) -> int:
    """Return the instant so many intervals after an anchor."""
    start = datetime.fromtimestamp(anchor, UTC)
    count = recurring["interval_count"] * times
    if recurring["interval"] in ("day", "week"):
        return int((start + timedelta(days=count * (7 if recurring["interval"] == "week" else 1))).timestamp())
    months = start.year * 12 + start.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def end_of(anchor: int, recurring: Object, start: int) -> int:
    """Return when the period that begins at `start` ends."""
    times = 1
    while later(anchor, recurring, times) <= start:
        times += 1
    return later(anchor, recurring, times)
