"""Tickets as their customer and as staff see them: lists in pages, one ticket as a conversation."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from portal.kit import clock, paging, staff_reads
from portal.kit.actor import Actor, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.support.models import Attachment, Message, RemovedFile, Ticket, TicketState
from portal.support.service import access

_OWN = select(Ticket).where(access.VISIBLE)
QUEUES = ("open", "urgent", "waiting", "closed")


@dataclass(frozen=True)
class ShownMessage:
    """One message with what hangs on it."""

    message: Message
    attachments: list[Attachment]
    removed: list[RemovedFile]


@dataclass(frozen=True)
class Conversation:
    """A ticket and everything said in it, oldest first."""

    ticket: Ticket
    messages: list[ShownMessage]


def tickets_for(actor: Actor, after: str | None = None, *, size: int = 20) -> paging.Page[Ticket]:
    """Return a page of the actor's own tickets, the one last touched first. Raises NotFound for a strange `after`."""
    return paging.paginate(_OWN, access.visible_to(actor), at=Ticket.updated_at, key=Ticket.id, after=after, size=size)


def ticket_for(actor: Actor, ticket_id: uuid.UUID) -> Conversation:
    """Return one of the actor's own tickets. Raises NotFound."""
    return _conversation(access.find_own(actor, ticket_id=ticket_id))


@for_staff(*access.TICKET_ROLES)
@before_writes
def read_ticket(ticket_id: uuid.UUID, *, by: Staff) -> Conversation:
    """Return any ticket to support staff; the read is on record, committed, before anything is shown (P36, P37).

    Raises NotFound.
    """
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound
    subjects = access.subjects_of(ticket)
    staff_reads.record(Ticket, by=by, subjects=subjects, basis=Basis.TICKET, basis_id=ticket.id)
    return _conversation(ticket)


def _conversation(ticket: Ticket) -> Conversation:
    messages = db.session.scalars(
        select(Message).where(Message.ticket_id == ticket.id).order_by(Message.at, Message.id)
    ).all()
    mine = select(Message.id).where(Message.ticket_id == ticket.id)
    shown = {message.id: ShownMessage(message, [], []) for message in messages}
    alive = select(Attachment).where(Attachment.message_id.in_(mine), Attachment.expires_at > clock.now())
    for attachment in db.session.scalars(alive.order_by(Attachment.added_at, Attachment.id)):
        shown[attachment.message_id].attachments.append(attachment)
    notes = select(RemovedFile).where(RemovedFile.message_id.in_(mine)).order_by(RemovedFile.removed_at)
    for note in db.session.scalars(notes):
        shown[note.message_id].removed.append(note)
    return Conversation(ticket, list(shown.values()))


@dataclass(frozen=True)
class QueueLine:
    """A ticket in a queue: what tells whose turn it is, and nothing that its customer wrote or is called (P39)."""

    id: uuid.UUID
    reference: str
    kind: str
    state: TicketState
    urgent: bool
    opened_at: datetime
    updated_at: datetime


@for_staff(*access.TICKET_ROLES)
def queue(name: str, *, by: Staff, after: str | None = None, size: int = 50) -> paging.Page[QueueLine]:
    """Return a page of one of the `QUEUES`; of what is our turn, who has waited longest comes first. Raises NotFound."""
    ours = name in ("open", "urgent")
    found = paging.paginate(_queue(name), at=Ticket.updated_at, key=Ticket.id, after=after, size=size, newest_first=not ours)
    lines = [
        QueueLine(one.id, one.reference, one.kind, one.state, one.urgent, one.opened_at, one.updated_at)
        for one in found.rows
    ]
    return paging.Page(lines, found.after)


def _queue(name: str) -> Select[Ticket]:
    clauses: Mapping[str, ColumnElement[bool]] = {
        "open": Ticket.state == TicketState.OPEN,
        "urgent": Ticket.urgent & (Ticket.state != TicketState.CLOSED),
        "waiting": Ticket.state == TicketState.WAITING,
        "closed": Ticket.state == TicketState.CLOSED,
    }
    if name not in clauses:
        raise NotFound
    return select(Ticket).where(clauses[name])


def count_queues() -> Mapping[str, int]:
    """Return how many tickets are open and how many are urgent and not settled, in one statement."""
    row = db.session.execute(
        select(
            func.count().filter(Ticket.state == TicketState.OPEN).label("open"),
            func.count().filter(Ticket.urgent, Ticket.state != TicketState.CLOSED).label("urgent"),
        ).where(Ticket.state.in_((TicketState.OPEN, TicketState.WAITING)))
    ).one()
    return {"open": row.open, "urgent": row.urgent}
