"""Machines of a licence: activated by exchange of files, deactivated, released. None of it writes a visit (P12)."""

import io
import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, qr_codes
from portal.kit.downloads import download
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.licences import service
from portal.licences.forms import ActivateMachine

bp = Blueprint("licences_machines", __name__)


@bp.route("/licences/<uuid:licence_id>/activate", methods=["GET", "POST"])
@access.fresh
def activate_by_file(licence_id: uuid.UUID) -> ResponseReturnValue:
    """Take the request of a machine without a network, and lead to the file that answers it."""
    licence = service.owned_for(access.actor(), licence_id)
    form = ActivateMachine()
    if form.validate_on_submit():
        with form.showing_refusals():
            activation_id = service.activate_for(licence_id, by=access.actor(), request=form.request.data)
            flash(_("Activated. Carry the file below to the machine."), "success")
            return redirect(url_for(".machine", licence_id=licence_id, activation_id=activation_id), code=303)
    return render("licences/activate_by_file.html", form=form, licence=licence), form.status


@bp.get("/licences/<uuid:licence_id>/machines/<uuid:activation_id>")
@access.fresh
def machine(licence_id: uuid.UUID, activation_id: uuid.UUID) -> str:
    """Show a machine that a licence runs on, with its activation as a file and as a QR code."""
    machine = service.machine_for(access.actor(), licence_id, activation_id=activation_id)
    code = qr_codes.draw(machine.file, error="l")
    return render("licences/machine.html", licence_id=licence_id, machine=machine, code=code)


@bp.get("/licences/<uuid:licence_id>/machines/<uuid:activation_id>/file")
@access.fresh
def activation_file(licence_id: uuid.UUID, activation_id: uuid.UUID) -> Response:
    """Hand out the signed file of an activation."""
    machine = service.machine_for(access.actor(), licence_id, activation_id=activation_id)
    return download(io.BytesIO(machine.file.encode()), name="activation.txt", media_type="text/plain")


@bp.post("/licences/<uuid:licence_id>/machines/<uuid:activation_id>/deactivate")
@access.fresh
def deactivate_by_hand(licence_id: uuid.UUID, activation_id: uuid.UUID) -> ResponseReturnValue:
    """Give a machine's seat back."""
    service.deactivate_for(licence_id, by=access.actor(), activation_id=activation_id)
    flash(_("Deactivated. The seat is free again."), "success")
    return redirect(url_for(".licence", licence_id=licence_id), code=303)


@bp.post("/licences/<uuid:licence_id>/machines/<uuid:activation_id>/release")
@access.fresh
def release(licence_id: uuid.UUID, activation_id: uuid.UUID) -> ResponseReturnValue:
    """Give the seat of a lost machine back."""
    service.release_for(licence_id, by=access.actor(), activation_id=activation_id)
    flash(_("Released. The seat is free again, and every Owner is told by email."), "success")
    return redirect(url_for(".licence", licence_id=licence_id), code=303)
