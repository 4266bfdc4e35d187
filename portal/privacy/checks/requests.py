"""Requests are answered in time, and what nobody has proven is never carried out. What is seen names nobody."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit import clock, formats, periods
from portal.kit.checks import Check, Finding, Outcome, Statement, failed, failed_by, nothing_yet, passed, state
from portal.kit.db import db
from portal.kit.i18n import _, _l, ngettext
from portal.kit.periods import period
from portal.privacy import service
from portal.privacy.checks.grace import GRACE
from portal.privacy.models import Request, RequestState, Right, Verdict
from portal.privacy.models.rights import ANSWERABLE

NOT_OPEN = tuple(each for each in RequestState if each is not RequestState.OPEN)
MOST_LOOKED_AT = 1000


def _unproven_untouched() -> Finding:
    for unproven in (*NOT_OPEN, RequestState.OPEN):
        if _opens(Request(kind=Right.DELETION, state=unproven)):
            return failed("open_door")
    begun = Request.executed_at.is_not(None)
    wrong = begun & (Request.verified_at.is_(None) | Request.duplicate_of_id.is_not(None))
    if carried_out := _count(wrong):
        return failed("carried_out", requests=carried_out)
    return passed("refused", requests=_count(begun))


def _opens(request: Request) -> bool:
    try:
        service.carry_out(request)
    except service.NotExecutable:
        return False
    except Exception:
        return True
    return True


def _requests_in_time() -> Finding:
    figures = service.figures()
    faults = []
    if figures.overdue:
        faults.append(state("overdue", requests=figures.overdue))
    if moved := _count_moved():
        faults.append(state("moved", requests=moved))
    if untold := service.count_untold(late_by=clock.now() - GRACE):
        faults.append(state("untold", requests=untold))
    if fault := find_run_fault("privacy.remind_of_requests", grace=GRACE):
        faults.append(fault)
    seen = _seen(figures) if _count(Request.id.is_not(None)) else []
    if faults:
        return failed_by([*faults, *seen])
    return Finding(Outcome.PASSED, tuple(seen)) if seen else nothing_yet("no_request")


def _seen(figures: service.Figures) -> list[Statement]:
    seen = [state("open", requests=figures.open)]
    if figures.oldest_at:
        seen.append(state("oldest", at=figures.oldest_at.isoformat()))
    if figures.median is not None:
        seen.append(state("median", hours=int(figures.median.total_seconds() // 3600)))
        seen.append(state("answered", requests=figures.answered, late=figures.late))
    said = figures.verdicts
    if any(said.values()):
        seen.append(state("verdicts", yes=said[Verdict.YES], partly=said[Verdict.PARTLY], no=said[Verdict.NO]))
    return seen


def _count_moved() -> int:
    dates = select(Request.received_at, Request.due_at).where(Request.state.in_(ANSWERABLE)).limit(MOST_LOOKED_AT)
    return sum(due_at - received_at != period("request_answer") for received_at, due_at in db.session.execute(dates))


def _count(which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Request).where(which)) or 0


CHECKS = [
    Check(
        promise="P32",
        name="unproven_untouched",
        what=_l("A request that nobody has proven, and one that isn’t open, can’t be carried out; none ever was."),
        run=_unproven_untouched,
        says={
            "open_door": lambda: _("A request that isn’t proven or open can be carried out."),
            "carried_out": lambda requests: ngettext(
                "%(num)s request was carried out without proof.",
                "%(num)s requests were carried out without proof.",
                requests,
            ),
            "refused": lambda requests: _("Only proven requests were carried out: %(count)s so far.", count=requests),
        },
    ),
    Check(
        promise="P33",
        name="requests_in_time",
        what=_l("No request is past its due date, no due date was moved, and our team was reminded on time."),
        run=_requests_in_time,
        says={
            **RUN_FAULTS,
            "overdue": lambda requests: ngettext(
                "%(num)s request is past its due date.", "%(num)s requests are past their due date.", requests
            ),
            "moved": lambda requests: ngettext(
                "The due date of %(num)s request was moved.", "The due dates of %(num)s requests were moved.", requests
            ),
            "untold": lambda requests: ngettext(
                "Nobody was reminded of %(num)s request.", "Nobody was reminded of %(num)s requests.", requests
            ),
            "open": lambda requests: ngettext("%(num)s request is open.", "%(num)s requests are open.", requests),
            "oldest": lambda at: _("The oldest arrived on %(at)s.", at=formats.day(datetime.fromisoformat(at), "UTC")),
            "median": lambda hours: _("Half of all answers took less than %(time)s.", time=_length(hours)),
            "answered": lambda requests, late: ngettext(
                "%(num)s request was answered within a year, %(late)s of them late.",
                "%(num)s requests were answered within a year, %(late)s of them late.",
                requests,
                late=late,
            ),
            "verdicts": lambda yes, partly, no: _(
                "Did our answer answer? Yes: %(yes)s, partly: %(partly)s, no: %(no)s.", yes=yes, partly=partly, no=no
            ),
            "no_request": lambda: _("No requests yet."),
        },
    ),
]


def _length(hours: int) -> str:
    return periods.describe(timedelta(hours=max(1, hours + 1)))
