"""An organisation's leaving pack: asked for, watched, handed out and deleted.

What opens one stands in its address, in the page and in the email of who asked for it; we keep none of it. That address
names no organisation: a pack outlives it.
"""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, formats
from portal.kit.downloads import resumable_download
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.kit.unit import after_unit
from portal.privacy import service

bp = Blueprint("leaving_packs", __name__)


@bp.get("/organisation/<uuid:organisation_id>/leaving-pack")
@access.owner
def leaving_pack(organisation_id: uuid.UUID) -> str:
    """Say what a leaving pack holds, and list those that are there."""
    return render("privacy/leaving_pack.html", packs=service.packs_for(access.actor(), organisation_id))


@bp.post("/organisation/<uuid:organisation_id>/leaving-pack")
@access.fresh_owner
def start_leaving_pack(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Have a pack made of everything that the organisation holds (v5.0.0-7.5.3)."""
    try:
        pack = service.start_pack(organisation_id, by=access.actor())
    except service.PackBeingBuilt:
        flash(_("Another Owner’s leaving pack is being prepared. Wait until it’s ready, or stop it first."), "warning")
        return redirect(url_for(".leaving_pack", organisation_id=organisation_id), code=303)
    return redirect(url_for(".leaving_pack_page", pack_id=pack.id, secret=pack.secret), code=303)


@bp.post("/organisation/<uuid:organisation_id>/leaving-pack/<uuid:pack_id>/delete")
@access.owner
def delete_leaving_pack(organisation_id: uuid.UUID, pack_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a pack before its time, or stop one that is being built."""
    was_ready = service.delete_pack(organisation_id, pack_id=pack_id, by=access.actor())
    flash(_("Leaving pack deleted.") if was_ready else _("Stopped. Nothing was prepared."), "success")
    return redirect(url_for(".leaving_pack", organisation_id=organisation_id), code=303)


@bp.get("/leaving-pack/<uuid:pack_id>/<secret>/page")
@access.fresh
def leaving_pack_page(pack_id: uuid.UUID, secret: str) -> str:
    """Show how far a pack is, then the way to its file."""
    private_link()
    pack = service.pack_for(access.actor(), pack_id, secret=secret)
    return render("privacy/leaving_pack_page.html", pack=pack, secret=secret)


@bp.get("/leaving-pack/<uuid:pack_id>/<secret>")
@access.fresh
@access.get_with_side_effect("writes down who downloads a pack, once a download, so that every Owner hears of a stranger's")
def leaving_pack_file(pack_id: uuid.UUID, secret: str) -> ResponseReturnValue:
    """Hand out a pack, whole or in part; one that is not ready has its page."""
    person, begins = access.actor(), not request.range or request.range.ranges[0][0] in (0, None)
    pack = service.pack_for(person, pack_id, secret=secret)
    if pack.ready_at is None:
        return redirect(url_for(".leaving_pack_page", pack_id=pack_id, secret=secret), code=303)
    is_told = request.method != "HEAD"
    stream = service.open_pack(pack_id, secret=secret, by=person, is_begun=begins and is_told)
    if is_told:
        after_unit(lambda: service.note_pack_fetched(pack_id, by=person, is_begun=begins))
    private_link()
    name = f"leaving-pack-{pack.ready_at.date().isoformat()}.zip"
    return resumable_download(stream, name=name, media_type="application/zip", size=pack.size, version=str(pack_id))


@bp.get("/leaving-pack/<uuid:pack_id>/progress")
@access.signed_in
def leaving_pack_progress(pack_id: uuid.UUID) -> Response:
    """Say how far a pack is, to the script of the page."""
    pack = service.pack_for(access.actor(), pack_id)
    said = formats.how_far(pack.done, pack.total, pack.requested_at)
    return jsonify(state=pack.state, done=pack.done, total=pack.total, said=said)
