"""Asking to join by an address at an Owner's domain, and the Owners' answers."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.actor import OrganisationRole
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import LetIn

bp = Blueprint("join_requests", __name__)


@bp.post("/organisation/ask-to-join/<uuid:domain_id>")
@access.fresh
def ask_to_join(domain_id: uuid.UUID) -> ResponseReturnValue:
    """Ask to join an organisation whose Owner has an address at the person's own domain."""
    service.ask_to_join(domain_id, by=access.actor())
    flash(_("Request sent. We’ll email you when an Owner answers."), "success")
    return redirect(url_for(".overview"), code=303)


@bp.get("/organisation/<uuid:organisation_id>/join-requests")
@access.fresh_owner
def join_requests(organisation_id: uuid.UUID) -> str:
    """List who asks to join, and whether people at the Owner's domain may ask."""
    person = access.actor()
    return render(
        "organisations/join_requests.html",
        requests=service.join_requests_for(person, organisation_id, after=request.args.get("after")),
        domain=service.domain_of(person.email),
        is_open=service.is_domain_open_for(person, organisation_id),
    )


@bp.post("/organisation/<uuid:organisation_id>/join-requests/open-domain")
@access.fresh_owner
def open_domain(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Let people at the Owner's domain ask to join."""
    service.open_domain(organisation_id, by=access.actor())
    flash(_("People at your domain can now ask to join."), "success")
    return redirect(url_for(".join_requests", organisation_id=organisation_id), code=303)


@bp.post("/organisation/<uuid:organisation_id>/join-requests/close-domain")
@access.fresh_owner
def close_domain(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody else at the Owner's domain ask to join."""
    service.close_domain(organisation_id, by=access.actor())
    flash(_("People at your domain can no longer ask to join."), "success")
    return redirect(url_for(".join_requests", organisation_id=organisation_id), code=303)


@bp.route("/organisation/<uuid:organisation_id>/join-requests/<uuid:request_id>", methods=["GET", "POST"])
@access.fresh_owner
def join_request(organisation_id: uuid.UUID, request_id: uuid.UUID) -> ResponseReturnValue:
    """Show who asks to join, and let them in with a role."""
    person, form = access.actor(), LetIn()
    asker = service.join_request_for(person, organisation_id, request_id=request_id)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.let_in(organisation_id, by=person, request_id=request_id, role=OrganisationRole(form.role.data))
            flash(_("%(name)s is in the organisation now.", name=asker.name), "success")
            return redirect(url_for(".join_requests", organisation_id=organisation_id), code=303)
    return render("organisations/join_request.html", form=form, asker=asker), form.status


@bp.post("/organisation/<uuid:organisation_id>/join-requests/<uuid:request_id>/decline")
@access.fresh_owner
def decline_join_request(organisation_id: uuid.UUID, request_id: uuid.UUID) -> ResponseReturnValue:
    """Say no to somebody who asks to join."""
    service.turn_down(organisation_id, by=access.actor(), request_id=request_id)
    flash(_("Request declined. The person who asked is told by email."), "success")
    return redirect(url_for(".join_requests", organisation_id=organisation_id), code=303)
