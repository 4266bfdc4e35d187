"""What customers may have deleted by itself once it is old: tickets that are closed, and files (standing orders)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, true

from portal.kit.db import db
from portal.kit.files import storage
from portal.support.models import Attachment, Message, Removal, RemovedFile, Ticket, TicketKind, TicketState

TICKETS_AT_ONCE = 20
"""Each goes with all that was said in it."""


def closed_before(person_id: Any, *, before: datetime) -> ColumnElement[bool]:
    """Return the clause for the tickets of an account that nobody has touched since they were closed.

    What the portal itself raised stays: it tells of an account that may have been in other hands.
    """
    return and_(
        Ticket.subject_id == person_id,
        Ticket.kind == TicketKind.CONTACT,
        # In words that no index answers: SQLite would rather look through every closed ticket than for one person's.
        (Ticket.state == TicketState.CLOSED).is_(true()),
        Ticket.updated_at < before,
    )


def delete_closed(person_id: uuid.UUID, *, before: datetime, most: int) -> int:
    """Delete tickets that are still closed, with their messages and files, and return how many.

    Each is locked first: one in which somebody writes at this moment is passed over.
    """
    due = select(Ticket.id).where(closed_before(person_id, before=before)).order_by(Ticket.updated_at)
    locked = due.limit(min(most, TICKETS_AT_ONCE)).with_for_update(skip_locked=True)
    tickets = db.session.scalars(locked).all()
    said = select(Message.id).where(Message.ticket_id.in_(tickets))
    for key in db.session.scalars(select(Attachment.file_key).where(Attachment.message_id.in_(said))):
        storage().delete(key)
    if tickets:
        db.session.execute(delete(Ticket).where(Ticket.id.in_(tickets)))
    return len(tickets)


def files_added_before(person_id: Any, *, before: datetime) -> ColumnElement[bool]:
    """Return the clause for the files in an account's tickets that were added before an instant."""
    said = select(Message.id).where(Message.ticket_id.in_(select(Ticket.id).where(Ticket.subject_id == person_id)))
    return and_(Attachment.message_id.in_(said), Attachment.added_at < before)


def delete_old_files(person_id: uuid.UUID, *, before: datetime, most: int) -> int:
    """Delete files as their owner would, with a note in their place, and return how many (P16)."""
    due = select(Attachment).where(files_added_before(person_id, before=before)).order_by(Attachment.added_at)
    files = db.session.scalars(due.limit(most).with_for_update(skip_locked=True)).all()
    for each in files:
        storage().delete(each.file_key)
        db.session.add(RemovedFile(message_id=each.message_id, why=Removal.OWNER))
        db.session.delete(each)
    return len(files)
