"""Deleting: told beforehand, asked for, undone."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service
from portal.privacy.forms import Delete

bp = Blueprint("deletions", __name__)


@bp.route("/settings/privacy/delete", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
def delete() -> ResponseReturnValue:
    """Tell what a deletion would do; on confirmation close the account and send the link to undo it (P28)."""
    form = Delete()
    if form.validate_on_submit():
        with form.showing_refusals():
            actor = access.actor()
            token = service.closing_page_token(service.request_deletion(actor), zone=actor.time_zone)
            access.end_browser_session()
            return redirect(url_for(".deletion_begun", closing=token), code=303)
    return render("privacy/delete.html", form=form, outlook=service.outlook_for(access.actor())), form.status


@bp.get("/settings/privacy/delete/done")
@access.public
def deletion_begun() -> str:
    """Say what happens next, to somebody who is signed out by now."""
    return render("privacy/deletion_begun.html", undoable=service.find_closing(request.args.get("closing", "")))


@bp.route("/settings/privacy/delete/undo/<token>", methods=["GET", "POST"])
@access.public
def undo(token: str) -> ResponseReturnValue:
    """Show the deletion that can be undone, and undo it when the button is pressed."""
    private_link()
    form = ConfirmForm()
    if form.validate_on_submit():
        service.undo(token)
        flash(_("Your account is open again. Nothing was deleted. Sign in to continue."), "success")
        return redirect(url_for("accounts.login"), code=303)
    return render("privacy/undo.html", form=form, undoable=service.undoable(token)), form.status
