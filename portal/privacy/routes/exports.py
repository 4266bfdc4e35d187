"""Taking: a copy is started, watched, handed out and deleted."""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, formats
from portal.kit.downloads import download
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.kit.unit import after_unit
from portal.privacy import service

bp = Blueprint("exports", __name__)


@bp.post("/settings/privacy/export")
@access.fresh
def start_export() -> ResponseReturnValue:
    """Start a copy of the person's data (v5.0.0-7.5.3)."""
    service.start_export(access.actor())
    return redirect(url_for(".overview", _anchor="copy"), code=303)


@bp.get("/settings/privacy/export/<uuid:export_id>")
@access.fresh
@access.get_with_side_effect("notes once that the copy was fetched, so that its person would see a stranger's fetch")
def export_file(export_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out a copy, or show how far it is."""
    person = access.actor()
    export = service.export_for(person, export_id)
    if export.ready_at is None:
        return render("privacy/export_file.html", export=export)
    if request.method != "HEAD":
        after_unit(lambda: service.note_fetched(export_id))
    name = f"my-data-{export.ready_at.date().isoformat()}.zip"
    response = download(service.open_export(export_id, by=person), name=name, media_type="application/zip")
    response.content_length = export.size
    return response


@bp.get("/settings/privacy/export/<uuid:export_id>/progress")
@access.signed_in
def export_progress(export_id: uuid.UUID) -> Response:
    """Say how far a copy is, to the script of the page."""
    export = service.export_for(access.actor(), export_id)
    said = formats.how_far(export.done, export.total, export.requested_at)
    return jsonify(state=export.state, done=export.done, total=export.total, said=said)


@bp.post("/settings/privacy/export/<uuid:export_id>/delete")
@access.signed_in
def delete_export(export_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a copy before its time."""
    service.delete_export(export_id, by=access.actor())
    flash(_("Download deleted."), "success")
    return redirect(url_for(".overview", _anchor="copy"), code=303)
