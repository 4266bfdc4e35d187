"""Restricting every use of one's data."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service

bp = Blueprint("restrictions", __name__)


@bp.get("/settings/privacy/restriction")
@access.signed_in
@access.open_while_disabled
def restriction() -> str:
    """Say what restricting means, and how it stands (P27)."""
    return render("privacy/restriction.html", since=service.restricted_since(access.actor()))


@bp.post("/settings/privacy/restriction/on")
@access.signed_in
@access.open_while_disabled
def restrict() -> ResponseReturnValue:
    """Restrict every use."""
    service.restrict(access.actor())
    flash(_("The use of your data is restricted from now on."), "success")
    return redirect(url_for(".restriction"), code=303)


@bp.post("/settings/privacy/restriction/off")
@access.signed_in
@access.open_while_disabled
def lift_restriction() -> ResponseReturnValue:
    """Lift the restriction."""
    service.lift_restriction(access.actor())
    flash(_("The restriction is lifted. Your email preferences apply again."), "success")
    return redirect(url_for(".restriction"), code=303)
