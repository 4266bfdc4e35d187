"""Proposed corrections: what a field says, what it should say, and one decision on all of a request."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.admin.forms import Corrections, Proposal
from portal.admin.routes.tickets import LOGGED
from portal.kit import access
from portal.kit.actor import Role
from portal.kit.i18n import _
from portal.kit.refusals import NotFound
from portal.kit.templating import render
from portal.privacy import service as privacy

bp = Blueprint("admin", __name__)


@bp.route("/requests/<uuid:request_id>/corrections", methods=["GET", "POST"])
@access.staff(*privacy.HANDLERS)
@access.get_with_side_effect(LOGGED)
def decide_corrections(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show what each field says and what it should say, logged first; make what is ticked, and answer (P26)."""
    form, by = Corrections(), access.acting_staff()
    opened = privacy.read_request(request_id, by=by)
    waiting = [each for each in opened.corrections if each.decision is None]
    form.applied.choices = [SelectChoice(str(each.id), each.label) for each in waiting]
    form.reason.choices = [SelectChoice("", _("Choose one")), *(SelectChoice(e.value, e.sentence) for e in privacy.DECLINES)]
    if form.validate_on_submit():
        with form.showing_refusals():
            privacy.decide_corrections(
                request_id,
                applied=[uuid.UUID(each) for each in form.applied.data or ()],
                seen=form.seen.data or "",
                reason=privacy.Reason(form.reason.data) if form.reason.data else None,
                answer=form.answer.data,
                by=by,
            )
            flash(_("Closed. The person can read the answer now, and has the last word on it."), "success")
            return redirect(url_for(".read_request", request_id=request_id), 303)
    form.seen.data = privacy.mark_of(waiting)
    return render("admin/decide_corrections.html", form=form, opened=opened, waiting=waiting), form.status


@bp.get("/requests/<uuid:request_id>/correct")
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def choose_entry(request_id: uuid.UUID) -> str:
    """Show the entries about a request's person in which something can be corrected, by their dates; logged first."""
    found = privacy.list_correctable(request_id, by=access.acting_staff())
    return render("admin/choose_entry.html", found=found, request_id=request_id)


@bp.route("/requests/<uuid:request_id>/correct/<line>", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def propose_correction(request_id: uuid.UUID, line: str) -> ResponseReturnValue:
    """Show what an entry says, logged first; take what a field of it should say, to be decided with the others."""
    form, by, record_id = Proposal(), access.acting_staff(), _record()
    fields = privacy.read_correctable(request_id, line=line, record_id=record_id, by=by)
    form.field.choices = [SelectChoice("", _("Choose one")), *(SelectChoice(each.name, each.label) for each in fields)]
    if form.validate_on_submit():
        with form.showing_refusals():
            wanted = privacy.Proposal(line, record_id, form.field.data, form.after.data)
            privacy.stage_correction(request_id, wanted=wanted, by=by)
            flash(_("Entered. Nothing changes until you decide."), "success")
            return redirect(url_for(".read_request", request_id=request_id), 303)
    return render("admin/propose_correction.html", form=form, fields=fields, request_id=request_id), form.status


def _record() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("record", ""))
    except ValueError:
        raise NotFound from None
