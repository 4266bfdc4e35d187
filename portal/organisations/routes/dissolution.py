"""Dissolving an organisation: asked for by an Owner, and taken back by any of them, on the page or by a link."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import Dissolve

bp = Blueprint("dissolution", __name__)


@bp.route("/organisation/<uuid:organisation_id>/dissolve", methods=["GET", "POST"])
@access.fresh_owner
def dissolve(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Say what dissolving does and when, and ask for it once confirmed."""
    person, form = access.actor(), Dissolve()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.request_dissolution(organisation_id, by=person)
            flash(_("Everyone in the organisation is told by email. Any Owner can still keep it."), "success")
            return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    overview = service.overview_for(person, organisation_id)
    return render("organisations/dissolve.html", form=form, overview=overview), form.status


@bp.post("/organisation/<uuid:organisation_id>/keep")
@access.owner
def keep(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the organisation. No fresh proof is asked: a defence must never be hard to make."""
    service.keep(organisation_id, by=access.actor())
    flash(_("The organisation stays. Everyone in it is told by email."), "success")
    return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)


@bp.route("/organisation/keep/<token>", methods=["GET", "POST"])
@access.public
def keep_by_link(token: str) -> ResponseReturnValue:
    """Show when the organisation of a link is dissolved, and keep it on clicking the button."""
    private_link()
    name, dissolution = service.dissolution_by_link(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.keep_by_link(token)
        flash(_("The organisation stays. Everyone in it is told by email."), "success")
        return redirect(url_for(".overview" if access.actor().is_signed_in else "accounts.login"), code=303)
    return render("organisations/keep_by_link.html", form=form, name=name, dissolution=dissolution), form.status
