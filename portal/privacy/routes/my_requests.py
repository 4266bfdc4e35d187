"""The requests of whoever is signed in: what was asked, how it stands, and a request for what nobody can do alone."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, uploads
from portal.kit.i18n import _, _l
from portal.kit.templating import ago, render
from portal.legal.authorities import TABLE
from portal.privacy import service
from portal.privacy.forms import AskOurTeam, GiveVerdict, ReplyToRequest
from portal.privacy.routes.requests import SENT, THANKS, say_withdrawn

bp = Blueprint("my_requests", __name__)

PAST = {
    "privacy.export_started": _l("You asked for a download of your data"),
    "privacy.export_built": _l("The download was ready"),
    "privacy.export_fetched": _l("Downloaded"),
    "privacy.export_deleted": _l("You deleted the download"),
    "privacy.deletion_requested": _l("You asked us to delete your account"),
    "privacy.deletion_undone": _l("The deletion was cancelled"),
    "privacy.use_restricted": _l("You restricted the use of your data"),
    "privacy.restriction_lifted": _l("You lifted the restriction"),
}
"""What a person did with their rights, as the audit trail calls it, in words."""


@bp.get("/settings/privacy/requests")
@access.signed_in
@access.open_while_disabled
def requests() -> str:
    """Show the person's requests with their clocks, and what they did with their rights, newest first."""
    person = access.actor()
    past = service.past_for(person, events=PAST, after=request.args.get("after"))
    events = [{"when": ago(entry.at), "title": PAST[entry.event]} for entry in past.rows]
    mine = [] if "after" in request.args else service.requests_for(person)
    return render("privacy/requests.html", mine=mine, events=events, after=past.after)


@bp.route("/settings/privacy/requests/new", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
@uploads.takes_files
def new_request() -> ResponseReturnValue:
    """Take a request for what has no page of its own; a session is proof enough to ask (P32)."""
    form = AskOurTeam()
    if form.validate_on_submit():
        with form.showing_refusals():
            request_id = service.file_request(
                access.actor(),
                kind=service.Right(form.kind.data),
                message=form.message.data,
                uploads=form.uploads(),
            )
            flash(_("Request sent."), "success")
            return redirect(url_for(".my_request", request_id=request_id), code=303)
    return render("privacy/new_request.html", form=form), form.status


@bp.route("/settings/privacy/requests/<uuid:request_id>", methods=["GET", "POST"])
@access.signed_in
@access.open_while_disabled
def my_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Show one request, and take the last word on its answer."""
    person, form = access.actor(), GiveVerdict()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.judge(person, request_id=request_id, verdict=service.Verdict(form.verdict.data))
            flash(str(THANKS), "success")
            return redirect(url_for(".my_request", request_id=request_id), code=303)
    own = service.request_for(person, request_id, country=request.args.get("country", ""))
    return render("privacy/my_request.html", own=own, form=form, table=TABLE), form.status


@bp.route("/settings/privacy/requests/<uuid:request_id>/reply", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
@uploads.takes_files
def reply_to_mine(request_id: uuid.UUID) -> ResponseReturnValue:
    """Take what we asked for, with files."""
    form = ReplyToRequest()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.reply(access.actor(), request_id=request_id, message=form.message.data, uploads=form.uploads())
            flash(str(SENT), "success")
            return redirect(url_for(".my_request", request_id=request_id), code=303)
    return render("privacy/reply_to_mine.html", own=service.request_for(access.actor(), request_id), form=form), form.status


@bp.post("/settings/privacy/requests/<uuid:request_id>/withdraw")
@access.fresh
@access.open_while_disabled
def withdraw_mine(request_id: uuid.UUID) -> ResponseReturnValue:
    """Take a request back."""
    say_withdrawn(service.withdraw(access.actor(), request_id=request_id))
    return redirect(url_for(".my_request", request_id=request_id), code=303)
