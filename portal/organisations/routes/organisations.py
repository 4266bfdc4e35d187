"""The organisations of whoever is signed in, and each of them by itself."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.claims import MOST_COUNTED
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import Leave, NameOrganisation

bp = Blueprint("organisations", __name__)


@bp.get("/organisation")
@access.signed_in
def overview() -> str:
    """List the person's organisations and open invitations."""
    person, after = access.actor(), request.args.get("after")
    organisations = service.organisations_for(person, after=after)
    waiting = None if after else service.waiting_for(person)
    return render(
        "organisations/overview.html",
        organisations=organisations,
        offers=waiting.offers if waiting else [],
        # Ownership is offered to colleagues alone: whoever is in no organisation need not be looked for.
        hand_overs=service.hand_overs_to(person) if organisations.rows and not after else [],
        joinable=waiting.joinable if waiting else [],
    )


@bp.route("/organisation/new", methods=["GET", "POST"])
@access.signed_in
def new() -> ResponseReturnValue:
    """Make an organisation; whoever makes it is its Owner."""
    form = NameOrganisation()
    if form.validate_on_submit():
        with form.showing_refusals():
            organisation_id = service.create(access.actor(), name=form.name.data)
            flash(_("Organisation created. You’re its Owner."), "success")
            return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    return render("organisations/new.html", form=form), form.status


@bp.get("/organisation/<uuid:organisation_id>")
@access.colleague
def organisation(organisation_id: uuid.UUID) -> str:
    """Show one organisation: what one is in it, and the ways on."""
    person = access.actor()
    return render(
        "organisations/organisation.html",
        overview=service.overview_for(person, organisation_id),
        hand_overs=service.hand_overs_for(person, organisation_id),
        most=MOST_COUNTED,
    )


@bp.route("/organisation/<uuid:organisation_id>/name", methods=["GET", "POST"])
@access.fresh_owner
def rename(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Change the organisation's name."""
    person = access.actor()
    form = NameOrganisation(data={"name": service.overview_for(person, organisation_id).standing.organisation})
    if form.validate_on_submit():
        service.rename(organisation_id, by=person, name=form.name.data)
        flash(_("Name changed."), "success")
        return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    return render("organisations/rename.html", form=form), form.status


@bp.route("/organisation/<uuid:organisation_id>/leave", methods=["GET", "POST"])
@access.fresh_colleague
@access.without_second_factor
def leave(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the organisation, once confirmed."""
    form = Leave()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.leave(organisation_id, by=access.actor())
            flash(_("You’ve left the organisation."), "success")
            return redirect(url_for(".overview"), code=303)
    return render("organisations/leave.html", form=form), form.status
