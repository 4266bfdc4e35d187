"""The page of sessions, second factor and history, and the buttons that end a session."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.kit import access
from portal.kit.forms import ConfirmForm
from portal.kit.i18n import _
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.get("/settings/security")
@access.signed_in
@access.open_while_disabled
def security() -> str:
    """Show sessions, the second factor, the history of sign-ins, and the report that it was not you."""
    actor = access.actor()
    return render(
        "accounts/security.html",
        sessions=service.sessions_for(actor),
        history=service.history_for(actor),
        codes_left=service.count_codes(actor.require_id()) if actor.has_second_factor else None,
        few=service.FEW,
        removal=service.find_waiting_removal_for(actor) if actor.has_second_factor else None,
    )


@bp.route("/settings/security/history/delete", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
def delete_history() -> ResponseReturnValue:
    """Delete one's own history, once confirmed (P28)."""
    form = ConfirmForm()
    if form.validate_on_submit():
        service.delete_history(access.actor())
        flash(_("History deleted. If there was very much of it, the rest goes within a few minutes."), "success")
        return redirect(url_for(".security", _anchor="history"), code=303)
    return render("accounts/delete_history.html", form=form), form.status


@bp.post("/settings/sessions/<uuid:session_id>/revoke")
@access.signed_in
@access.open_while_disabled
def revoke_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own sessions; somebody else's does not exist here."""
    service.revoke_session(session_id, by=access.actor())
    flash(_("Signed out on that device. Anything that was waiting to be confirmed has been cancelled."), "success")
    return redirect(url_for(".security"), code=303)


@bp.post("/settings/sessions/revoke-others")
@access.signed_in
@access.open_while_disabled
def revoke_others() -> ResponseReturnValue:
    """End every session but this one."""
    service.end_other_sessions(access.actor())
    flash(_("Signed out everywhere else. Anything that was waiting to be confirmed has been cancelled."), "success")
    return redirect(url_for(".security"), code=303)
