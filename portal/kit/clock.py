"""The one clock: every instant and date of the portal is read here."""

from datetime import UTC, date, datetime, timedelta

SKEW = timedelta(minutes=5)
"""How far the clocks of two machines may differ. What is dated further ahead was written while a clock was wrong."""


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def latest() -> datetime:
    """Return the latest instant that something which has happened can bear."""
    return now() + SKEW


def today() -> date:
    """Return the present date in UTC."""
    return now().date()
