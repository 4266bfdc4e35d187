"""Invitations: sent and revoked by Owners, taken or declined by whoever has the invited address."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.actor import OrganisationRole
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import Answer, Invite

bp = Blueprint("invitations", __name__)


@bp.route("/organisation/<uuid:organisation_id>/invitations", methods=["GET", "POST"])
@access.fresh_owner
def invitations(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """List the open invitations, and send one."""
    person, form = access.actor(), Invite()
    if form.validate_on_submit():
        with form.showing_refusals():
            role = OrganisationRole(form.role.data)
            service.invite(organisation_id, by=person, email=form.email.data, role=role)
            flash(_("Invitation sent to %(email)s.", email=form.email.data), "success")
            return redirect(url_for(".invitations", organisation_id=organisation_id), code=303)
    page = service.invitations_for(person, organisation_id, after=request.args.get("after"))
    return render("organisations/invitations.html", form=form, invitations=page), form.status


@bp.post("/organisation/<uuid:organisation_id>/invitations/<uuid:invitation_id>/resend")
@access.fresh_owner
def resend_invitation(organisation_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Send an invitation again; the older link is dead."""
    service.resend(organisation_id, by=access.actor(), invitation_id=invitation_id)
    flash(_("Invitation sent again. Only the newest link works."), "success")
    return redirect(url_for(".invitations", organisation_id=organisation_id), code=303)


@bp.post("/organisation/<uuid:organisation_id>/invitations/<uuid:invitation_id>/revoke")
@access.fresh_owner
def revoke_invitation(organisation_id: uuid.UUID, invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    service.revoke(organisation_id, by=access.actor(), invitation_id=invitation_id)
    flash(_("Invitation revoked. Its link no longer works."), "success")
    return redirect(url_for(".invitations", organisation_id=organisation_id), code=303)


@bp.get("/invitation/<token>")
@access.public
def invitation(token: str) -> ResponseReturnValue:
    """Show what an invitation offers; opening it changes nothing."""
    return _show(token, Answer())


@bp.post("/invitation/<token>")
@access.signed_in
def accept_invitation(token: str) -> ResponseReturnValue:
    """Join, as the person whose address was invited."""
    form = Answer()
    if form.validate_on_submit():
        with form.showing_refusals():
            organisation_id = service.accept(token, by=access.actor())
            flash(_("Welcome. You’ve joined the organisation."), "success")
            return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
    return _show(token, form)


@bp.post("/invitation/<token>/decline")
@access.signed_in
def decline_invitation(token: str) -> ResponseReturnValue:
    """Say no to an invitation."""
    form = Answer()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.decline(token, by=access.actor())
            flash(_("Invitation declined."), "success")
            return redirect(url_for(".overview"), code=303)
    return _show(token, form)


def _show(token: str, form: Answer) -> ResponseReturnValue:
    private_link()
    offer = service.offer_of(token, to=access.actor())
    return render("organisations/invitation.html", offer=offer, token=token, form=form), form.status
