"""How instants, dates, sizes and periods are said, in the language that is spoken now."""

from datetime import date, datetime, timedelta

from babel.dates import format_date, format_time, get_timezone
from jinja2 import pass_context

from portal.kit import i18n, periods


def instant(at: datetime | None, zone: str) -> str:
    """Say an instant in a zone, which is named."""
    if at is None:
        return ""
    timezone, language = get_timezone(zone), i18n.spoken()
    local = at.astimezone(timezone)
    said = f"{format_date(local, 'medium', locale=language)}, {format_time(local, 'short', locale=language)}"
    return f"{said} UTC" if str(timezone) == "UTC" else f"{said} ({i18n.place(str(timezone), language)})"


def day(at: date | None, zone: str) -> str:
    """Say a date, or the day of an instant in a zone."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        at = at.astimezone(get_timezone(zone)).date()
    return format_date(at, "long", locale=i18n.spoken())


def nice_bytes(count: int) -> str:
    """Say a size: 12 kB, 3.4 MB."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in ("B", "kB") else f"{size:.1f} {unit}".replace(".0 ", " ")
        size /= 1000
    return f"{size:.1f} GB"


@pass_context
def nice_period(_context: object, length: str | timedelta) -> str:
    """Say a period of the policy, by its name, or any length of time.

    It takes the context because Jinja works out a filter of a constant once, when it compiles a template: the first
    reader's language would then stay for all.
    """
    return periods.describe(periods.period(length) if isinstance(length, str) else length)
