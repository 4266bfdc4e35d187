"""A second factor for everybody: asked for by Owners; whoever has none is led to it."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import AskSecondFactor

bp = Blueprint("second_factor", __name__)


@bp.route("/organisation/<uuid:organisation_id>/second-factor", methods=["GET", "POST"])
@access.fresh_owner
def second_factor(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Say whether everybody here needs a second factor, and change it."""
    person = access.actor()
    form = AskSecondFactor(data={"asked": person.standing is not None and person.standing.asks_second_factor})
    if form.validate_on_submit():
        with form.showing_refusals():
            service.ask_second_factor(organisation_id, by=person, asked=form.asked.data)
            flash(_("Saved. Everyone without two-step verification is told by email."), "success")
            return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    return render("organisations/second_factor.html", form=form), form.status


@bp.get("/organisation/<uuid:organisation_id>/set-up-second-factor")
@access.colleague
@access.without_second_factor
def set_up_second_factor(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Say why the organisation's pages are closed, and lead on."""
    if not access.lacks_second_factor(access.actor()):
        return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    return render("organisations/set_up_second_factor.html")
