"""The check of what others are to delete (P41)."""

from sqlalchemy import func, select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit.checks import Check, Finding, Outcome, failed, failed_by, nothing_yet, state
from portal.kit.db import db
from portal.kit.i18n import _, _l, ngettext
from portal.privacy import service
from portal.privacy.checks.grace import GRACE
from portal.privacy.models import Deletion, DeletionState, ErasureStep, StepKind, StepState


def _confirmed_or_named() -> Finding:
    is_open = (ErasureStep.state == StepState.WAITING, ErasureStep.kind != StepKind.PORTAL)
    # A deletion that is called complete keeps nothing by which its person could be told of more.
    called_complete = select(func.count()).select_from(ErasureStep).join(Deletion, Deletion.id == ErasureStep.deletion_id)
    too_early = called_complete.where(*is_open, Deletion.state == DeletionState.DONE, Deletion.sealed.is_(None))
    if steps := db.session.scalar(too_early):
        return failed("too_early", steps=steps)
    if steps := service.count_unnamed(grace=GRACE):
        return failed("unnamed", steps=steps)
    if fault := find_run_fault("privacy.name_late_steps", grace=GRACE):
        return failed_by([fault])
    waiting = db.session.scalar(select(func.count()).select_from(ErasureStep).where(*is_open)) or 0
    confirmed = ErasureStep.state == StepState.CONFIRMED
    done = db.session.scalar(select(func.count()).select_from(ErasureStep).where(confirmed)) or 0
    if not (waiting or done):
        return nothing_yet("no_step")
    return Finding(Outcome.PASSED, (state("confirmed", steps=done), state("waiting", steps=waiting)))


CHECKS = [
    Check(
        promise="P41",
        name="confirmed_or_named",
        what=_l("No deletion counts as complete before each product and vendor has confirmed, and late ones are reported."),
        run=_confirmed_or_named,
        says={
            **RUN_FAULTS,
            "too_early": lambda steps: ngettext(
                "%(num)s step isn’t confirmed, and its deletion counts as complete.",
                "%(num)s steps aren’t confirmed, and their deletions count as complete.",
                steps,
            ),
            "unnamed": lambda steps: ngettext(
                "%(num)s step is late, and nobody was told.", "%(num)s steps are late, and nobody was told.", steps
            ),
            "confirmed": lambda steps: ngettext("%(num)s step confirmed.", "%(num)s steps confirmed.", steps),
            "waiting": lambda steps: ngettext("%(num)s step waits.", "%(num)s steps wait.", steps),
            "no_step": lambda: _("No deletions yet."),
        },
    ),
]
