"""Pages of sign-in and proof of identity. The cookie holds a session's secret and what leads up to it, no more."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.factors import Code, RecoveryCode, Step
from portal.accounts.forms.sign_in import ConfirmByPassword, ConfirmIdentity, SignIn
from portal.kit import access, browser_marks, hash_pages, web
from portal.kit.i18n import _, ngettext
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.templating import day, render, render_same

bp = Blueprint("accounts", __name__)


def _go_on() -> ResponseReturnValue:
    return redirect(web.next_path() or web.home_path(), code=303)


def _enter(opened: service.SignedIn) -> ResponseReturnValue:
    access.start_browser_session(opened.secret, remembered=opened.remembered, mark=opened.mark)
    if opened.password_is_weak:
        flash(_("Your password is easy to guess. Choose another one under Settings, Password."), "warning")
    if opened.recovery_codes_left is not None:
        _say_left(opened.recovery_codes_left)
    return _go_on()


def _say_left(count: int) -> None:
    left = ngettext("You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", count)
    if count > service.FEW:
        flash(left, "info")
        return
    advice = _("Create new ones under Settings, Security. If your phone is lost, set up the app on a new one there.")
    flash(f"{left} {advice}", "warning")


@bp.route("/login", methods=["GET", "POST"])
@access.public
@hash_pages.hashes
def login() -> ResponseReturnValue:
    """Let people in by address and password."""
    if request.method in web.SAFE_METHODS:
        return _go_on() if access.actor().is_signed_in else render_same("accounts/login.html", form=SignIn)
    form = SignIn()
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
        device=web.this_device(),
        client=web.this_client(),
        replaces=access.actor().session_id,
        marks=browser_marks.marks(),
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
    form = Code()
    if not form.step.data and (elsewhere := why_no_code()):
        return elsewhere
    if form.validate_on_submit():
        with form.showing_refusals():
            return _enter_by(form.code.data, step=form.step.data)
    return _ask_code(form)


@bp.route("/login/lost-phone", methods=["GET", "POST"])
@access.public
def lost_phone() -> ResponseReturnValue:
    """Ask for a recovery code in the place of the app's, for the sign-in whose first half the form carries."""
    form = Step()
    if not form.step.data and (elsewhere := why_no_code()):
        return elsewhere
    if request.method == "POST":
        form.validate()
    page = _ask_recovery_code(RecoveryCode(formdata=None, data={"step": form.step.data}))
    return page, form.status


@bp.route("/login/recovery-code", methods=["GET", "POST"])
@access.public
def recovery_code() -> ResponseReturnValue:
    """Take a recovery code."""
    form = RecoveryCode()
    if not form.step.data and (elsewhere := why_no_code()):
        return elsewhere
    if form.validate_on_submit():
        with form.showing_refusals():
            return _enter_by(form.code.data, step=form.step.data)
    return _ask_recovery_code(form), form.status


def why_no_code() -> ResponseReturnValue | None:
    """Return where somebody belongs who has no first half of a sign-in, unless it is a session that lacks the code."""
    actor = access.actor()
    if not actor.is_signed_in:
        return redirect(url_for(".login", next=web.next_path()), code=303)
    if not actor.has_second_factor:
        return redirect(url_for(".enrol_factor", next=web.next_path()), code=303)
    return None


def _enter_by(code: str, *, step: str) -> ResponseReturnValue:
    """Let in whoever gave a good code, or say why they start again."""
    try:
        return _enter(_by_code(code, step=step))
    except LinkDead:
        return start_again()
    except service.AccountClosing as closing:
        return _closing(closing)


def start_again() -> ResponseReturnValue:
    """Send somebody back to the first half of a sign-in, which was too long ago."""
    flash(_("That took too long, or your password has changed. Please start again."), "info")
    return redirect(url_for(".login", next=web.next_path()), code=303)


def _ask_code(form: Code) -> ResponseReturnValue:
    """Show the page that asks for a code. The half of a sign-in that is proven travels in its form: a tab, a sign-in."""
    target = url_for(".second_factor", next=web.next_path())
    page = render(
        "accounts/second_factor.html",
        form=form,
        target=target,
        step=_step_of(form),
        lost_url=_lost_url(),
        gone_url=_gone_url(),
    )
    return page, form.status


def _step_of(form: Step) -> Step:
    return Step(formdata=None, data={"step": form.step.data})


def _lost_url() -> str:
    return url_for(".lost_phone", next=web.next_path())


def _gone_url() -> str:
    return url_for(".lost_factor", next=web.next_path())


def _ask_recovery_code(form: RecoveryCode) -> str:
    target = url_for(".recovery_code", next=web.next_path())
    return render("accounts/lost_phone.html", form=form, target=target, step=_step_of(form), gone_url=_gone_url())


def _by_code(code: str, *, step: str) -> service.SignedIn:
    actor = access.actor()
    if step:
        device, marks = web.this_device(), browser_marks.marks()
        return service.finish_sign_in(step, code=code, device=device, replaces=actor.session_id, marks=marks)
    return service.give_second_factor(actor, code=code)


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
@access.open_while_disabled
def confirm_identity() -> ResponseReturnValue:
    """Ask once more who it is, before a sensitive step."""
    form = ConfirmIdentity() if access.actor().has_second_factor else ConfirmByPassword()
    if form.validate_on_submit():
        with form.showing_refusals():
            opened = service.confirm_it_is_you(access.actor(), device=web.this_device(), **form.proof())
            return _enter(opened)
    return render("accounts/confirm_identity.html", form=form, lost_url=_lost_url()), form.status
