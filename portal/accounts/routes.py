"""Pages of sign-up, sign-in and proof of identity. The cookie holds a session's secret and what leads up to it, no more."""

import uuid

from flask import Blueprint, Response, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms import (
    AddFactor,
    Code,
    ConfirmByPassword,
    ConfirmIdentity,
    CorrectAddress,
    RemoveFactor,
    SignIn,
    SignUp,
)
from portal.kit import access, devices, i18n, web
from portal.kit.forms import Press
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.passwords import MIN_ALONE
from portal.kit.refusals import LinkDead, NotFound, Refusal
from portal.kit.templating import day, render

bp = Blueprint("accounts", __name__)

SIGN_UP = "sign_up"
SECOND_STEP = "second_step"


def _device() -> str:
    return devices.device_of(request.headers.get("User-Agent", ""))


def _sign_up_id() -> uuid.UUID | None:
    kept = session.get(SIGN_UP)
    return uuid.UUID(kept) if kept else None


def _next() -> str | None:
    return web.internal_path(request.args.get("next"))


def _go_on() -> ResponseReturnValue:
    return redirect(_next() or web.home_path(), code=303)


def _keep(opened: service.SignedIn) -> None:
    access.start_browser_session(opened.secret, remembered=opened.remembered)


def _enter(opened: service.SignedIn) -> ResponseReturnValue:
    _keep(opened)
    if opened.password_is_common:
        flash(_("Your password is easy to guess. Choose another one under Settings, Password."), "warning")
    return _go_on()


@bp.route("/signup", methods=["GET", "POST"])
@access.public
def signup() -> ResponseReturnValue:
    """Take a wish for an account; say the same to everybody."""
    form = SignUp()
    if form.validate_on_submit():
        wish = service.Wish(form.name.data, form.email.data, form.password.data, i18n.code())
        try:
            sign_up_id = service.sign_up(wish, client=web.this_client())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            session[SIGN_UP] = str(sign_up_id)
            return redirect(url_for(".check_mail"), code=303)
    return render("accounts/signup.html", form=form, least=MIN_ALONE), form.status


@bp.route("/signup/check-mail", methods=["GET", "POST"])
@access.public
def check_mail() -> ResponseReturnValue:
    """Say where the letter went, and take the right address when that was mistyped."""
    try:
        waiting = service.get_sign_up(_sign_up_id())
    except NotFound:
        flash(_("Nothing is waiting for confirmation in this browser. Sign in, or create an account."), "info")
        return redirect(url_for(".login"), code=303)
    form = CorrectAddress()
    if form.validate_on_submit():
        try:
            service.correct_address(waiting.id, email=form.email.data, client=web.this_client())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Email address changed. The link that went to the old one no longer works."), "success")
            return redirect(url_for(".check_mail"), code=303)
    return render("accounts/check_mail.html", form=form, address=waiting.email), form.status


@bp.post("/signup/resend")
@access.public
def resend() -> ResponseReturnValue:
    """Write the letter of this browser's sign-up once more."""
    service.send_again(_sign_up_id(), client=web.this_client())
    flash(_("Unless we’ve emailed this email address too often recently, another email is on its way."), "success")
    return redirect(url_for(".check_mail"), code=303)


@bp.route("/verify-email/<token>", methods=["GET", "POST"])
@access.public
def verify_email(token: str) -> ResponseReturnValue:
    """Show what the link confirms; make the account on pressing the button (opening the link changes nothing)."""
    private_link()
    form = Press()
    if form.validate_on_submit():
        service.confirm_address(token)
        session.pop(SIGN_UP, None)
        flash(_("Your email address is confirmed and your account is ready. Sign in to continue."), "success")
        return redirect(url_for(".login"), code=303)
    waiting = service.sign_up_of(token)
    return render(
        "accounts/verify_email.html", form=form, waiting=waiting, beside=service.count_beside(waiting)
    ), form.status


@bp.route("/login", methods=["GET", "POST"])
@access.public
def login() -> ResponseReturnValue:
    """Let people in by address and password."""
    form = SignIn()
    if request.method == "GET" and access.actor().is_signed_in:
        return _go_on()
    if form.validate_on_submit():
        try:
            return _admit(service.sign_in(_attempt(form)))
        except service.AddressUnconfirmed:
            flash(_("Confirm your email address first: open the link in our email."), "info")
            return redirect(url_for(".check_mail"), code=303)
        except service.AccountClosing as closing:
            return _closing(closing)
        except Refusal as refusal:
            form.refuse(refusal)
    return render("accounts/login.html", form=form), form.status


