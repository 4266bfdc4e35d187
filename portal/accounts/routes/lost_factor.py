"""Pages for who has lost phone and codes: ask after the password, confirm by the mailbox, stop from anywhere."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.factors import RequestRemoval, RequestRemovalInside, Step
from portal.accounts.routes.sign_in import start_again, why_no_code
from portal.kit import access, web
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.refusals import LinkDead
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.route("/login/lost-factor", methods=["GET", "POST"])
@access.public
def lost_factor() -> ResponseReturnValue:
    """Say what can be done without phone and codes, for the sign-in whose first half the form carries."""
    step = Step()
    if not step.step.data:
        return _without_step()
    if request.method == "POST":
        step.validate()
    return _show(RequestRemoval(formdata=None, data={"step": step.step.data}), status=step.status)


@bp.route("/login/lost-factor/request", methods=["GET", "POST"])
@access.public
def request_removal() -> ResponseReturnValue:
    """Send the link that has a lost second factor removed."""
    form = RequestRemoval()
    if not form.step.data:
        return _without_step()
    if form.validate_on_submit():
        try:
            with form.showing_refusals():
                service.request_removal(form.step.data)
                return redirect(url_for(".removal_requested"), code=303)
        except LinkDead:
            return start_again()
    return _show(form, status=form.status)


def _without_step() -> ResponseReturnValue:
    return why_no_code() or redirect(url_for(".request_removal_inside"), code=303)


def _show(form: RequestRemoval, *, status: int) -> ResponseReturnValue:
    try:
        lost = service.lost_factor_of(form.step.data)
    except LinkDead:
        return start_again()
    return _say(form, lost, target=url_for(".request_removal", next=web.next_path())), status


def _say(form: RequestRemoval | RequestRemovalInside, lost: service.LostFactor, *, target: str) -> str:
    return render("accounts/lost_factor.html", form=form, lost=lost, target=target)


@bp.route("/settings/second-factor/lost", methods=["GET", "POST"])
@access.signed_in
def request_removal_inside() -> ResponseReturnValue:
    """Do the same for a session that lacks the code, once the password is given again."""
    actor, form = access.actor(), RequestRemovalInside()
    if not actor.has_second_factor:
        return redirect(url_for(".enrol_factor"), code=303)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.request_removal_inside(actor, password=form.password.data, device=web.this_device())
            return redirect(url_for(".removal_requested"), code=303)
    page = _say(form, service.lost_factor_for(actor), target=url_for(".request_removal_inside"))
    return page, form.status


@bp.get("/login/lost-factor/sent")
@access.public
def removal_requested() -> str:
    """Say what comes next, to everybody alike."""
    return render("accounts/removal_requested.html")


@bp.route("/lost-factor/confirm/<token>", methods=["GET", "POST"])
@access.public
def confirm_removal(token: str) -> ResponseReturnValue:
    """Show what the link begins, and begin it on pressing the button; begun already, show until when it can be stopped."""
    private_link()
    removal = service.removal_to_confirm(token)
    form = ConfirmForm()
    if not removal.confirmed_at and form.validate_on_submit():
        removal = service.confirm_removal(token)
        flash(_("Confirmed. We’ve emailed you when it happens and how to stop it."), "success")
    if removal.confirmed_at:
        return redirect(url_for(".stop_removal", token=service.own_stop_token(removal)), code=303)
    return render("accounts/confirm_removal.html", form=form), form.status


@bp.route("/lost-factor/stop/<token>", methods=["GET", "POST"])
@access.public
def stop_removal(token: str) -> ResponseReturnValue:
    """Show when a lost second factor goes, and keep it on pressing the button."""
    private_link()
    removal = service.removal_to_stop(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.stop_removal_by_link(token)
        _say_kept()
        return redirect(url_for(".security" if access.actor().is_signed_in else ".login"), code=303)
    return render("accounts/stop_removal.html", form=form, removal=removal), form.status


@bp.post("/settings/second-factor/keep")
@access.signed_in
def keep_factor() -> ResponseReturnValue:
    """Keep the second factor that was said to be lost. No fresh proof is asked: a defence must never be hard to make."""
    service.stop_removal(access.actor())
    _say_kept()
    return redirect(url_for(".security"), code=303)


def _say_kept() -> None:
    flash(
        _("Two-step verification stays on. If you didn’t ask to turn it off, someone knows your password: change it now."),
        "success",
    )
