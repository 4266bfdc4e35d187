"""Becoming an Owner of an organisation that its Owners have left: asked for by a Member, ended by any Owner."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import Recover

bp = Blueprint("recovery", __name__)


@bp.route("/organisation/<uuid:organisation_id>/recover", methods=["GET", "POST"])
@access.fresh_member
def recover(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Say how a Member becomes an Owner where no Owner comes any more, and ask for it once confirmed."""
    person, form = access.actor(), Recover()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.request_recovery(organisation_id, by=person)
            flash(_("Request sent. Everyone in the organisation is told by email."), "success")
            return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    overview = service.overview_for(person, organisation_id)
    return render("organisations/recover.html", form=form, overview=overview), form.status


@bp.post("/organisation/<uuid:organisation_id>/recover/cancel")
@access.member
def cancel_recovery(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """End a request, by an Owner or whoever made it. No fresh proof is asked: a defence must never be hard to make."""
    service.cancel_recovery(organisation_id, by=access.actor())
    flash(_("Request ended. Everyone in the organisation is told by email."), "success")
    return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)


@bp.route("/organisation/stay-owner/<token>", methods=["GET", "POST"])
@access.public
def end_recovery_by_link(token: str) -> ResponseReturnValue:
    """Show who is to become an Owner, and end that on clicking the button."""
    private_link()
    name, asker, recovery = service.recovery_by_link(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.cancel_recovery_by_link(token)
        flash(_("Request ended. Everyone in the organisation is told by email."), "success")
        return redirect(url_for(".overview" if access.actor().is_signed_in else "accounts.login"), code=303)
    values = {"form": form, "name": name, "asker": asker, "recovery": recovery}
    return render("organisations/end_recovery_by_link.html", **values), form.status
