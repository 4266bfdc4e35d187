"""What hangs in a ticket: a file is handed out, a text or a file is removed for good. Each is logged before it is shown."""

import uuid

from flask import Blueprint, Response, flash
from flask.typing import ResponseReturnValue

from portal.admin.forms import RemoveFile, RemoveText
from portal.admin.places import back, place
from portal.admin.routes.tickets import LOGGED
from portal.kit import access
from portal.kit.downloads import download
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.support import service as support

bp = Blueprint("admin", __name__)


@bp.get("/files/<uuid:attachment_id>")
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def attachment(attachment_id: uuid.UUID) -> Response:
    """Hand out a ticket's file, logged first, as a download that no browser runs."""
    row = support.read_attachment(attachment_id, by=access.acting_staff())
    return download(support.open_file(row), name=row.name, media_type=support.media_type_of(row))


@bp.route("/messages/<uuid:message_id>/redact", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def redact_message(message_id: uuid.UUID) -> ResponseReturnValue:
    """Show what goes and ask for the reason; empty a message for good, and tell its customer."""
    form, by = RemoveText(), access.acting_staff()
    if form.validate_on_submit():
        ticket_id = support.redact_message(
            message_id, by=by, reason=support.RemovalReason(form.reason.data), with_subject=form.subject.data
        )
        flash(_("Text removed for good."), "success")
        return back(ticket_id)
    shown = support.read_text(message_id, by=by)
    return render("admin/redact_message.html", form=form, shown=shown, place=place()), form.status


@bp.route("/files/<uuid:attachment_id>/redact", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def redact_file(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Show what goes and ask for the reason; delete a ticket's file for good, and tell its customer."""
    form, by = RemoveFile(), access.acting_staff()
    if form.validate_on_submit():
        ticket_id = support.redact_file(attachment_id, by=by, reason=support.RemovalReason(form.reason.data))
        flash(_("File removed for good."), "success")
        return back(ticket_id)
    file = support.read_attachment(attachment_id, by=by)
    ticket_id = support.ticket_of(file.message_id).id
    return render("admin/redact_file.html", form=form, file=file, ticket_id=ticket_id, place=place()), form.status
