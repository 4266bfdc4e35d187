"""The copy of somebody without an account: what opens it stands in its address, and a code is asked for each time."""

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, formats
from portal.kit.downloads import resumable_download
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.refusals import NotFound
from portal.kit.templating import render
from portal.kit.unit import after_unit
from portal.privacy import service
from portal.privacy.forms import GiveCode
from portal.privacy.routes.requests import LOOK, why_not

bp = Blueprint("copies", __name__)


@bp.route("/privacy/request/<token>/copy/<secret>", methods=["GET", "POST"])
@access.public
def fetch_copy(token: str, secret: str) -> ResponseReturnValue:
    """Show how far a copy is; once it is ready, take the code that opens it, and lead to the file."""
    private_link()
    asked, copy = service.copy_of_link(token, secret=secret)
    form = GiveCode()
    if form.validate_on_submit():
        check, left, permit = service.open_copy(token, secret=secret, code=form.code.data)
        if permit:
            return redirect(url_for(".copy_file", token=token, secret=secret, permit=permit), code=303)
        form.say(why_not(check, left))
    return render("privacy/fetch_copy.html", asked=asked, copy=copy, token=token, secret=secret, form=form), form.status


@bp.post("/privacy/request/<token>/copy/<secret>/code")
@access.public
def send_copy_code(token: str, secret: str) -> ResponseReturnValue:
    """Send the code that opens the copy."""
    private_link()
    service.send_copy_code(token, secret=secret)
    flash(str(LOOK), "info")
    return redirect(url_for(".fetch_copy", token=token, secret=secret), code=303)


@bp.get("/privacy/request/<token>/copy/<secret>/<permit>")
@access.public
@access.get_with_side_effect("notes once that the copy was fetched, so that its person would see a stranger's fetch")
def copy_file(token: str, secret: str, permit: str) -> Response:
    """Hand out the copy, whole or in part; who only asks for the headers gets none of it."""
    private_link()
    copy, file = service.open_copy_file(token, secret=secret, permit=permit)
    if request.method != "HEAD":
        after_unit(lambda: service.note_copy_fetched(copy))
    return resumable_download(file, name=copy.file_name, media_type="application/zip", size=copy.size, version=str(copy.id))


@bp.get("/privacy/request/<token>/copy/progress")
@access.public
def copy_progress(token: str) -> Response:
    """Say how far a copy is, to the script of the page."""
    private_link()
    copy = service.request_of_link(token).copy
    if copy is None:
        raise NotFound
    said = formats.how_far(copy.done, copy.total, copy.requested_at)
    return jsonify(state=copy.state, done=copy.done, total=copy.total, said=said)


@bp.post("/privacy/request/<token>/copy/delete")
@access.public
def delete_copy(token: str) -> ResponseReturnValue:
    """Delete a copy before its time."""
    private_link()
    service.delete_copy(token)
    flash(_("Download deleted."), "success")
    return redirect(url_for(".own_request", token=token), code=303)
