"""The person's own rights: see, take, delete; and the two pages behind links in emails."""

import uuid

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, clock, formats, page_language
from portal.kit.actor import Role
from portal.kit.claims import MOST_COUNTED
from portal.kit.downloads import download
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _, _l
from portal.kit.staff_reads import Basis, StaffRead
from portal.kit.templating import ago, day, render
from portal.kit.unit import after_unit
from portal.legal import vendors
from portal.privacy import service
from portal.privacy.forms import Delete

bp = Blueprint("privacy", __name__)

PAST = {
    "privacy.export_started": _l("You asked for a download of your data"),
    "privacy.export_built": _l("The download was ready"),
    "privacy.export_fetched": _l("Downloaded"),
    "privacy.export_deleted": _l("You deleted the download"),
    "privacy.deletion_requested": _l("You asked us to delete your account"),
    "privacy.deletion_undone": _l("The deletion was cancelled"),
}
"""What a person did with their rights, as the audit trail calls it, in words."""
BASES = {
    Basis.TICKET: _l("A support ticket of yours"),
    Basis.TICKET_LIST: _l("In the list of tickets"),
    Basis.INCIDENT: _l("Your data, because of an incident"),
    Basis.GRANT: _l("Your data, under a grant for one case"),
}
"""What staff looked at, by what gave them the right."""


@bp.get("/settings/privacy")
@access.signed_in
def overview() -> str:
    """Show what is held, who else holds it, and the ways to take and to delete it (P24, P28)."""
    person = access.actor()
    return render(
        "privacy/overview.html",
        held=service.held_for(person),
        most=MOST_COUNTED,
        undisclosed=service.undisclosed(),
        export=service.newest_export_for(person),
        vendors=vendors.in_force(clock.today()),
    )


@bp.get("/settings/privacy/who-looked")
@access.signed_in
def who_looked() -> str:
    """Show each time that staff read data about the person (P36)."""
    found = service.staff_reads_for(access.actor(), after=request.args.get("after"))
    return render("privacy/who_looked.html", reads=[_said(read) for read in found.rows], after=found.after)


def _said(read: StaffRead) -> tuple[str, str, str]:
    """Say when, who and what. Of the lists of a day, whoever looked at them, one stands for all."""
    basis = Basis(read.basis)
    if basis is Basis.TICKET_LIST:
        return _("%(day)s (UTC)", day=day(read.at, "UTC")), _("Our support team"), str(BASES[basis])
    return ago(read.at), Role(read.role).label, str(BASES[basis])


@bp.get("/settings/privacy/requests")
@access.signed_in
def requests() -> str:
    """Show what the person did with their rights, newest first."""
    past = service.past_for(access.actor(), events=PAST, after=request.args.get("after"))
    events = [{"when": ago(entry.at), "title": PAST[entry.event]} for entry in past.rows]
    return render("privacy/requests.html", events=events, after=past.after)


@bp.post("/settings/privacy/export")
@access.fresh
def start_export() -> ResponseReturnValue:
    """Start a copy of the person's data (v5.0.0-7.5.3)."""
    service.start_export(access.actor())
    return redirect(url_for(".overview", _anchor="copy"), code=303)


@bp.get("/settings/privacy/export/<uuid:export_id>")
@access.fresh
@access.get_with_side_effect("notes once that the copy was fetched, so that its person would see a stranger's fetch")
def export_file(export_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out a copy, or show how far it is."""
    person = access.actor()
    export = service.export_for(person, export_id)
    if export.ready_at is None:
        return render("privacy/export_file.html", export=export)
    if request.method != "HEAD":
        after_unit(lambda: service.note_fetched(export_id))
    name = f"my-data-{export.ready_at.date().isoformat()}.zip"
    response = download(service.open_export(export_id, by=person), name=name, media_type="application/zip")
    response.content_length = export.size
    return response


@bp.get("/settings/privacy/export/<uuid:export_id>/progress")
@access.signed_in
def export_progress(export_id: uuid.UUID) -> Response:
    """Say how far a copy is, to the script of the page."""
    export = service.export_for(access.actor(), export_id)
    said = formats.how_far(export.done, export.total, export.requested_at)
    return jsonify(state=export.state, done=export.done, total=export.total, said=said)


@bp.post("/settings/privacy/export/<uuid:export_id>/delete")
@access.signed_in
def delete_export(export_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a copy before its time."""
    service.delete_export(export_id, by=access.actor())
    flash(_("Download deleted."), "success")
    return redirect(url_for(".overview", _anchor="copy"), code=303)


@bp.route("/settings/privacy/delete", methods=["GET", "POST"])
@access.fresh
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


@bp.get("/privacy/receipt/<token>")
@access.public
def receipt(token: str) -> str:
    """Show the receipt of a deletion, in the language in which it was frozen; it holds nothing about anybody."""
    private_link()
    receipt = service.receipt_by_token(token)
    page_language.speak(receipt.language)
    return render("privacy/receipt.html", receipt=receipt)
