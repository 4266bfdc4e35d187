"""How instants, dates, sizes and periods are said, in the language that is spoken now."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import inf
from typing import Literal

from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_datetime_format, get_timezone
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_name,
    get_currency_precision,
)
from jinja2 import pass_context

from portal.kit import clock, i18n, periods
from portal.kit.i18n import _, ngettext

LONGEST_AGO = 30
"""Days, beyond which a date says more than their number."""


def instant(at: datetime | None, zone: str) -> str:
    """Say an instant in a zone, which is named."""
    if at is None:
        return ""
    timezone, language = get_timezone(zone), i18n.code()
    local = at.astimezone(timezone)
    said = _pattern(language).format(_clock(local.hour, local.minute, language), _date(local.date(), language))
    if str(timezone) == "UTC":
        return f"{said} UTC"
    return str(_("%(time)s (%(place)s)", time=said, place=i18n.place(str(timezone), i18n.spoken())))


# Babel takes long to say each of these, and a page says the same ones again and again.
@lru_cache(maxsize=16)
def _pattern(_language: str) -> str:
    return str(get_datetime_format("medium", locale=i18n.spoken()))


@lru_cache(maxsize=3000)
def _clock(hour: int, minute: int, _language: str) -> str:
    return format_time(time(hour, minute), "short", locale=i18n.spoken())


@lru_cache(maxsize=3000)
def _date(day: date, _language: str) -> str:
    return format_date(day, "medium", locale=i18n.spoken())


def ago(at: datetime) -> str:
    """Say how long ago an instant was, or in how long it will be: 3 min ago, in 13 days. Nothing beyond a month."""
    seconds = int((clock.now() - at).total_seconds())
    minutes = abs(seconds) // 60
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(num)s min ago", num=minutes) if seconds > 0 else _("in %(num)s min", num=minutes)
    hours, days = minutes // 60, minutes // (24 * 60)
    if hours < 24:
        if seconds > 0:
            return ngettext("%(num)s hour ago", "%(num)s hours ago", hours)
        return ngettext("in %(num)s hour", "in %(num)s hours", hours)
    if days > LONGEST_AGO:
        return ""
    if seconds > 0:
        return ngettext("%(num)s day ago", "%(num)s days ago", days)
    return ngettext("in %(num)s day", "in %(num)s days", days)


def day(at: date | None, zone: str) -> str:
    """Say a date, or the day of an instant in a zone."""
    if at is None:
        return ""
    if isinstance(at, datetime):
        at = at.astimezone(get_timezone(zone)).date()
    return format_date(at, "long", locale=i18n.spoken())


def short_day(at: date) -> str:
    """Say a date where there is little room: its day and month."""
    return format_skeleton("MMMd", at, locale=i18n.spoken())


def nice_entries(count: int | None, most: int | None = None) -> str:
    """Say how many entries there are: 1 entry, 1,000 entries; beyond `most` only that there are more than that.

    None says that they were not counted: too much would have had to be looked through.
    """
    if count is None:
        return str(_("too many to count here"))
    if most is not None and count > most:
        figure = format_decimal(most, locale=i18n.spoken())
        return str(ngettext("more than %(count)s entry", "more than %(count)s entries", most, count=figure))
    figure = format_decimal(count, locale=i18n.spoken())
    return str(ngettext("%(count)s entry", "%(count)s entries", count, count=figure))


def nice_count(count: int, most: int | None = None) -> str:
    """Say a figure: 1,000; of more than `most`, where that is given, only that there are: 1,000+."""
    shown = count if most is None else min(count, most)
    return format_decimal(shown, locale=i18n.spoken()) + ("+" if shown < count else "")


def nice_age(since: datetime) -> str:
    """Say how long something has lasted in whole minutes, hours or days: 39 days."""
    length = max(clock.now() - since, timedelta())
    unit: Literal["minute", "hour", "day"]
    unit = "day" if length >= timedelta(days=1) else "hour" if length >= timedelta(hours=1) else "minute"
    whole = length // timedelta(**{f"{unit}s": 1}) * timedelta(**{f"{unit}s": 1})
    return format_timedelta(whole, granularity=unit, threshold=inf, locale=i18n.spoken())


def nice_bytes(count: int) -> str:
    """Say a size: 12 kB, 3.4 MB."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return _in_unit(size, unit)
        size /= 1000
    return _in_unit(size, "GB")


def _in_unit(size: float, unit: str) -> str:
    pattern = "#,##0" if unit in ("B", "kB") else "#,##0.#"
    return f"{format_decimal(size, pattern, locale=i18n.spoken())} {unit}"


def money(amount: int, currency: str) -> str:
    """Say an amount, which is in minor units of its currency, with the sign that tells it from others: A$990.00."""
    code = currency.upper()
    return format_currency(Decimal(amount).scaleb(-get_currency_precision(code)), code, locale=i18n.spoken())


def nice_currency(currency: str) -> str:
    """Say what a currency is called: Australian Dollar."""
    return get_currency_name(currency.upper(), locale=i18n.spoken())


def how_far(done: int, total: int, since: datetime | None = None) -> str:
    """Say how far a work is that has been going on `since` an instant: 15% · about 2 minutes left.

    How long it takes is guessed by what is done so far, so nothing is said of it before a hundredth is.
    """
    if not total:
        return ""
    percent = format_percent(min(done / total, 1), locale=i18n.spoken())
    if since is None or done * 100 < total or done >= total:
        return percent
    minutes = (clock.now() - since) * (total - done) / done / timedelta(minutes=1)
    if minutes < 1:
        return _("%(percent)s · less than a minute left", percent=percent)
    length = timedelta(minutes=round(minutes)) if minutes <= 60 else timedelta(hours=round(minutes / 60))
    return _("%(percent)s · about %(time)s left", percent=percent, time=periods.describe(length))


@pass_context
def nice_period(_context: object, length: str | timedelta) -> str:
    """Say a period of the policy, by its name, or any length of time.

    It takes the context because Jinja works out a filter of a constant once, when it compiles a template: the first
    reader's language would then stay for all.
    """
    return periods.describe(periods.period(length) if isinstance(length, str) else length)
