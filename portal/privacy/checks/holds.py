"""Whatever is kept longer has a reason and an end, and ends."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed, state
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.i18n import _, _l, ngettext
from portal.kit.periods import period
from portal.privacy.checks.grace import GRACE
from portal.privacy.models import Hold, HoldGround

ITS_LAST_DAY = timedelta(days=1)


def _holds_have_reasons() -> Finding:
    held = select(func.count()).select_from(Hold)
    no_reason = db.session.scalar(held.where(or_(Hold.reason == "", _without_law()))) or 0
    too_long = sum(db.session.scalar(held.where(Hold.ground == ground, _beyond(ground))) or 0 for ground in HoldGround)
    told = any(line.table.model is Hold and line.is_disclosed for line in register().holdings())
    faults = [state(name, holds=holds) for name, holds in (("no_reason", no_reason), ("too_long", too_long)) if holds]
    if faults or not told:
        return failed_by(faults or [state("hidden")])
    total = db.session.scalar(held) or 0
    return passed("dated", holds=total) if total else nothing_yet("no_hold")


def _without_law() -> ColumnElement[bool]:
    return and_(Hold.ground == HoldGround.STATUTE, Hold.law == "")


def _beyond(ground: HoldGround) -> ColumnElement[bool]:
    return Hold.release_at > clock.latest() + period(ground.period) + ITS_LAST_DAY


def _holds_end() -> Finding:
    over = select(func.count()).select_from(Hold).where(Hold.release_at < clock.now() - GRACE)
    if late := db.session.scalar(over):
        return failed("over", holds=late)
    unsealed = select(func.count()).select_from(Hold).where(Hold.kept.is_(None))
    if bare := db.session.scalar(unsealed):
        return failed("unsealed", holds=bare)
    total = db.session.scalar(select(func.count()).select_from(Hold)) or 0
    return passed("in_time", holds=total) if total else nothing_yet("no_hold")


CHECKS = [
    Check(
        promise="P30",
        name="holds_have_reasons",
        what=_l("Whatever is kept longer has a reason and an end date that its ground allows, and its person can see it."),
        run=_holds_have_reasons,
        says={
            "no_reason": lambda holds: ngettext(
                "%(num)s restricted copy has no reason, or names no law.",
                "%(num)s restricted copies have no reason, or name no law.",
                holds,
            ),
            "too_long": lambda holds: ngettext(
                "%(num)s restricted copy is to be kept for longer than its ground allows.",
                "%(num)s restricted copies are to be kept for longer than their grounds allow.",
                holds,
            ),
            "hidden": lambda: _("Restricted copies aren’t shown to the people they’re about."),
            "dated": lambda holds: ngettext("%(num)s restricted copy checked.", "%(num)s restricted copies checked.", holds),
            "no_hold": lambda: _("Nothing is kept for longer yet."),
        },
    ),
    Check(
        promise="P31",
        name="holds_end",
        what=_l("What the law requires us to keep is encrypted, and is deleted on its date."),
        run=_holds_end,
        says={
            "over": lambda holds: ngettext(
                "%(num)s restricted copy is past its end date.", "%(num)s restricted copies are past their end dates.", holds
            ),
            "unsealed": lambda holds: ngettext(
                "%(num)s restricted copy isn’t encrypted.", "%(num)s restricted copies aren’t encrypted.", holds
            ),
            "in_time": lambda holds: ngettext(
                "%(num)s restricted copy checked.", "%(num)s restricted copies checked.", holds
            ),
            "no_hold": lambda: _("Nothing is kept for longer yet."),
        },
    ),
]
