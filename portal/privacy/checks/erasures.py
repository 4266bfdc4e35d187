"""Deletions are carried out in time, and nothing is left after them."""

from sqlalchemy import select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit.audit import AuditEntry
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.privacy import service
from portal.privacy.checks.grace import GRACE
from portal.privacy.models import Deletion

LATELY = 20
"""How many of the last erasures are read back at each look."""


def _deletions_on_time() -> Finding:
    if late := service.count_late(grace=GRACE):
        return failed("overdue", deletions=late)
    if put_off := service.count_put_off():
        return failed("put_off", deletions=put_off)
    if fault := find_run_fault("privacy.begin_due", grace=GRACE):
        return failed_by([fault])
    was_asked = db.session.scalar(select(Deletion.id).limit(1)) is not None
    return passed("on_time") if was_asked else nothing_yet("no_deletion")


def _nothing_left() -> Finding:
    erased = db.session.scalars(
        select(AuditEntry.subject_id)
        .where(AuditEntry.event == "privacy.person_erased")
        .order_by(AuditEntry.at.desc())
        .limit(LATELY)
    ).all()
    if left := sorted({table for person_id in erased for table in register().residue(Subject(person_id))}):
        return failed("left", tables=left)
    if fault := find_run_fault("privacy.purge_free_space", grace=GRACE):
        return failed_by([fault])
    return passed("read_back", erasures=len(erased)) if erased else nothing_yet("no_erasure")


CHECKS = [
    Check(
        promise="P28",
        name="deletions_on_time",
        what=_l("Every deletion is carried out once it can no longer be cancelled, and we checked for due ones recently."),
        run=_deletions_on_time,
        says={
            **RUN_FAULTS,
            "overdue": lambda deletions: ngettext(
                "%(num)s deletion is overdue.", "%(num)s deletions are overdue.", deletions
            ),
            "put_off": lambda deletions: ngettext(
                "%(num)s deletion is dated too far ahead.", "%(num)s deletions are dated too far ahead.", deletions
            ),
            "on_time": lambda: _("No deletion is overdue."),
            "no_deletion": lambda: _("No deletions yet."),
        },
    ),
    Check(
        promise="P28",
        name="nothing_left",
        what=_l("Recent erasures are checked again: nothing of theirs is left in any table."),
        run=_nothing_left,
        says={
            **RUN_FAULTS,
            "left": lambda tables: _("Something is left after an erasure: %(tables)s.", tables=listed(tables)),
            "read_back": lambda erasures: ngettext(
                "%(num)s recent erasure checked.", "%(num)s recent erasures checked.", erasures
            ),
            "no_erasure": lambda: _("Nobody’s data has been erased yet."),
        },
    ),
]
