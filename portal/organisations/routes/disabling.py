"""An account that is disabled in the organisation, and works there again."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import Disable, Enable, LeaveWhileDisabled

bp = Blueprint("disabling", __name__)


@bp.route("/organisation/<uuid:organisation_id>/members/<uuid:membership_id>/disable", methods=["GET", "POST"])
@access.fresh_owner
def disable_member(organisation_id: uuid.UUID, membership_id: uuid.UUID) -> ResponseReturnValue:
    """Say what disabling does, ask why, and do it."""
    person, form = access.actor(), Disable()
    member = service.member_for(person, organisation_id, membership_id=membership_id)
    if form.validate_on_submit():
        service.disable(organisation_id, by=person, membership_id=membership_id, reason=form.reason.data)
        flash(_("Disabled. They and all Owners are told by email, with your reason."), "success")
        return redirect(url_for(".member", organisation_id=organisation_id, membership_id=membership_id), code=303)
    return render("organisations/disable_member.html", form=form, member=member), form.status


@bp.route("/organisation/<uuid:organisation_id>/members/<uuid:membership_id>/enable", methods=["GET", "POST"])
@access.fresh_owner
def enable_member(organisation_id: uuid.UUID, membership_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody work in the organisation again, once confirmed."""
    person, form = access.actor(), Enable()
    member = service.member_for(person, organisation_id, membership_id=membership_id)
    if form.validate_on_submit():
        service.enable(organisation_id, by=person, membership_id=membership_id)
        flash(_("They can work here again. They and all Owners are told by email."), "success")
        return redirect(url_for(".member", organisation_id=organisation_id, membership_id=membership_id), code=303)
    return render("organisations/enable_member.html", form=form, member=member), form.status


@bp.route("/organisation/leave/<uuid:membership_id>", methods=["GET", "POST"])
@access.fresh
def leave_while_disabled(membership_id: uuid.UUID) -> ResponseReturnValue:
    """Leave an organisation in which one's account is disabled, once confirmed."""
    person, form = access.actor(), LeaveWhileDisabled()
    place = service.disabled_place_for(person, membership_id)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.leave_while_disabled(place.organisation_id, by=person)
            flash(_("You’ve left the organisation."), "success")
            return redirect(url_for(".overview"), code=303)
    return render("organisations/leave_while_disabled.html", form=form, place=place), form.status
