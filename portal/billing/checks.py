"""The promises that this area keeps: unasked, the portal asks Stripe for prices alone, and that on a schedule (P11)."""

from datetime import timedelta

from portal.billing import service
from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit.checks import Check, Finding, failed_by, nothing_yet, passed
from portal.kit.i18n import _, _l

GRACE = timedelta(hours=3)
"""How late the schedule may be before the promise counts as broken."""


def _asked_on_schedule() -> Finding:
    if fault := find_run_fault("billing.read_prices", grace=GRACE):
        return failed_by([fault])
    return passed("on_schedule") if service.is_on() else nothing_yet("off")


CHECKS = (
    Check(
        promise="P11",
        name="stripe_asked_on_schedule",
        what=_l("When nobody is buying, this portal asks Stripe for prices and for nothing else, on a fixed schedule."),
        run=_asked_on_schedule,
        says={
            **RUN_FAULTS,
            "on_schedule": lambda: _("Prices are read on schedule."),
            "off": lambda: _("Online payments are switched off."),
        },
    ),
)
