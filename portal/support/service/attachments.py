"""Files beside messages: stored under names of our own, gone when their time is up, never handed to anybody else (P16)."""

import uuid
from collections.abc import Sequence
from typing import BinaryIO

from sqlalchemy import ColumnElement, Select, and_, delete, func, select

from portal.kit import audit, clock, staff_reads
from portal.kit.accepted_files import KINDS, NewFile
from portal.kit.actor import Actor, Staff, for_staff
from portal.kit.db import db
from portal.kit.files import parts_of, storage
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.support.models import Attachment, Message, Removal, RemovalReason, RemovedFile, Ticket
from portal.support.service import access

KIND = "attachment"
MOST_STORED = 100 * 1024 * 1024
MOST_OF_STRANGERS = 1024 * 1024 * 1024
"""Bytes of all files that came from people without an account: they may name as many addresses as they like."""


class TooMuchStored(Refusal):
    """The person's tickets hold as much as they may (v5.0.0-5.2.4)."""


class StrangersShareSpent(Refusal):
    """All the tickets of people without an account hold as much as they may together."""


def check_room(ticket: Ticket, *, files: Sequence[NewFile]) -> None:
    """Raise TooMuchStored or StrangersShareSpent when the tickets beside this one would hold more than they may."""
    size = sum(each.size for each in files)
    if files and _stored_beside(ticket) + size > MOST_STORED:
        raise TooMuchStored
    if files and not ticket.subject_id and _stored(Ticket.subject_id.is_(None)) + size > MOST_OF_STRANGERS:
        raise StrangersShareSpent


def attach(message: Message, *, files: Sequence[NewFile]) -> None:
    """Store the files of a new message."""
    expires_at = clock.now() + period("attachment")
    for each in files:
        row = Attachment(
            message_id=message.id,
            file_key=storage().store(KIND, parts_of(each.stream)),
            name=each.name,
            kind=each.kind,
            size=each.size,
            expires_at=expires_at,
        )
        db.session.add(row)


def _stored_beside(ticket: Ticket) -> int:
    # A stranger who types a customer's address must not fill that customer's share.
    same = (
        Ticket.subject_id == ticket.subject_id
        if ticket.subject_id
        else and_(Ticket.subject_id.is_(None), Ticket.email_key == ticket.email_key)
    )
    return _stored(same)


def _stored(which: ColumnElement[bool]) -> int:
    total = select(func.sum(Attachment.size)).join(Message, Message.id == Attachment.message_id)
    return int(db.session.scalar(total.join(Ticket, Ticket.id == Message.ticket_id).where(which)) or 0)


def attachment_for(actor: Actor, attachment_id: uuid.UUID) -> Attachment:
    """Return a file of the actor's own tickets. Raises NotFound."""
    own = _found(attachment_id).join(Ticket, Ticket.id == Message.ticket_id).where(access.VISIBLE)
    row = db.session.scalar(own, access.visible_to(actor))
    if row is None:
        raise NotFound
    return row


def attachment_in(ticket: Ticket, *, attachment_id: uuid.UUID) -> Attachment:
    """Return a file of this ticket. Raises NotFound."""
    row = db.session.scalar(_found(attachment_id).where(Message.ticket_id == ticket.id))
    if row is None:
        raise NotFound
    return row


@for_staff(*access.TICKET_ROLES)
@before_writes
def read_attachment(attachment_id: uuid.UUID, *, by: Staff) -> Attachment:
    """Return a file to support staff; the read is on record before (P36). Raises NotFound."""
    row = db.session.scalar(_found(attachment_id))
    if row is None:
        raise NotFound
    ticket = ticket_of(row.message_id)
    subjects = access.subjects_of(ticket)
    staff_reads.record(Attachment, by=by, subjects=subjects, basis=Basis.TICKET, basis_id=ticket.id)
    return row


def _found(attachment_id: uuid.UUID) -> Select[Attachment]:
    # One whose time is up is gone, also before the sweep comes round.
    return (
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .where(Attachment.id == attachment_id, Attachment.expires_at > clock.now())
    )


def ticket_of(message_id: uuid.UUID) -> Ticket:
    """Return the ticket that a message belongs to. Raises NotFound."""
    ticket = db.session.scalar(select(Ticket).join(Message, Message.ticket_id == Ticket.id).where(Message.id == message_id))
    if ticket is None:
        raise NotFound
    return ticket


def open_file(attachment: Attachment) -> BinaryIO:
    """Open a file for reading. Raises NotFound when it has gone meanwhile."""
    try:
        return storage().open(attachment.file_key)
    except FileNotFoundError:
        raise NotFound from None


def media_type_of(attachment: Attachment) -> str:
    """Return the media type under which a file is handed out: ours by its content, never the sender's word."""
    return KINDS[attachment.kind].media_type


def delete_file(attachment_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Delete one of the actor's own files now; return its ticket's id. Raises NotFound."""
    row = attachment_for(by, attachment_id)
    ticket = ticket_of(row.message_id)
    remove(row, why=Removal.OWNER)
    audit.record("support.file_deleted", subject_id=by.person_id, by=by.person_id, ticket=ticket.id, file=row.id)
    return ticket.id


def remove(row: Attachment, *, why: str, reason: RemovalReason | None = None) -> None:
    """Delete a file and leave the note that there was one; of two who delete it at once, one leaves the note."""
    if db.affected(delete(Attachment).where(Attachment.id == row.id)) == 1:
        db.session.add(RemovedFile(message_id=row.message_id, why=why, reason=reason))
    storage().delete(row.file_key)


def delete_files(rows: Sequence[Attachment]) -> None:
    """Delete the files of rows that are about to go; those whose time is up leave a note (P16)."""
    for row in rows:
        storage().delete(row.file_key)
        if row.expires_at <= clock.now():
            db.session.add(RemovedFile(message_id=row.message_id, why=Removal.EXPIRED))
