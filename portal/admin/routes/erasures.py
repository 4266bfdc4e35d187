"""Deletions at products and vendors: what waits there, and the officer's word that it is done."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.admin.forms import Confirmation
from portal.admin.routes.tickets import LOGGED
from portal.kit import access
from portal.kit.actor import Role
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service as privacy

bp = Blueprint("admin", __name__)


@bp.get("/erasures")
@access.staff(Role.PRIVACY)
def erasures() -> str:
    """List the steps of deletions that wait for a product or a vendor; they name nobody."""
    return render("admin/erasures.html", steps=privacy.list_open_steps(by=access.acting_staff()))


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
