"""What is said in a ticket: added with its files, whoever says it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from portal.kit import accepted_files as file_rules
from portal.kit import clock
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.support.models import Author, Message, Ticket, TicketState
from portal.support.service import attachments

MOST_MESSAGES = 300
"""In one ticket, which is read and shown whole."""


class TicketFull(Refusal):
    """The ticket holds as many messages as one page should show."""


def add_message(
    ticket: Ticket, *, body: str, author: Author = Author.CUSTOMER, files: Sequence[file_rules.NewFile] = ()
) -> None:
    """Add a message with its files to a ticket. Raises TooMuchStored."""
    attachments.check_room(ticket, files=files)
    message = Message(id=uuid.uuid4(), ticket_id=ticket.id, author=author, body=body)
    db.session.add(message)
    db.session.flush()
    attachments.attach(message, files=files)


def add_reply(ticket: Ticket, *, body: str, files: Sequence[file_rules.NewFile]) -> None:
    """Add a customer's further message; it is our turn again. Raises TicketFull, TooMuchStored."""
    # Ours may be answering, or closing it, at this moment: whoever is second sees what the first has done.
    db.lock(Ticket, ticket.id)
    if is_full(ticket):
        raise TicketFull
    add_message(ticket, body=body, files=files)
    ticket.state, ticket.updated_at = TicketState.OPEN, clock.now()


def is_full(ticket: Ticket) -> bool:
    """Tell whether a ticket takes no further message."""
    said = select(func.count()).select_from(Message).where(Message.ticket_id == ticket.id)
    return (db.session.scalar(said) or 0) >= MOST_MESSAGES
