"""Corrections are made for proven requests alone, each is decided with a reason, and statements stand in the copy."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit.checks import Check, Finding, failed_by, nothing_yet, passed, state
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.i18n import _, _l, ngettext
from portal.privacy.checks.grace import GRACE
from portal.privacy.models import Correction, CorrectionDecision, Outcome, Request, Statement

_MADE = Correction.decision == CorrectionDecision.APPLIED
_DECLINED = Correction.decision == CorrectionDecision.DECLINED


def _corrections_decided() -> Finding:
    unproven = and_(
        _MADE, or_(Request.verified_at.is_(None), Request.executed_at.is_(None), Request.duplicate_of_id.is_not(None))
    )
    unsaid = or_(
        and_(_DECLINED, Correction.reason.is_(None)), and_(Correction.decision.is_not(None), Request.closed_at.is_(None))
    )
    left = and_(Correction.decision.is_(None), Request.outcome == Outcome.DONE)
    found = (("unproven", unproven), ("unsaid", unsaid), ("left", left))
    faults = [state(name, corrections=count) for name, which in found if (count := _count(which))]
    told = {line.table.model for line in register().lines()}
    if not {Correction, Statement} <= told:
        faults.append(state("hidden"))
    if fault := find_run_fault("privacy.end_statements", grace=GRACE):
        faults.append(fault)
    if faults:
        return failed_by(faults)
    decided = _count(Correction.decision.is_not(None))
    return passed("decided", corrections=decided) if decided else nothing_yet("no_correction")


def _count(which: ColumnElement[bool] | Any) -> int:
    joined = select(func.count()).select_from(Correction).join(Request, Request.id == Correction.request_id)
    return db.session.scalar(joined.where(which)) or 0


CHECKS = [
    Check(
        promise="P26",
        name="corrections_decided",
        what=_l(
            "Corrections are made for confirmed requests only, each is decided with a reason, and statements are shown."
        ),
        run=_corrections_decided,
        says={
            **RUN_FAULTS,
            "unproven": lambda corrections: ngettext(
                "%(num)s correction was made without a confirmed request.",
                "%(num)s corrections were made without a confirmed request.",
                corrections,
            ),
            "unsaid": lambda corrections: ngettext(
                "%(num)s decision has no reason or no answer.", "%(num)s decisions have no reason or no answer.", corrections
            ),
            "left": lambda corrections: ngettext(
                "%(num)s correction was never decided, though its request counts as done.",
                "%(num)s corrections were never decided, though their requests count as done.",
                corrections,
            ),
            "hidden": lambda: _("Corrections and statements aren’t shown to the people they’re about."),
            "decided": lambda corrections: ngettext(
                "%(num)s correction decided.", "%(num)s corrections decided.", corrections
            ),
            "no_correction": lambda: _("No corrections yet."),
        },
    ),
]
