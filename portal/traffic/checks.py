"""The promise that this area keeps: addresses for two weeks, in one store, and nowhere else (P23)."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from portal.jobs.service import find_run_fault
from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.db import Base, db
from portal.kit.i18n import _l
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
        return failed(f"the oldest visit or key is of {first.isoformat()}")
    late = db.session.scalar(
        select(func.count()).select_from(Visit).where(Visit.at < clock.now() - period("visits") - GRACE)
    )
    if late:
        return failed(f"{late} visits are older than their period")
    if fault := find_run_fault("traffic.destroy_keys", grace=GRACE):
        return failed(fault)
    return passed(f"oldest day: {first.isoformat()}") if first else nothing_yet("no visit yet")


def _one_store() -> Finding:
    strange = [
        f"{name}.{column.name}"
        for name, table in Base.metadata.tables.items()
        for column in table.columns
        if TELLS_A_MACHINE.search(column.name)
    ]
    return failed("columns: " + ", ".join(strange)) if strange else passed(f"{len(Base.metadata.tables)} tables")


CHECKS = [
    Check(
        promise="P23",
        name="no_address_outlives",
        what=_l("The oldest visit, and the oldest key that could open its address, are within the period."),
        run=_no_address_outlives,
    ),
    Check(
        promise="P23",
        name="one_store",
        what=_l("No other table has a column for network addresses or browser strings."),
        run=_one_store,
    ),
]
