"""Requests about data: what falls due when, and a page for each with what to do next, logged before it is shown."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, time

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.admin.forms import Decision, Intake, Pause
from portal.admin.routes.tickets import LOGGED
from portal.kit import access, clock, i18n
from portal.kit.actor import Role
from portal.kit.claims import MOST_COUNTED
from portal.kit.downloads import download
from portal.kit.forms import ConfirmForm
from portal.kit.i18n import _, _l
from portal.kit.templating import render
from portal.privacy import service as privacy

bp = Blueprint("admin", __name__)

STATES = {
    "awaiting_identity": _l("Not confirmed yet"),
    "open": _l("Waiting for us"),
    "paused": _l("Waiting for the person"),
    "closed": _l("Closed"),
}
"""What staff call the states of a request."""


@bp.get("/requests")
@access.staff(*privacy.HANDLERS)
def requests() -> str:
    """Show what falls due by day and what waits, the first due on top; nothing about anybody."""
    by, chosen = access.acting_staff(), request.args.get("state", "")
    states = [each for each in privacy.RequestState if each.value == chosen] or privacy.ANSWERABLE
    return render(
        "admin/requests.html",
        due=privacy.count_due_requests(with_unconfirmed=not chosen, by=by),
        most=MOST_COUNTED,
        found=privacy.waiting_requests(by=by, states=states, after=request.args.get("after")),
        chosen=states[0].value if len(states) == 1 else "",
        staff_states=STATES,
        now=clock.now(),
        may_enter=by.role is Role.PRIVACY,
    )


@bp.route("/requests/new", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
def enter_request() -> ResponseReturnValue:
    """Take a request of somebody who wrote or called; its 30 days began when it arrived."""
    form, by = Intake(), access.acting_staff()
    form.kind.choices = _choices((each.value, each.label) for each in privacy.Right)
    form.language.choices = [SelectChoice(code, label) for code, label in i18n.LANGUAGES.items()]
    if form.validate_on_submit():
        with form.showing_refusals():
            # Entered on the day that it arrived, it is as old as the day; never older than it is.
            arrived = datetime.combine(form.received_on.data, time(), UTC)
            request_id = privacy.intake_by_staff(
                privacy.Right(form.kind.data),
                email=form.email.data,
                message=form.message.data,
                language=form.language.data,
                received_at=arrived,
                by=by,
            )
            flash(_("Entered. The person has to confirm it with a code before anything can be carried out."), "success")
            return redirect(url_for(".read_request", request_id=request_id), 303)
    return render("admin/enter_request.html", form=form), form.status


@bp.route("/requests/<uuid:request_id>", methods=["GET", "POST"])
@access.staff(*privacy.HANDLERS)
@access.get_with_side_effect(LOGGED)
def read_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show a request with what to do next, logged first; take its outcome, reason and answer."""
    form, by = Decision(), access.acting_staff()
    opened = privacy.read_request(request_id, by=by)
    form.ending.choices = _endings(opened)
    if form.validate_on_submit():
        with form.showing_refusals():
            outcome, reason = _ending(form.ending.data)
            privacy.close(request_id, outcome=outcome, reason=reason, answer=form.answer.data, by=by)
            flash(_("Closed. The person can read the answer now, and has the last word on it."), "success")
            return redirect(url_for(".read_request", request_id=request_id), 303)
    return _page(form, opened)


def _page(form: Decision, opened: privacy.OpenedRequest) -> ResponseReturnValue:
    pausing = Pause(formdata=None)
    pausing.reason.choices = _pauses()
    return render(
        "admin/read_request.html",
        form=form,
        pausing=pausing,
        opened=opened,
        staff_states=STATES,
        may_propose=_may_propose(opened),
        can_carry_out=opened.is_mine and privacy.can_carry_out(opened.request),
        now=clock.now(),
    ), form.status


def _may_propose(opened: privacy.OpenedRequest) -> bool:
    is_officer = access.acting_staff().role is Role.PRIVACY
    return is_officer and opened.is_mine and opened.request.kind is privacy.Right.CORRECTION and opened.request.is_executable


def _endings(opened: privacy.OpenedRequest) -> list[SelectChoice]:
    return _choices(
        (f"{outcome.value}.{reason.value}", reason.sentence, outcome.label)
        for outcome, reason in privacy.endings_of(opened.request)
    )


def _pauses() -> list[SelectChoice]:
    return _choices((each.value, each.sentence) for each in privacy.PauseReason)


def _ending(word: str) -> tuple[privacy.Outcome, privacy.Reason]:
    outcome, _dot, reason = word.partition(".")
    return privacy.Outcome(outcome), privacy.Reason(reason)


def _choices(found: Iterable[tuple[str, ...]]) -> list[SelectChoice]:
    """Return what one may choose, each a value, its words and its group, and at first nothing."""
    each = [SelectChoice(value, words, optgroup=next(iter(group), None)) for value, words, *group in found]
    return [SelectChoice("", _("Choose one")), *each]


@bp.route("/requests/<uuid:request_id>/pause", methods=["GET", "POST"])
@access.staff(*privacy.HANDLERS)
def pause_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Say that we wait for the person, and for what; the date stays."""
    form = Pause()
    form.reason.choices = _pauses()
    if form.validate_on_submit():
        with form.showing_refusals():
            privacy.pause(request_id, reason=privacy.PauseReason(form.reason.data), by=access.acting_staff())
            flash(_("Paused: we wait for the person. The due date stays."), "success")
            return redirect(url_for(".read_request", request_id=request_id), 303)
    return render("admin/pause_request.html", form=form, request_id=request_id), form.status


@bp.post("/requests/<uuid:request_id>/resume")
@access.staff(*privacy.HANDLERS)
def resume_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with a request that waited for its person."""
    if ConfirmForm().validate_on_submit():
        try:
            privacy.resume(request_id, by=access.acting_staff())
        except (privacy.RequestMovedOn, privacy.OwnAnswer):
            flash(_("This request has changed since you opened it, so nothing was done. Look at it again."), "info")
        else:
            flash(_("Open again."), "success")
    return redirect(url_for(".read_request", request_id=request_id), 303)


@bp.post("/requests/<uuid:request_id>/execute")
@access.staff(*privacy.HANDLERS)
def execute_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Carry a proven and open request out; no other one can be."""
    if ConfirmForm().validate_on_submit():
        try:
            privacy.execute(request_id, by=access.acting_staff())
        except (privacy.NotExecutable, privacy.NothingToExecute, privacy.OwnAnswer):
            flash(_("This request can’t be carried out as it is now, so nothing was done. Look at it again."), "info")
        else:
            flash(_("Carried out. The request closes by itself when it’s done."), "success")
    return redirect(url_for(".read_request", request_id=request_id), 303)


@bp.get("/requests/files/<uuid:file_id>")
@access.staff(*privacy.HANDLERS)
@access.get_with_side_effect(LOGGED)
def evidence(file_id: uuid.UUID) -> Response:
    """Hand out a file that shows what a request says, logged first, as a download that no browser runs."""
    found = privacy.read_evidence(file_id, by=access.acting_staff())
    return download(found.stream, name=found.name, media_type=found.media_type)
