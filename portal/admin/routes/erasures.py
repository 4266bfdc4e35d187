"""Deletions at products and vendors: what waits there, and the officer's word that it is done."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.admin.forms import Confirmation, ProductConfirmation
from portal.admin.routes.tickets import LOGGED
from portal.kit import access
from portal.kit.actor import Role
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service as privacy
from portal.products import service as products

bp = Blueprint("admin", __name__)


@bp.get("/erasures")
@access.staff(Role.PRIVACY)
def erasures() -> str:
    """List what waits for a product or a vendor, of deletions and of dissolved organisations; it names nobody."""
    by = access.acting_staff()
    return render("admin/erasures.html", steps=privacy.list_open_steps(by=by), calls=products.list_open_calls(by=by))


@bp.route("/erasures/<uuid:step_id>", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def erasure_step(step_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a vendor is to erase, logged first; take the word that it is done."""
    form, by = Confirmation(), access.acting_staff()
    if form.validate_on_submit():
        privacy.confirm_step(step_id, by=by, evidence=form.evidence.data)
        flash(_("Confirmed. It’s on the receipt now."), "success")
        return redirect(url_for(".erasures"), 303)
    return render("admin/erasure_step.html", form=form, to_do=privacy.read_step(step_id, by=by)), form.status


@bp.route("/erasures/organisations/<uuid:call_id>", methods=["GET", "POST"])
@access.staff(Role.PRIVACY)
@access.get_with_side_effect(LOGGED)
def erasure_of_organisation(call_id: uuid.UUID) -> ResponseReturnValue:
    """Show which organisation's data a product is to delete, logged first; take the word that it is done."""
    form, by = ProductConfirmation(), access.acting_staff()
    form.evidence.choices = [
        SelectChoice("", _("Choose one")),
        *(SelectChoice(each.value, each.label) for each in products.Evidence),
    ]
    if form.validate_on_submit():
        products.confirm_open_call(call_id, by=by, evidence=products.Evidence(form.evidence.data))
        flash(_("Confirmed. Whoever dissolved it hears once every product has confirmed."), "success")
        return redirect(url_for(".erasures"), 303)
    to_do = products.read_open_call(call_id, by=by)
    return render("admin/erasure_of_organisation.html", form=form, to_do=to_do), form.status
