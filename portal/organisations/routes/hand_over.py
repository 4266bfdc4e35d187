"""Handing ownership over: offered and cancelled by an Owner, accepted or declined by whom it is offered to."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service
from portal.organisations.forms import OfferHandOver

bp = Blueprint("hand_over", __name__)


@bp.route("/organisation/<uuid:organisation_id>/hand-over", methods=["GET", "POST"])
@access.fresh_owner
def hand_over(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Offer ownership to somebody in the organisation, or show the offer that is open."""
    person = access.actor()
    form = OfferHandOver(data={"email": _address_of(organisation_id, request.args.get("to", type=uuid.UUID))})
    if form.validate_on_submit():
        with form.showing_refusals():
            service.offer_hand_over(organisation_id, by=person, email=form.email.data, leaves=form.leaves.data)
            flash(_("Offer sent. You stay an Owner until it’s accepted."), "success")
            return redirect(url_for(".hand_over", organisation_id=organisation_id), code=303)
    mine = [offer for offer in service.hand_overs_for(person, organisation_id) if offer.is_mine]
    return render("organisations/hand_over.html", form=form, offers=mine), form.status


def _address_of(organisation_id: uuid.UUID, membership_id: uuid.UUID | None) -> str:
    if membership_id is None:
        return ""
    return service.member_for(access.actor(), organisation_id, membership_id=membership_id).email


@bp.post("/organisation/<uuid:organisation_id>/hand-over/<uuid:hand_over_id>/cancel")
@access.fresh_owner
def cancel_hand_over(organisation_id: uuid.UUID, hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Take an offer back."""
    service.cancel_hand_over(organisation_id, by=access.actor(), hand_over_id=hand_over_id)
    flash(_("Offer cancelled. You stay an Owner."), "success")
    return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)


@bp.get("/organisation/<uuid:organisation_id>/hand-over/<uuid:hand_over_id>")
@access.fresh_colleague
def hand_over_offer(organisation_id: uuid.UUID, hand_over_id: uuid.UUID) -> str:
    """Show an offer to whom it was made."""
    offer = service.hand_over_for(access.actor(), organisation_id, hand_over_id=hand_over_id)
    return render("organisations/hand_over_offer.html", offer=offer)


@bp.post("/organisation/<uuid:organisation_id>/hand-over/<uuid:hand_over_id>/accept")
@access.fresh_colleague
def accept_hand_over(organisation_id: uuid.UUID, hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Become an Owner."""
    service.accept_hand_over(organisation_id, by=access.actor(), hand_over_id=hand_over_id)
    flash(_("You’re an Owner of the organisation now."), "success")
    return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)


@bp.post("/organisation/<uuid:organisation_id>/hand-over/<uuid:hand_over_id>/decline")
@access.fresh_colleague
def decline_hand_over(organisation_id: uuid.UUID, hand_over_id: uuid.UUID) -> ResponseReturnValue:
    """Say no to an offer."""
    service.decline_hand_over(organisation_id, by=access.actor(), hand_over_id=hand_over_id)
    flash(_("Offer declined. Your role stays as it is."), "success")
    return redirect(url_for(".organisation", organisation_id=organisation_id), code=303)
