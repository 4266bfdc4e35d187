"""Holds: what is kept longer, why and until when. Whose records there are is logged before it is shown."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.admin.forms import Hold, HoldPurpose, HoldRenewal, Whose
from portal.admin.routes.tickets import LOGGED
from portal.kit import access
from portal.kit.actor import Role
from portal.kit.claims import MOST_COUNTED
from portal.kit.forms import ConfirmForm
from portal.kit.i18n import _
from portal.kit.refusals import NotFound
from portal.kit.templating import render
from portal.privacy import service as privacy

bp = Blueprint("admin", __name__)


@bp.route("/holds", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
def holds() -> ResponseReturnValue:
    """List what is held, without whose it is; take whose record is to be held next."""
    form, by = Whose(), access.acting_staff()
    if form.validate_on_submit():
        return redirect(url_for(".holdable", whose=privacy.handle_of(form.email.data, by=by)), 303)
    return render("admin/holds.html", form=form, holds=privacy.list_holds(by=by)), form.status


@bp.get("/holds/of/<whose>")
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def holdable(whose: str) -> str:
    """Show what there is of somebody that can be held: kinds and numbers, nothing of what it says."""
    subject = privacy.subject_of(whose)
    lines = privacy.list_holdable(subject, by=access.acting_staff())
    return render("admin/holdable.html", lines=lines, most=MOST_COUNTED, whose=whose)


@bp.get("/holds/of/<whose>/<line>")
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def holdable_records(whose: str, line: str) -> str:
    """Show the records of one kind by their dates."""
    records = privacy.list_records(privacy.subject_of(whose), line=line, by=access.acting_staff())
    return render("admin/holdable_records.html", records=records, line=privacy.find_line(line), whose=whose)


@bp.route("/holds/of/<whose>/<line>/<uuid:record_id>", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
def set_hold(whose: str, line: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Take what is held of a record, why and until when."""
    form, found = Hold(), privacy.find_line(line)
    if found is None:
        raise NotFound
    form.ground.choices, form.fields.choices = _grounds(), [SelectChoice(*each) for each in privacy.fields_of(found).items()]
    if form.validate_on_submit():
        with form.showing_refusals():
            terms = privacy.Terms(
                privacy.HoldGround(form.ground.data), form.reason.data, form.until.data, form.law.data or ""
            )
            hold_id = privacy.set_hold(
                privacy.subject_of(whose),
                line=line,
                record_id=record_id,
                fields=form.fields.data,
                terms=terms,
                by=access.acting_staff(),
            )
            flash(_("The copy is kept. The person has been told by email."), "success")
            return redirect(url_for(".hold", hold_id=hold_id), 303)
    return render("admin/set_hold.html", form=form, line=found, whose=whose), form.status


@bp.route("/holds/<uuid:hold_id>", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def hold(hold_id: uuid.UUID) -> ResponseReturnValue:
    """Show a hold without what it keeps; renew it with a reason."""
    form, by = HoldRenewal(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            privacy.renew_hold(hold_id, reason=form.reason.data, until=form.until.data, by=by)
            flash(_("Renewed. The person has been told by email."), "success")
            return redirect(url_for(".hold", hold_id=hold_id), 303)
    return render("admin/hold.html", form=form, hold=privacy.read_hold(hold_id, by=by)), form.status


@bp.route("/holds/<uuid:hold_id>/read", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def read_kept(hold_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what a held copy is needed for, and show it for its own reason alone, logged first."""
    form, by, held = HoldPurpose(), access.acting_staff(), None
    form.purpose.choices = _grounds()
    if form.validate_on_submit():
        with form.showing_refusals():
            held = privacy.read_kept(hold_id, purpose=privacy.HoldGround(form.purpose.data), by=by)
    return render("admin/read_kept.html", form=form, hold=privacy.read_hold(hold_id, by=by), held=held), form.status


@bp.post("/holds/<uuid:hold_id>/release")
@access.staff(Role.PRIVACY)
def release_hold(hold_id: uuid.UUID) -> ResponseReturnValue:
    """End a hold before its date; its copy is deleted."""
    if ConfirmForm().validate_on_submit():
        privacy.release_hold(hold_id, by=access.acting_staff())
        flash(_("Released. The copy has been deleted."), "success")
    return redirect(url_for(".holds"), 303)


def _grounds() -> list[SelectChoice]:
    return [SelectChoice("", _("Choose one")), *(SelectChoice(ground.value, ground.label) for ground in privacy.HoldGround)]
