"""Pages of the second factor: set up and taken away."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.factors import AddFactor, RemoveFactor
from portal.kit import access, web
from portal.kit.i18n import _
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.route("/settings/second-factor", methods=["GET", "POST"])
@access.fresh
def enrol_factor() -> ResponseReturnValue:
    """Show a secret for an authenticator app, and take its first code."""
    actor = access.actor()
    if actor.has_second_factor:
        flash(_("Two-step verification is already on. Turn it off first to set it up again."), "info")
        return redirect(url_for(".security"), code=303)
    form = AddFactor()
    if form.validate_on_submit():
        with form.showing_refusals():
            opened = service.add_factor(actor, sealed=form.sealed.data, code=form.code.data)
            access.start_browser_session(opened.secret, remembered=opened.remembered, mark=opened.mark)
            flash(_("Two-step verification is on. From now on we’ll ask for a code when you sign in."), "success")
            return redirect(web.next_path() or url_for(".security"), code=303)
    setup = service.begin_factor(actor, sealed=form.sealed.data)
    form.sealed.data = setup.sealed
    return render("accounts/enrol_factor.html", form=form, setup=setup), form.status


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
