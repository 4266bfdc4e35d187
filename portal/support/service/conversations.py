"""Tickets as their customer sees them, in a list and one by one, and one ticket as staff see it: a conversation."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Person
from portal.consent import service as consent
from portal.kit import clock, paging, staff_reads
from portal.kit.actor import Actor, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.support.models import Attachment, Author, Message, RemovedFile, Ticket
from portal.support.service import access

_OWN = paging.Listing(
    Ticket.id, Ticket.reference, Ticket.kind, Ticket.subject, Ticket.state, Ticket.urgent, Ticket.updated_at,
    where=access.VISIBLE, at=Ticket.updated_at, key=Ticket.id, size=20,
)  # fmt: skip


LATEST = 3
"""Messages at the end of a long conversation that are shown at once; so is the first, which asks."""


def first_name_of(name: str) -> str:
    """Return what customers call a member of our team."""
    return next(iter(name.split()), "")


@dataclass(frozen=True)
class ShownMessage:
    """One message with who answers in it, by first name, and what hangs on it."""

    message: Message
    first_name: str
    initial: str
    """The letter that stands in its writer's face."""
    attachments: list[Attachment]
    removed: list[RemovedFile]


@dataclass(frozen=True)
class Conversation:
    """A ticket and everything said in it, oldest first."""

    ticket: Ticket
    messages: list[ShownMessage]
    is_proven: bool = False
    """Whether the email address is that of the account which wrote; asked for our team only."""
    is_usable: bool = True
    """Whether its customer lets us use what they wrote for more than to answer them, as staff see it (P27)."""

    @property
    def opening(self) -> list[ShownMessage]:
        """What is shown before the fold: everything, or the first message of a long conversation."""
        return self.messages[:1] if self.older else self.messages[:-LATEST]

    @property
    def older(self) -> list[ShownMessage]:
        """What a long conversation folds; one message alone is not worth a fold."""
        between = self.messages[1:-LATEST]
        return between if len(between) > 1 else []

    @property
    def latest(self) -> list[ShownMessage]:
        """What is shown after the fold."""
        return self.messages[-LATEST:]

    @property
    def mark(self) -> str:
        """What whoever answers has seen: it is another once something was said or settled."""
        return mark_of(self.ticket, newest=self.messages[-1].message if self.messages else None)


def mark_of(ticket: Ticket, *, newest: Message | None) -> str:
    """Return the mark of a ticket whose newest message is this one."""
    return f"{ticket.state}.{newest.id.hex if newest else ''}"


def tickets_for(actor: Actor, after: str | None = None) -> paging.Page[Any]:
    """Return a page of the actor's own tickets, the one last touched first. Raises NotFound for a strange `after`."""
    return _OWN.page(access.visible_to(actor), after=after)


def ticket_for(actor: Actor, ticket_id: uuid.UUID) -> Conversation:
    """Return one of the actor's own tickets. Raises NotFound."""
    return conversation_of(access.find_own(actor, ticket_id=ticket_id))


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
    usable = all(consent.may_use(each, purpose=consent.STAFF_SEARCH) for each in subjects)
    return replace(conversation_of(ticket), is_proven=access.is_proven(ticket), is_usable=usable)


def _shown(ticket: Ticket, message: Message, name: str) -> ShownMessage:
    whose = ticket.name if message.author is Author.CUSTOMER else name
    return ShownMessage(message, first_name_of(name), whose.strip()[:1].upper() or "–", [], [])


def conversation_of(ticket: Ticket) -> Conversation:
    """Return a ticket with everything said in it, for whoever may see it."""
    said = select(Message, Person.name).outerjoin(Person, Person.id == Message.staff_id)
    messages = db.session.execute(said.where(Message.ticket_id == ticket.id).order_by(Message.at, Message.id)).all()
    mine = select(Message.id).where(Message.ticket_id == ticket.id)
    shown = {message.id: _shown(ticket, message, name or "") for message, name in messages}
    alive = select(Attachment).where(Attachment.message_id.in_(mine), Attachment.expires_at > clock.now())
    for attachment in db.session.scalars(alive.order_by(Attachment.added_at, Attachment.id)):
        # One that came with a message which was sent a moment ago is shown with it, the next time.
        if attachment.message_id in shown:
            shown[attachment.message_id].attachments.append(attachment)
    notes = select(RemovedFile).where(RemovedFile.message_id.in_(mine)).order_by(RemovedFile.removed_at)
    for note in db.session.scalars(notes):
        if note.message_id in shown:
            shown[note.message_id].removed.append(note)
    return Conversation(ticket, list(shown.values()))
