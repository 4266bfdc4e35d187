"""The one clock: every instant and date of the portal is read here."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present date in UTC."""
    return now().date()
