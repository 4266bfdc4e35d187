"""Standing orders are followed, and no account goes by one whose person was not asked three times (P28)."""

from datetime import timedelta

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed
from portal.kit.i18n import _, _l, ngettext
from portal.privacy import service
from portal.privacy.checks.grace import GRACE

UNSEEN = timedelta(days=3)
"""How long an account may go without a look; after a week, visits are no longer known and its days count anew."""


def _orders_followed() -> Finding:
    if late := service.count_overdue(grace=7 * 24 * GRACE):
        return failed("overdue", accounts=late)
    if unseen := service.count_unseen(grace=UNSEEN):
        return failed("unseen", accounts=unseen)
    if failing := service.count_failing_orders():
        return failed("failing", orders=failing)
    faults = [find_run_fault(name, grace=GRACE) for name in ("privacy.follow_orders", "privacy.ask_idle")]
    if found := [fault for fault in faults if fault]:
        return failed_by(found)
    return passed("followed") if service.count_orders() else nothing_yet("no_order")


CHECKS = [
    Check(
        promise="P28",
        name="orders_followed",
        what=_l("Automatic deletions happen on time, and we looked for due ones recently."),
        run=_orders_followed,
        says={
            **RUN_FAULTS,
            "overdue": lambda accounts: ngettext(
                "%(num)s idle account is still there.", "%(num)s idle accounts are still there.", accounts
            ),
            "unseen": lambda accounts: ngettext(
                "We haven’t checked lately whether %(num)s account is idle.",
                "We haven’t checked lately whether %(num)s accounts are idle.",
                accounts,
            ),
            "failing": lambda orders: ngettext(
                "%(num)s automatic deletion couldn’t be carried out. We’ll try again within the hour.",
                "%(num)s automatic deletions couldn’t be carried out. We’ll try again within the hour.",
                orders,
            ),
            "followed": lambda: _("Nothing is overdue."),
            "no_order": lambda: _("Nobody uses automatic deletion yet."),
        },
    ),
]
