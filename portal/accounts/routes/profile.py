"""Pages of what others see of a person, and of how the portal speaks to them: name, language, time zone, photo."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.profile import Avatar, Profile
from portal.kit import access, i18n, page_language, pictures, uploads
from portal.kit.forms import ConfirmForm
from portal.kit.i18n import _
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.route("/settings/profile", methods=["GET", "POST"])
@access.signed_in
@access.open_while_disabled
def profile() -> ResponseReturnValue:
    """Show and correct name, language and time zone (P26)."""
    actor = access.actor()
    form = Profile(name=actor.name, language=actor.language, time_zone=actor.time_zone)
    if form.validate_on_submit():
        service.change_profile(actor, name=form.name.data, language=form.language.data, time_zone=form.time_zone.data)
        page_language.speak(form.language.data)
        flash(_("Profile saved."), "success")
        return redirect(url_for(".profile"), code=303)
    unready = [name for code, name in i18n.LANGUAGES.items() if not i18n.is_ready(code)]
    return render("accounts/profile.html", form=form, unready=unready), form.status


@bp.route("/settings/avatar", methods=["GET", "POST"])
@access.signed_in
@access.open_while_disabled
@uploads.takes_files
def avatar() -> ResponseReturnValue:
    """Show and set one's own photo."""
    form = Avatar()
    if form.validate_on_submit():
        photo = form.photo.data
        with form.showing_refusals():
            data = photo.stream.read(pictures.MOST_BYTES + 1)
            service.set_avatar(access.actor(), photo=data, file_name=photo.filename)
            flash(_("Photo updated."), "success")
            return redirect(url_for(".avatar"), code=303)
    return render("accounts/avatar.html", form=form, confirm=ConfirmForm(), most=pictures.MOST_BYTES), form.status


@bp.post("/settings/avatar/remove")
@access.signed_in
@access.open_while_disabled
def remove_avatar() -> ResponseReturnValue:
    """Delete one's own photo."""
    service.remove_avatar(access.actor())
    flash(_("Photo deleted."), "success")
    return redirect(url_for(".avatar"), code=303)


@bp.get("/settings/avatar/photo")
@access.signed_in
@access.open_while_disabled
def avatar_photo() -> Response:
    """Hand out one's own photo. It can be shown in our pages and nowhere else, and can run nothing (v5.0.0-3.2.1)."""
    with service.avatar_for(access.actor()) as photo:
        response = Response(photo.read(), mimetype=pictures.MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response
