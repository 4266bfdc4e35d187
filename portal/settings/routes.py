"""The customer's own pages. What guards the account asks for a fresh proof of identity (v5.0.0-7.5.1).

The links of a change of address are public: whoever holds the mailbox holds them, signed in or not.
"""

import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.kit import access, i18n, page_language, passwords, pictures
from portal.kit.forms import Press
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.refusals import Refusal
from portal.kit.templating import render
from portal.recovery import service as recovery
from portal.settings import service
from portal.settings.forms import Avatar, ChangeEmail, ChangePassword, Communication, Profile

bp = Blueprint("settings", __name__)


@bp.route("/settings/profile", methods=["GET", "POST"])
@access.signed_in
def profile() -> ResponseReturnValue:
    """Show and correct name, language and time zone (P26)."""
    actor = access.actor()
    form = Profile(name=actor.name, language=actor.language, time_zone=actor.time_zone)
    if form.validate_on_submit():
        accounts.change_profile(actor, name=form.name.data, language=form.language.data, time_zone=form.time_zone.data)
        page_language.speak(form.language.data)
        flash(_("Profile saved."), "success")
        return redirect(url_for(".profile"), code=303)
    unready = [name for code, name in i18n.LANGUAGES.items() if not i18n.is_ready(code)]
    return render("settings/profile.html", form=form, unready=unready), form.status


@bp.route("/settings/avatar", methods=["GET", "POST"])
@access.signed_in
def avatar() -> ResponseReturnValue:
    """Show and set one's own photo."""
    form = Avatar()
    if form.validate_on_submit():
        photo = form.photo.data
        try:
            data = photo.stream.read(pictures.MOST_BYTES + 1)
            accounts.set_avatar(access.actor(), photo=data, file_name=photo.filename)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Photo updated."), "success")
            return redirect(url_for(".avatar"), code=303)
    return render("settings/avatar.html", form=form, press=Press(), most=pictures.MOST_BYTES), form.status


@bp.post("/settings/avatar/remove")
@access.signed_in
def remove_avatar() -> ResponseReturnValue:
    """Delete one's own photo."""
    accounts.remove_avatar(access.actor())
    flash(_("Photo deleted."), "success")
    return redirect(url_for(".avatar"), code=303)


@bp.get("/settings/avatar/photo")
@access.signed_in
def avatar_photo() -> Response:
    """Hand out one's own photo. It can be shown in our pages and nowhere else, and can run nothing (v5.0.0-3.2.1)."""
    with accounts.avatar_for(access.actor()) as photo:
        response = Response(photo.read(), mimetype=pictures.MEDIA_TYPE)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/settings/communication", methods=["GET", "POST"])
@access.signed_in
def communication() -> ResponseReturnValue:
    """Show and set what we may write about, each reason by itself (P15)."""
    actor = access.actor()
    form = Communication(data=service.switches_for(actor))
    if form.validate_on_submit():
        still_off = service.set_switches(actor, wanted={key: form[key].data for key in service.SWITCHES})
        flash(_("Saved. Your choices apply from now on."), "success")
        for key in still_off:
            restricted = _("“%(name)s” stays off: you’ve restricted this use under Privacy.", name=form[key].label.text)
            flash(restricted, "warning")
        return redirect(url_for(".communication"), code=303)
    words = {key: service.purpose_words(key) for key in service.SWITCHES}
    return render("settings/communication.html", form=form, switches=service.SWITCHES, words=words), form.status


@bp.route("/settings/password", methods=["GET", "POST"])
@access.fresh
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = ChangePassword()
    if form.validate_on_submit():
        try:
            opened = accounts.change_password(
                access.actor(), current=form.current_password.data, password=form.password.data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            access.start_browser_session(opened.secret, remembered=opened.remembered)
            flash(_("Password changed. You’ve been signed out everywhere else."), "success")
            return redirect(url_for(".security"), code=303)
    least = passwords.least(with_factor=access.actor().has_second_factor)
    return render("settings/password.html", form=form, least=least), form.status


@bp.route("/settings/email", methods=["GET", "POST"])
@access.fresh
def email() -> ResponseReturnValue:
    """Ask for another address; the new mailbox confirms it, the old one is told at once."""
    actor = access.actor()
    form = ChangeEmail()
    if form.validate_on_submit():
        try:
            accounts.ask_email_change(actor, email=form.email.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("We’ve emailed your new and your current address."), "success")
            return redirect(url_for(".email"), code=303)
    return render("settings/email.html", form=form, open_change=accounts.find_open_email_change_for(actor)), form.status


@bp.route("/settings/email/confirm/<token>", methods=["GET", "POST"])
@access.public
def confirm_email(token: str) -> ResponseReturnValue:
    """Show which address the link confirms; change it on pressing the button."""
    private_link()
    change = accounts.email_change_to_confirm(token)
    form = Press()
    if form.validate_on_submit():
        accounts.confirm_email_change(token, keep_session=access.actor().session_id)
        flash(_("Email address changed. Sign in with the new one from now on."), "success")
        return redirect(_onward(), code=303)
    return render("settings/confirm_email.html", form=form, change=change), form.status


@bp.route("/settings/email/veto/<token>", methods=["GET", "POST"])
@access.public
def veto_email(token: str) -> ResponseReturnValue:
    """Show the change that the link stops; stop it on pressing the button. One that is made already can be undone."""
    private_link()
    change = accounts.email_change_to_veto(token)
    if change.confirmed_at:
        return redirect(url_for(".undo_email", token=accounts.undo_token(change)), code=303)
    form = Press()
    if form.validate_on_submit():
        accounts.veto_email_change(token)
        flash(_("Change cancelled. Your account keeps its email address."), "success")
        return redirect(_onward(), code=303)
    return render("settings/veto_email.html", form=form, change=change), form.status


@bp.route("/settings/email/undo/<token>", methods=["GET", "POST"])
@access.public
def undo_email(token: str) -> ResponseReturnValue:
    """Show the change that the link takes back; take it back and secure the account on pressing the button."""
    private_link()
    change = accounts.email_change_to_undo(token)
    form = Press()
    if form.validate_on_submit():
        recovery.undo_email_change(token)
        return redirect(url_for("recovery.secured"), code=303)
    return render("settings/undo_email.html", form=form, change=change), form.status


def _onward() -> str:
    return url_for(".email") if access.actor().is_signed_in else url_for("accounts.login")


@bp.get("/settings/security")
@access.signed_in
def security() -> str:
    """Show sessions, the second factor, the history of sign-ins, and the alarm."""
    actor = access.actor()
    return render(
        "settings/security.html", sessions=accounts.sessions_for(actor), history=accounts.history_for(actor), form=Press()
    )


@bp.post("/settings/sessions/<uuid:session_id>/revoke")
@access.signed_in
def revoke_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own sessions; somebody else's does not exist here."""
    accounts.end_session(session_id, by=access.actor())
    flash(_("Signed out on that device."), "success")
    return redirect(url_for(".security"), code=303)


@bp.post("/settings/sessions/revoke-others")
@access.signed_in
def revoke_others() -> ResponseReturnValue:
    """End every session but this one."""
    accounts.end_other_sessions(access.actor())
    flash(_("Signed out everywhere else."), "success")
    return redirect(url_for(".security"), code=303)
