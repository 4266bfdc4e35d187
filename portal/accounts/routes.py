"""Pages of sign-up, sign-in and proof of identity. The cookie holds a session's secret and what leads up to it, no more."""

from flask import Blueprint, flash, redirect, request, url_for
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


def _device() -> str:
    return devices.device_of(request.headers.get("User-Agent", ""))


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
            return redirect(url_for(".check_email", token=service.sign_up_token(sign_up_id)), code=303)
    return render("accounts/signup.html", form=form, least=MIN_ALONE), form.status


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
        try:
            service.correct_address(waiting.id, email=form.email.data, client=web.this_client())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(_("Email address changed. The link that went to the old one no longer works."), "success")
            return redirect(url_for(".check_email", token=token), code=303)
    return render("accounts/check_email.html", form=form, address=waiting.email, token=token), form.status


@bp.post("/signup/resend/<token>")
@access.public
def resend(token: str) -> ResponseReturnValue:
    """Send the email of a sign-up once more."""
    service.send_again(service.sign_up_by_token(token).id, client=web.this_client())
    flash(_("Unless we’ve emailed this email address too often recently, another email is on its way."), "success")
    return redirect(url_for(".check_email", token=token), code=303)


@bp.route("/verify-email/<token>", methods=["GET", "POST"])
@access.public
def verify_email(token: str) -> ResponseReturnValue:
    """Show what the link confirms; make the account on pressing the button (opening the link changes nothing)."""
    private_link()
    form = Press()
    if form.validate_on_submit():
        service.confirm_address(token)
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
        replaces=access.actor().session_id,
    )


def _admit(entry: service.SignedIn | service.SecondStep) -> ResponseReturnValue:
    if isinstance(entry, service.SignedIn):
        return _enter(entry)
    return _ask_code(Code(formdata=None, data={"step": entry.token}))


def _closing(closing: service.AccountClosing) -> ResponseReturnValue:
    flash(_("This account will be deleted on %(day)s. Until then you can cancel.", day=day(closing.gone_at)), "info")
    return redirect(url_for("privacy.undo", token=closing.token), code=303)


@bp.route("/login/second-factor", methods=["GET", "POST"])
@access.public
def second_factor() -> ResponseReturnValue:
    """Take a code: as the second step of signing in, or of a session that was opened without it."""
    form, actor = Code(), access.actor()
    if not form.step.data and not actor.is_signed_in:
        return redirect(url_for(".login", next=_next()), code=303)
    if not form.step.data and not actor.has_second_factor:
        return redirect(url_for(".enrol_factor", next=_next()), code=303)
    if form.validate_on_submit():
        try:
            return _enter(_by_code(form))
        except LinkDead:
            flash(_("That took too long, or your password has changed. Please start again."), "info")
            return redirect(url_for(".login", next=_next()), code=303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _ask_code(form)


def _ask_code(form: Code) -> ResponseReturnValue:
    """Show the page that asks for a code. The half of a sign-in that is proven travels in its form: a tab, a sign-in."""
    target = url_for(".second_factor", next=_next())
    return render("accounts/second_factor.html", form=form, target=target), form.status


def _by_code(form: Code) -> service.SignedIn:
    actor = access.actor()
    if form.step.data:
        return service.finish_sign_in(form.step.data, code=form.code.data, device=_device(), replaces=actor.session_id)
    return service.give_second_factor(actor, code=form.code.data)


@bp.post("/logout")
@access.public
def logout() -> ResponseReturnValue:
    """End the session of this browser, and have the browser forget what it kept of it (v5.0.0-14.3.1)."""
    service.sign_out(access.actor())
    access.end_browser_session()
    flash(_("You’re signed out."), "success")
    return redirect(url_for("home.start"), code=303)


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
