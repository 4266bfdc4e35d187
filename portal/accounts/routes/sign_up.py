"""Pages of sign-up: a request for an account, and the link that makes it one."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.sign_up import CorrectAddress, SignUp
from portal.kit import access, clock, hash_pages, i18n, time_zones, web
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.passwords import MIN_ALONE
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.templating import render, render_same

bp = Blueprint("accounts", __name__)


@bp.route("/signup", methods=["GET", "POST"])
@access.public
@hash_pages.hashes
def signup() -> ResponseReturnValue:
    """Take a request for an account; say the same to everybody."""
    form = SignUp()
    if form.validate_on_submit():
        zone = form.time_zone.data or time_zones.UTC_ZONE
        sign_up_request = service.SignUpRequest(form.name.data, form.email.data, form.password.data, i18n.code(), zone)
        with form.showing_refusals():
            sign_up_id = service.sign_up(sign_up_request, client=web.this_client())
            return redirect(url_for(".check_email", token=service.sign_up_token(sign_up_id)), code=303)
    # What each zone is ahead of UTC changes with the day.
    return render_same("accounts/signup.html", clock.today(), form=form, least=MIN_ALONE), form.status


@bp.route("/signup/check-email/<token>", methods=["GET", "POST"])
@access.public
def check_email(token: str) -> ResponseReturnValue:
    """Say where the email went, and take the right address when that was mistyped. The address names the sign-up."""
    private_link()
    try:
        waiting = service.sign_up_by_token(token)
    except (LinkDead, NotFound):
        flash(_("Nothing is waiting for confirmation in this browser. Sign in, or create an account."), "info")
        return redirect(url_for(".login"), code=303)
    form = CorrectAddress()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.correct_address(waiting.id, email=form.email.data, client=web.this_client())
            flash(_("Email address changed. The link that went to the old one no longer works."), "success")
            return redirect(url_for(".check_email", token=token), code=303)
    return render("accounts/check_email.html", form=form, address=waiting.email, token=token), form.status


@bp.post("/signup/resend/<token>")
@access.public
def resend(token: str) -> ResponseReturnValue:
    """Send the email of a sign-up once more."""
    service.send_again(service.sign_up_by_token(token).id, client=web.this_client())
    flash(_("Another email is on its way, unless we’ve already sent too many."), "success")
    return redirect(url_for(".check_email", token=token), code=303)


@bp.route("/verify-email/<token>", methods=["GET", "POST"])
@access.public
def verify_email(token: str) -> ResponseReturnValue:
    """Show what the link confirms; make the account on pressing the button (opening the link changes nothing)."""
    private_link()
    form = ConfirmForm()
    if form.validate_on_submit():
        service.confirm_address(token)
        flash(_("Your email address is confirmed and your account is ready. Sign in to continue."), "success")
        return redirect(url_for(".login"), code=303)
    waiting = service.sign_up_of(token)
    left = service.find_undoable_change(waiting.email)
    return render(
        "accounts/verify_email.html",
        form=form,
        waiting=waiting,
        beside=service.count_beside(waiting),
        undo_token=service.undo_token(left) if left else None,
    ), form.status
