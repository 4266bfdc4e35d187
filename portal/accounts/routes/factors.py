"""Pages of the second factor: set up and taken away."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.factors import AddFactor, RemoveFactor, ReplaceFactor, SaveCodes
from portal.accounts.routes.recovery_codes import show_codes
from portal.kit import access, web
from portal.kit.i18n import _
from portal.kit.refusals import LinkDead
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.route("/settings/second-factor", methods=["GET", "POST"])
@access.fresh
def enrol_factor() -> ResponseReturnValue:
    """Show a secret for an authenticator app, and take its first code; the recovery codes come next."""
    actor = access.actor()
    if actor.has_second_factor:
        return _is_on()
    form = AddFactor()
    if form.validate_on_submit():
        with form.showing_refusals():
            codes = service.prove_app(actor, sealed=form.sealed.data, code=form.code.data)
            return show_codes(SaveCodes(formdata=None), codes, target=_save_address())
    setup = service.begin_factor(actor, sealed=form.sealed.data)
    form.sealed.data = setup.sealed
    return render("accounts/enrol_factor.html", form=form, setup=setup), form.status


def _save_address() -> str:
    return url_for(".save_codes", next=web.next_path())


def _is_on() -> ResponseReturnValue:
    flash(_("Two-step verification is already on."), "info")
    return redirect(url_for(".security"), code=303)


@bp.route("/settings/second-factor/save-codes", methods=["GET", "POST"])
@access.fresh
def save_codes() -> ResponseReturnValue:
    """Turn the second factor on, once one of its recovery codes is typed; until then nothing has changed."""
    actor, form = access.actor(), SaveCodes()
    if form.validate_on_submit():
        try:
            with form.showing_refusals():
                opened = service.add_factor(actor, sealed=form.sealed.data, code=form.code.data)
                access.start_browser_session(opened.secret, remembered=opened.remembered, mark=opened.mark)
                flash(_("Two-step verification is on. From now on we’ll ask for a code when you sign in."), "success")
                return redirect(web.next_path() or url_for(".security"), code=303)
        except service.FactorPresent:
            return _is_on()
        except LinkDead:
            flash(_("That took too long. Please start again."), "info")
    codes = service.find_codes_in(actor, sealed=form.sealed.data or "")
    if codes is None:
        return redirect(url_for(".enrol_factor", next=web.next_path()), code=303)
    return show_codes(form, codes, target=_save_address())


@bp.route("/settings/second-factor/replace", methods=["GET", "POST"])
@access.fresh
def replace_factor() -> ResponseReturnValue:
    """Put the app of a new phone in the place of the old one, which is good until the new one is proven."""
    actor, form = access.actor(), ReplaceFactor()
    if not actor.has_second_factor:
        return redirect(url_for(".enrol_factor"), code=303)
    if form.validate_on_submit():
        with form.showing_refusals():
            sealed, password, code = form.sealed.data, form.password.data, form.code.data
            opened = service.replace_factor(actor, sealed=sealed, password=password, code=code, device=web.this_device())
            access.start_browser_session(opened.secret, remembered=opened.remembered, mark=opened.mark)
            flash(_("Your new app is ready to use. The old one no longer works."), "success")
            return redirect(url_for(".security"), code=303)
    setup = service.begin_factor(actor, sealed=form.sealed.data)
    form.sealed.data = setup.sealed
    return render("accounts/replace_factor.html", form=form, setup=setup), form.status


@bp.route("/settings/second-factor/remove", methods=["GET", "POST"])
@access.fresh
def remove_factor() -> ResponseReturnValue:
    """Take the second factor away, if the password can stand alone."""
    form = RemoveFactor()
    if form.validate_on_submit():
        with form.showing_refusals():
            opened = service.remove_factor(access.actor(), password=form.password.data, device=web.this_device())
            access.start_browser_session(opened.secret, remembered=opened.remembered, mark=opened.mark)
            flash(_("Two-step verification is off. You now sign in with just your password."), "success")
            return redirect(url_for(".security"), code=303)
    return render("accounts/remove_factor.html", form=form), form.status
