"""The promise that this area keeps: addresses for two weeks, in one store, and nowhere else (P23)."""

import re
from datetime import date, timedelta

from sqlalchemy import func, select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit import clock, formats
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed
from portal.kit.db import Base, db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.periods import period
from portal.traffic import service
from portal.traffic.models import Visit

GRACE = timedelta(days=1)
"""How late a sweep may be: until then the sealed rows may still lie there."""
TELLS_A_MACHINE = re.compile(
    r"(^|_)(ip|ipv4|ipv6|ip_?addr(ess)?|remote|remote_\w+|peer|client_address|host_?name|user_?agent|browser|fingerprint)(_|$)"
)


def _no_address_outlives() -> Finding:
    first, limit = service.oldest_day(), clock.today() - period("visits") - GRACE
    if first is not None and first < limit:
        return failed("old_day", day=first.isoformat())
    late = db.session.scalar(
        select(func.count()).select_from(Visit).where(Visit.at < clock.now() - period("visits") - GRACE)
    )
    if late:
        return failed("old_visits", visits=late)
    if fault := find_run_fault("traffic.destroy_keys", grace=GRACE):
        return failed_by([fault])
    return passed("oldest_day", day=first.isoformat()) if first else nothing_yet("no_visit")


def _one_store() -> Finding:
    strange = [
        f"{name}.{column.name}"
        for name, table in Base.metadata.tables.items()
        for column in table.columns
        if TELLS_A_MACHINE.search(column.name)
    ]
    return failed("columns", columns=strange) if strange else passed("tables", tables=len(Base.metadata.tables))


def _day(iso: str) -> str:
    return formats.day(date.fromisoformat(iso), "UTC")


CHECKS = [
    Check(
        promise="P23",
        name="no_address_outlives",
        what=_l("The oldest visit, and the oldest key that could decrypt its IP address, are within the period."),
        run=_no_address_outlives,
        says={
            **RUN_FAULTS,
            "old_day": lambda day: _("The oldest visit or key is from %(day)s.", day=_day(day)),
            "old_visits": lambda visits: ngettext(
                "%(num)s visit is older than the period.", "%(num)s visits are older than the period.", visits
            ),
            "oldest_day": lambda day: _("The oldest day is %(day)s.", day=_day(day)),
            "no_visit": lambda: _("No visits yet."),
        },
    ),
    Check(
        promise="P23",
        name="one_store",
        what=_l("No other table has a column for IP addresses or browser details."),
        run=_one_store,
        says={
            "columns": lambda columns: _("Columns that shouldn’t be there: %(columns)s.", columns=listed(columns)),
            "tables": lambda tables: ngettext("%(num)s table checked.", "%(num)s tables checked.", tables),
        },
    ),
]