def _attempt(form: SignIn) -> service.Attempt:
    return service.Attempt(
        email=form.email.data,
        password=form.password.data,
        remember=form.remember.data,
        device=_device(),
        client=web.this_client(),
        sign_up_id=_sign_up_id(),
        replaces=access.actor().session_id,
    )


def _admit(entry: service.SignedIn | service.SecondStep) -> ResponseReturnValue:
    if isinstance(entry, service.SignedIn):
        return _enter(entry)
    session[SECOND_STEP] = entry.token
    return redirect(url_for(".second_factor", next=_next()), code=303)


def _closing(closing: service.AccountClosing) -> ResponseReturnValue:
    flash(_("This account will be deleted on %(day)s. Until then you can cancel.", day=day(closing.gone_at)), "info")
    return redirect(url_for("privacy.undo", token=closing.token), code=303)


@bp.route("/login/second-factor", methods=["GET", "POST"])
@access.public
def second_factor() -> ResponseReturnValue:
    """Ask for a code: as the second step of signing in, or of a session that was opened without it."""
    actor = access.actor()
    if SECOND_STEP not in session and not actor.is_signed_in:
        return redirect(url_for(".login", next=_next()), code=303)
    if SECOND_STEP not in session and not actor.has_second_factor:
        return redirect(url_for(".enrol_factor", next=_next()), code=303)
    form = Code()
    if form.validate_on_submit():
        try:
            return _enter(_by_code(form.code.data))
        except LinkDead:
            session.pop(SECOND_STEP, None)
            flash(_("That took too long, or your password has changed. Please start again."), "info")
            return redirect(url_for(".login", next=_next()), code=303)
        except Refusal as refusal:
            form.refuse(refusal)
    return render("accounts/second_factor.html", form=form), form.status


def _by_code(code: str) -> service.SignedIn:
    actor = access.actor()
    if SECOND_STEP in session:
        return service.finish_sign_in(session[SECOND_STEP], code=code, device=_device(), replaces=actor.session_id)
    return service.give_second_factor(actor, code=code)


@bp.post("/logout")
@access.public
def logout() -> ResponseReturnValue:
    """End the session of this browser, and have the browser forget what it kept of it (v5.0.0-14.3.1)."""
    service.sign_out(access.actor())
    session.clear()
    flash(_("You’re signed out."), "success")
    response: Response = make_response(redirect(url_for("home.start"), code=303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route("/confirm-identity", methods=["GET", "POST"])
@access.signed_in
def confirm_identity() -> ResponseReturnValue:
    """Ask once more who it is, before a sensitive step."""
    form = ConfirmIdentity() if access.actor().has_second_factor else ConfirmByPassword()
    if form.validate_on_submit():
        try:
            opened = service.confirm_it_is_you(access.actor(), device=_device(), **form.proof())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _enter(opened)
    return render("accounts/confirm_identity.html", form=form), form.status


@bp.route("/settings/second-factor", methods=["GET", "POST"])
@access.fresh
def enrol_factor() -> ResponseReturnValue:
    """Show a secret for an authenticator app, and take its first code."""
    actor = access.actor()
    if actor.has_second_factor:
        flash(_("Two-step verification is already on. Turn it off first to set it up again."), "info")
        return redirect(url_for("settings.security"), code=303)
    form = AddFactor()
    if form.validate_on_submit():
        try:
            opened = service.add_factor(actor, sealed=form.sealed.data, code=form.code.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            _keep(opened)
            flash(_("Two-step verification is on. From now on we’ll ask for a code when you sign in."), "success")
            return redirect(_next() or url_for("settings.security"), code=303)
    setup = service.begin_factor(actor, sealed=form.sealed.data)
    form.sealed.data = setup.sealed
    return render("accounts/enrol_factor.html", form=form, setup=setup), form.status


@bp.route("/settings/second-factor/remove", methods=["GET", "POST"])
@access.fresh
def remove_factor() -> ResponseReturnValue:
    """Take the second factor away, if the password can stand alone."""
    form = RemoveFactor()
    if form.validate_on_submit():
        try:
            service.remove_factor(access.actor(), password=form.password.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Two-step verification is off. You now sign in with just your password."), "success")
            return redirect(url_for("settings.security"), code=303)
    return render("accounts/remove_factor.html", form=form), form.status
