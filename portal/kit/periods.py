"""Periods by name. `portal.legal` sets them, app.py hands them in; text, sweep and check read the same value (P-all)."""

from collections.abc import Mapping
from datetime import timedelta
from math import inf
from typing import Literal

from babel.dates import format_timedelta

from portal.kit import i18n
from portal.kit.running import App, Installed

_PERIODS = Installed[Mapping[str, timedelta]]("periods")


def init_app(app: App, periods: Mapping[str, timedelta]) -> None:
    """Hand the policy's periods to everything below it."""
    _PERIODS.install(app, dict(periods))


def period(name: str) -> timedelta:
    """Return the length of a period. Raises KeyError when the policy has none of that name."""
    return _PERIODS.get()[name]


def lengths() -> tuple[timedelta, ...]:
    """Return the length of every period: equal ones make equal texts."""
    return tuple(_PERIODS.get().values())


def describe(length: timedelta) -> str:
    """Say a length in the reader's language, in the unit that people use for it: 30 minutes, 24 hours, 14 days, 2 years.

    Not by Babel's `format_unit`, which does not follow CLDR's alias from the long to the short form: in Chinese it says
    "30 duration-day".
    """
    seconds = int(length.total_seconds())
    unit: Literal["minute", "hour", "day", "year"]
    if seconds <= 3600 and seconds % 60 == 0:
        unit = "minute"
    elif seconds <= 72 * 3600 and seconds % 3600 == 0:
        unit = "hour"
    elif length.days and length.days % 365 == 0:
        unit = "year"
    else:
        unit = "day"
    return format_timedelta(length, granularity=unit, threshold=inf, locale=i18n.spoken())
