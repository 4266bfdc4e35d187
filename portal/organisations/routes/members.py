"""The people of an organisation."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.actor import OrganisationRole
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import ChangeRole, Remove

bp = Blueprint("members", __name__)


@bp.get("/organisation/<uuid:organisation_id>/members")
@access.member
def members(organisation_id: uuid.UUID) -> str:
    """List who is in the organisation, and as what."""
    page = service.members_for(access.actor(), organisation_id, after=request.args.get("after"))
    return render("organisations/members.html", members=page)


@bp.get("/organisation/<uuid:organisation_id>/members/<uuid:membership_id>")
@access.member
def member(organisation_id: uuid.UUID, membership_id: uuid.UUID) -> str:
    """Show one of them, and who sees what of them (P35)."""
    colleague = service.member_for(access.actor(), organisation_id, membership_id=membership_id)
    return render("organisations/member.html", member=colleague)


@bp.route("/organisation/<uuid:organisation_id>/members/<uuid:membership_id>/role", methods=["GET", "POST"])
@access.fresh_owner
def change_role(organisation_id: uuid.UUID, membership_id: uuid.UUID) -> ResponseReturnValue:
    """Give somebody another role."""
    person = access.actor()
    member = service.member_for(person, organisation_id, membership_id=membership_id)
    form = ChangeRole(data={"role": member.role.value})
    if form.validate_on_submit():
        with form.showing_refusals():
            service.change_role(
                organisation_id, by=person, membership_id=membership_id, role=OrganisationRole(form.role.data)
            )
            flash(_("Role changed. Owners and the person concerned are told by email."), "success")
            return redirect(url_for(".members", organisation_id=organisation_id), code=303)
    return render("organisations/change_role.html", form=form, member=member), form.status


@bp.route("/organisation/<uuid:organisation_id>/members/<uuid:membership_id>/remove", methods=["GET", "POST"])
@access.fresh_owner
def remove_member(organisation_id: uuid.UUID, membership_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody out of the organisation, once confirmed."""
    person, form = access.actor(), Remove()
    member = service.member_for(person, organisation_id, membership_id=membership_id)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.remove(organisation_id, by=person, membership_id=membership_id)
            flash(_("Removed. They no longer see anything of the organisation."), "success")
            is_out = member.person_id == person.person_id
            return redirect(url_for(".overview") if is_out else url_for(".members", organisation_id=organisation_id), 303)
    return render("organisations/remove_member.html", form=form, member=member), form.status
