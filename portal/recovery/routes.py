"""Pages of lost access. A page whose address holds a token sends no Referer to others and is not kept by the browser."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.kit import access, browser_marks
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render, render_same
from portal.kit.web import this_client
from portal.recovery import service
from portal.recovery.forms import ChoosePassword, ForgotPassword, ReportMisuse

bp = Blueprint("recovery", __name__)


@bp.route("/forgot-password", methods=["GET", "POST"])
@access.public
def forgot_password() -> ResponseReturnValue:
    """Ask where the reset link goes; say the same to everybody."""
    form = ForgotPassword()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.request_reset(form.email.data, client=this_client())
            return redirect(url_for(".reset_sent"), code=303)
    return render_same("recovery/forgot_password.html", form=form), form.status


@bp.get("/forgot-password/sent")
@access.public
def reset_sent() -> str:
    """Say what happens next, to everybody alike."""
    return render("recovery/reset_sent.html")


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@access.public
def choose_password(token: str) -> ResponseReturnValue:
    """Take a new password by a reset link. Opening the link does not spend it; each tab acts for its own link."""
    private_link()
    person = service.person_of_reset(token)
    form = ChoosePassword()
    if form.validate_on_submit():
        with form.showing_refusals():
            browser_marks.keep(service.choose_password(token, password=form.password.data))
            flash(_("Password changed. You’ve been signed out everywhere. Sign in with your new password."), "success")
            return redirect(url_for("accounts.login"), code=303)
    least = accounts.least_password(person)
    return render("recovery/choose_password.html", form=form, person=person, least=least), form.status


@bp.route("/wasnt-me/<token>", methods=["GET", "POST"])
@access.public
def wasnt_me(token: str) -> ResponseReturnValue:
    """Show what "This wasn't me" does, and do it. For as long as the link lives it may be pressed again."""
    private_link()
    person = service.person_of_report(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.report_unauthorised_by_link(token)
        return redirect(url_for(".secured"), code=303)
    return render("recovery/wasnt_me.html", form=form, person=person), form.status


@bp.post("/settings/not-me")
@access.signed_in
@access.open_while_disabled
def not_me() -> ResponseReturnValue:
    """Do the same for somebody who is signed in. No fresh proof is asked: a report must never be hard to make."""
    service.report_unauthorised_by_session(access.actor())
    return redirect(url_for(".secured"), code=303)


@bp.route("/settings/email/veto/<token>", methods=["GET", "POST"])
@access.public
def veto_email(token: str) -> ResponseReturnValue:
    """Show the change that the link stops; stop it and secure the account on pressing the button.

    One that is made already can be undone.
    """
    private_link()
    change = accounts.email_change_to_veto(token)
    if change.confirmed_at:
        return redirect(url_for(".undo_email", token=accounts.undo_token(change)), code=303)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.veto_email_change(token)
        return redirect(url_for(".secured"), code=303)
    return render("recovery/veto_email.html", form=form, change=change), form.status


@bp.route("/settings/email/undo/<token>", methods=["GET", "POST"])
@access.public
def undo_email(token: str) -> ResponseReturnValue:
    """Show the change that the link takes back; take it back and secure the account on pressing the button."""
    private_link()
    change = accounts.email_change_to_undo(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.undo_email_change(token)
        return redirect(url_for(".secured"), code=303)
    return render("recovery/undo_email.html", form=form, change=change), form.status


@bp.get("/account-secured")
@access.public
def secured() -> str:
    """Say what was done and what comes next."""
    return render("recovery/secured.html")


@bp.route("/report-misuse", methods=["GET", "POST"])
@access.public
def report_misuse() -> ResponseReturnValue:
    """Take a report from somebody who is locked out; say the same to everybody."""
    form = ReportMisuse()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.report_misuse(form.email.data, message=form.message.data, client=this_client(), by=access.actor())
            return redirect(url_for(".misuse_reported"), code=303)
    return render_same("recovery/report_misuse.html", form=form), form.status


@bp.get("/report-misuse/sent")
@access.public
def misuse_reported() -> str:
    """Say what happens next, to everybody alike."""
    return render("recovery/misuse_reported.html")
