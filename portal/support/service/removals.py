"""What support staff remove from a ticket for good: shown before it goes, with a reason that its customer is told."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from portal.kit import clock, staff_reads
from portal.kit.actor import Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.support import mail
from portal.support.models import Attachment, Message, Removal, RemovalReason, Ticket, TicketKind
from portal.support.service import access, attachments, guest_links
from portal.support.service.staff_replies import record


@dataclass(frozen=True)
class ShownText:
    """A message that may be removed, and whether it is the first one, which the subject says in short."""

    ticket: Ticket
    message: Message
    is_first: bool


@for_staff(*access.TICKET_ROLES)
@before_writes
def read_text(message_id: uuid.UUID, *, by: Staff) -> ShownText:
    """Return a message to whoever may remove its text; the read is on record before (P36). Raises NotFound."""
    message = db.session.get(Message, message_id)
    if message is None or not message.body:
        raise NotFound
    ticket = attachments.ticket_of(message.id)
    shown = ShownText(ticket, message, _is_first(message))
    subjects = access.subjects_of(ticket)
    staff_reads.record(Message, by=by, subjects=subjects, basis=Basis.TICKET, basis_id=ticket.id)
    return shown


@for_staff(*access.TICKET_ROLES)
def redact_message(message_id: uuid.UUID, *, by: Staff, reason: RemovalReason, with_subject: bool = False) -> uuid.UUID:
    """Empty a message for good; the note that it was there stays, with its reason. Returns its ticket's id. Raises NotFound.

    The subject line stays, unless it is to go `with_subject`: with the first message, which it says in short.
    """
    message = db.lock(Message, message_id)
    if message is None or not message.body:
        raise NotFound
    ticket = attachments.ticket_of(message.id)
    message.body, message.redacted_at, message.redacted_why = "", clock.now(), reason
    takes_subject = with_subject and _is_first(message)
    if takes_subject:
        ticket.subject = ""
    record(
        "support.message_redacted",
        ticket=ticket,
        by=by.person_id,
        message=message.id,
        reason=reason.value,
        subject=takes_subject,
    )
    if _is_told(ticket):
        mail.text_removed(ticket, reason=reason, token=guest_links.token_for(ticket))
    return ticket.id


def _is_first(message: Message) -> bool:
    first = select(Message.id).where(Message.ticket_id == message.ticket_id).order_by(Message.at, Message.id).limit(1)
    return db.session.scalar(first) == message.id


@for_staff(*access.TICKET_ROLES)
def redact_file(attachment_id: uuid.UUID, *, by: Staff, reason: RemovalReason) -> uuid.UUID:
    """Delete a file for good; the note that it was there stays, with its reason. Returns its ticket's id.

    Raises NotFound.
    """
    row = db.lock(Attachment, attachment_id)
    if row is None:
        raise NotFound
    ticket = attachments.ticket_of(row.message_id)
    attachments.remove(row, why=Removal.STAFF, reason=reason)
    record("support.file_redacted", ticket=ticket, by=by.person_id, file=row.id, reason=reason.value)
    if _is_told(ticket):
        mail.file_removed(ticket, reason=reason, token=guest_links.token_for(ticket))
    return ticket.id


def _is_told(ticket: Ticket) -> bool:
    # The address of a report of misuse is that of the account it names, which may be in other hands.
    return bool(ticket.email) and ticket.kind is not TicketKind.MISUSE_REPORTED
