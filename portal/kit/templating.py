"""Templates: what every page may use. Pages are rendered inside the unit of work, letters without a request."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time, get_timezone, get_timezone_location
from flask import Flask, current_app, g, has_request_context, render_template
from jinja2 import pass_context

from portal.kit import access, devices, i18n, periods


def init_app(app: Flask, *, company: object) -> None:
    """Install filters and globals. `company` holds the facts for footers and letters."""
    app.extensions["portal.company"] = company
    app.jinja_env.filters |= {"instant": instant, "day": day, "bytes": nice_bytes, "period": nice_period}
    app.jinja_env.filters |= {"device": devices.say, "listed": i18n.listed}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)


def render(template: str, **values: Any) -> str:
    """Render a page or a letter."""
    return render_template(template, **values)


def stream(template: str, **values: Any) -> Iterator[str]:
    """Render a long document piece by piece: nothing of it is held but the present row."""
    values = {**values, **_context()}
    yield from current_app.jinja_env.get_template(template).generate(values)


def _context() -> dict[str, Any]:
    shared = {"company": current_app.extensions["portal.company"], "language_tag": i18n.tag()}
    if not has_request_context():
        return shared
    return {**shared, "actor": access.actor(), "nonce": g.nonce}


def _zone() -> str:
    return access.actor().time_zone if has_request_context() else "UTC"


def instant(at: datetime | None, zone: str | None = None) -> str:
    """Say an instant in the reader's language and zone, the zone named."""
    if at is None:
        return ""
    timezone, language = get_timezone(zone or _zone()), i18n.spoken()
    local = at.astimezone(timezone)
    said = f"{format_date(local, 'medium', locale=language)}, {format_time(local, 'short', locale=language)}"
    return f"{said} {_place(timezone, language)}"


def _place(timezone: tzinfo, language: Locale) -> str:
    if str(timezone) == "UTC":
        return "UTC"
    return f"({get_timezone_location(timezone, locale=language, return_city=True)})"


def day(at: date | None, zone: str | None = None) -> str:
    """Say a date, or the day of an instant in the reader's zone, in the reader's language."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        at = at.astimezone(get_timezone(zone or _zone())).date()
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
