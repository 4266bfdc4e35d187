"""Taking: a copy is started, watched, handed out and deleted.

What opens a copy stands in its address, in the page and in the email of its person; we keep none of it.
"""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, formats
from portal.kit.claims import Chapter
from portal.kit.downloads import resumable_download
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.kit.unit import after_unit
from portal.privacy import service
from portal.privacy.forms import ChooseExport

bp = Blueprint("exports", __name__)


@bp.post("/settings/privacy/export")
@access.fresh
@access.open_while_disabled
def start_export() -> ResponseReturnValue:
    """Start a copy of the person's data (v5.0.0-7.5.3)."""
    export = service.start_export(access.actor())
    return redirect(url_for(".export_page", export_id=export.id, secret=export.secret), code=303)


@bp.route("/settings/privacy/export/choose", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
def choose_export() -> ResponseReturnValue:
    """Ask which parts and days a copy is to hold, and start it."""
    form = ChooseExport()
    form.parts.choices = [(each.value, each.title) for each in Chapter]
    if request.method == "GET":
        form.parts.data = [each.value for each in Chapter]
    if form.validate_on_submit():
        with form.showing_refusals():
            chosen = service.Chosen(form.chapters, form.first_on.data, form.last_on.data)
            export = service.start_export(access.actor(), chosen=chosen)
            return redirect(url_for(".export_page", export_id=export.id, secret=export.secret), code=303)
    return render("privacy/choose_export.html", form=form), form.status


@bp.get("/settings/privacy/export/<uuid:export_id>")
@access.signed_in
@access.open_while_disabled
def export(export_id: uuid.UUID) -> str:
    """Say that a copy opens by its whole link only, and what to do when that is lost."""
    return render("privacy/export.html", export=service.export_for(access.actor(), export_id))


@bp.get("/settings/privacy/export/<uuid:export_id>/<secret>/page")
@access.fresh
@access.open_while_disabled
def export_page(export_id: uuid.UUID, secret: str) -> str:
    """Show how far a copy is, then the way to its file."""
    private_link()
    export = service.export_for(access.actor(), export_id, secret=secret)
    return render("privacy/export_page.html", export=export, secret=secret)


@bp.get("/settings/privacy/export/<uuid:export_id>/<secret>")
@access.fresh
@access.open_while_disabled
@access.get_with_side_effect("notes once that the copy was fetched, so that its person would see a stranger's fetch")
def export_file(export_id: uuid.UUID, secret: str) -> ResponseReturnValue:
    """Hand out a copy, whole or in part; one that is not ready has its page."""
    person = access.actor()
    export = service.export_for(person, export_id, secret=secret)
    if export.ready_at is None:
        return redirect(url_for(".export_page", export_id=export_id, secret=secret), code=303)
    if request.method != "HEAD":
        after_unit(lambda: service.note_fetched(export_id))
    private_link()
    return resumable_download(
        service.open_export(export_id, secret=secret, by=person),
        name=f"my-data-{export.ready_at.date().isoformat()}.zip",
        media_type="application/zip",
        size=export.size,
        version=str(export_id),
    )


@bp.get("/settings/privacy/export/<uuid:export_id>/progress")
@access.signed_in
@access.open_while_disabled
def export_progress(export_id: uuid.UUID) -> Response:
    """Say how far a copy is, to the script of the page."""
    export = service.export_for(access.actor(), export_id)
    said = formats.how_far(export.done, export.total, export.requested_at)
    return jsonify(state=export.state, done=export.done, total=export.total, said=said)


@bp.post("/settings/privacy/export/<uuid:export_id>/delete")
@access.signed_in
@access.open_while_disabled
def delete_export(export_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a copy before its time, or stop one that is being built."""
    was_ready = service.delete_export(export_id, by=access.actor())
    flash(_("Download deleted.") if was_ready else _("Stopped. Nothing was prepared."), "success")
    return redirect(url_for(".overview", _anchor="copy"), code=303)
