"""The console's tickets: listed without what is in them; each is logged before it is shown."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.admin.forms import Answer
from portal.kit import access
from portal.kit.downloads import download
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.support import service as support

bp = Blueprint("admin", __name__)

LOGGED = "a staff read is written to the audit trail before it is shown (P37)"


@bp.get("/tickets")
@access.staff(*support.TICKET_ROLES)
def tickets() -> str:
    """List the tickets of a queue without what was written in them, nor by whom (P39)."""
    name = request.args.get("queue", "open")
    found = support.queue(name, by=access.acting_staff(), after=request.args.get("after"))
    return render("admin/tickets.html", queue=name, queues=support.QUEUES, tickets=found)


@bp.route("/tickets/<uuid:ticket_id>", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def ticket(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Show a ticket's text and files, logged first; take our answer."""
    form = Answer()
    if form.validate_on_submit():
        support.answer(ticket_id, by=access.acting_staff(), message=form.message.data)
        flash(_("Reply sent."), "success")
        return _back(ticket_id)
    return render(
        "admin/ticket.html", form=form, conversation=support.read_ticket(ticket_id, by=access.acting_staff())
    ), form.status


@bp.post("/tickets/<uuid:ticket_id>/close")
@access.staff(*support.TICKET_ROLES)
def close(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Close a ticket."""
    support.close_ticket(ticket_id, by=access.acting_staff())
    flash(_("Ticket closed."), "success")
    return _back(ticket_id)


@bp.post("/tickets/<uuid:ticket_id>/reopen")
@access.staff(*support.TICKET_ROLES)
def reopen(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Open a ticket again."""
    support.reopen_ticket(ticket_id, by=access.acting_staff())
    flash(_("Ticket reopened."), "success")
    return _back(ticket_id)


@bp.post("/messages/<uuid:message_id>/redact")
@access.staff(*support.TICKET_ROLES)
def redact_message(message_id: uuid.UUID) -> ResponseReturnValue:
    """Empty a message for good."""
    ticket_id = support.redact_message(message_id, by=access.acting_staff())
    flash(_("Text deleted permanently."), "success")
    return _back(ticket_id)


@bp.get("/files/<uuid:attachment_id>")
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def attachment(attachment_id: uuid.UUID) -> Response:
    """Hand out a ticket's file, logged first, as a download that no browser runs."""
    row = support.read_attachment(attachment_id, by=access.acting_staff())
    return download(support.open_file(row), name=row.name, media_type=support.media_type_of(row))


@bp.post("/files/<uuid:attachment_id>/redact")
@access.staff(*support.TICKET_ROLES)
def redact_file(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a ticket's file for good."""
    ticket_id = support.redact_file(attachment_id, by=access.acting_staff())
    flash(_("File deleted permanently."), "success")
    return _back(ticket_id)


def _back(ticket_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for(".ticket", ticket_id=ticket_id), 303)
