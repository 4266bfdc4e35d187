"""The page of somebody whose account is disabled, and their appeal."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.disabling import service
from portal.disabling.forms import Appeal
from portal.kit import access, web
from portal.kit.i18n import _
from portal.kit.refusals import NotFound
from portal.kit.templating import render

bp = Blueprint("disabling", __name__)


@bp.get("/account-disabled")
@access.signed_in
@access.open_while_disabled
def disabled() -> ResponseReturnValue:
    """Say who disabled the account, when and why, what stays open, and how to appeal."""
    person = access.actor()
    if person.disabled_at is None:
        return redirect(web.home_path(), code=303)
    found = service.disabling_for(person)
    if found is None:
        raise NotFound
    return render("disabling/disabled.html", disabling=found)


@bp.route("/account-disabled/appeal", methods=["GET", "POST"])
@access.signed_in
@access.open_while_disabled
def appeal() -> ResponseReturnValue:
    """Take the appeal."""
    person, form = access.actor(), Appeal()
    if person.disabled_at is None:
        return redirect(web.home_path(), code=303)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.appeal(person, text=form.text.data)
            flash(_("Appeal sent. You’ll get our answer by email."), "success")
            return redirect(url_for(".disabled"), code=303)
    return render("disabling/appeal.html", form=form), form.status
