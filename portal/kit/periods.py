"""Periods by name. `portal.legal` sets them, app.py hands them in; text, sweep and check read the same value (P-all)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from babel.units import format_unit
from flask import Flask, current_app
from flask_babel import get_locale


def init_app(app: Flask, periods: Mapping[str, timedelta]) -> None:
    """Hand the policy's periods to everything below it."""
    app.extensions["portal.periods"] = dict(periods)


def period(name: str) -> timedelta:
    """Return the length of a period. Raises KeyError when the policy has none of that name."""
    return cast("timedelta", current_app.extensions["portal.periods"][name])


def describe(length: timedelta) -> str:
    """Say a length in the reader's language, in the unit that people use for it: 30 minutes, 24 hours, 14 days, 2 years."""
    seconds = int(length.total_seconds())
    if seconds <= 3600 and seconds % 60 == 0:
        amount, unit = seconds // 60, "duration-minute"
    elif seconds <= 72 * 3600 and seconds % 3600 == 0:
        amount, unit = seconds // 3600, "duration-hour"
    elif length.days and length.days % 365 == 0:
        amount, unit = length.days // 365, "duration-year"
    else:
        amount, unit = length.days, "duration-day"
    return format_unit(amount, unit, length="long", locale=get_locale() or "en")
