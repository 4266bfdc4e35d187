"""Disabled accounts: proposed by one senior, decided by another; appeals are answered here."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.admin.forms.disablings import AnswerAppeal, ConfirmDisabling, DeclineDisabling, ProposeDisabling
from portal.admin.routes.tickets import LOGGED
from portal.disabling import service as disabling
from portal.kit import access
from portal.kit.actor import Role
from portal.kit.i18n import _
from portal.kit.templating import render

bp = Blueprint("admin", __name__)


@bp.route("/disabled", methods=["GET", "POST"])
@access.staff(Role.SENIOR)
def disablings() -> ResponseReturnValue:
    """List what is open, without whose it is; take a proposal."""
    form, by = ProposeDisabling(), access.acting_staff()
    form.rule.choices = [
        SelectChoice("", _("Choose one")),
        *(SelectChoice(rule.value, rule.label) for rule in disabling.Rule),
    ]
    if form.validate_on_submit():
        with form.showing_refusals():
            made = disabling.propose(form.email.data, rule=disabling.Rule(form.rule.data), reason=form.reason.data, by=by)
            flash(_("Proposed. Another senior member of the team decides it."), "success")
            return redirect(url_for(".disabling_case", disabling_id=made), 303)
    return render("admin/disablings.html", form=form, cases=disabling.list_open(by=by)), form.status


@bp.route("/disabled/<uuid:disabling_id>", methods=["GET", "POST"])
@access.staff(Role.SENIOR)
@access.get_with_side_effect(LOGGED)
def disabling_case(disabling_id: uuid.UUID) -> ResponseReturnValue:
    """Show one, logged first; disable the account once another senior confirms."""
    form, by = ConfirmDisabling(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            disabling.confirm(disabling_id, by=by)
            flash(_("Disabled. They’ve been signed out everywhere and told by email."), "success")
            return redirect(url_for(".disabling_case", disabling_id=disabling_id), 303)
    return render("admin/disabling_case.html", form=form, case=disabling.read_disabling(disabling_id, by=by)), form.status


@bp.post("/disabled/<uuid:disabling_id>/decline")
@access.staff(Role.SENIOR)
def decline_disabling(disabling_id: uuid.UUID) -> ResponseReturnValue:
    """Decide not to disable the account."""
    form = DeclineDisabling()
    if form.validate_on_submit():
        with form.showing_refusals():
            disabling.decline(disabling_id, by=access.acting_staff())
            flash(_("Declined. The account stays as it is."), "success")
    return redirect(url_for(".disabling_case", disabling_id=disabling_id), 303)


@bp.route("/disabled/<uuid:disabling_id>/uphold", methods=["GET", "POST"])
@access.staff(Role.SENIOR)
@access.get_with_side_effect(LOGGED)
def uphold_disabling(disabling_id: uuid.UUID) -> ResponseReturnValue:
    """Answer the appeal: the account stays disabled."""
    form, by = AnswerAppeal(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            disabling.uphold(disabling_id, answer=form.answer.data, by=by)
            flash(_("Answered. They’ve been told by email."), "success")
            return redirect(url_for(".disablings"), 303)
    case = disabling.read_disabling(disabling_id, by=by)
    return render("admin/uphold_disabling.html", form=form, case=case), form.status


@bp.route("/disabled/<uuid:disabling_id>/lift", methods=["GET", "POST"])
@access.staff(Role.SENIOR)
@access.get_with_side_effect(LOGGED)
def lift_disabling(disabling_id: uuid.UUID) -> ResponseReturnValue:
    """Let the account work again, with a reason."""
    form, by = AnswerAppeal(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            disabling.lift(disabling_id, answer=form.answer.data, by=by)
            flash(_("Lifted. They’ve been told by email."), "success")
            return redirect(url_for(".disablings"), 303)
    case = disabling.read_disabling(disabling_id, by=by)
    return render("admin/lift_disabling.html", form=form, case=case), form.status
