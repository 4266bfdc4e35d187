"""What a customer does with their own ticket once it is open: reply, close."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select

from portal.kit import audit, clock, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.kit.unit import before_writes
from portal.support import files as file_rules
from portal.support.models import Message, TicketState
from portal.support.service import access, tickets

REPLIES = "20 per hour"
MOST_MESSAGES = 300
"""In one ticket, which is read and shown whole."""


class TicketFull(Refusal):
    """The ticket holds as many messages as one page should show."""


@before_writes
def reply(ticket_id: uuid.UUID, *, by: Actor, message: str, uploads: Sequence[file_rules.Upload]) -> None:
    """Add a customer's message to their own ticket, which is our turn again.

    Raises NotFound, TooManyTries, TooMuchStored, TicketFull, and what `files.accept_all` raises.
    """
    taken = file_rules.accept_all(uploads)
    throttle.consume("support.reply_person", str(by.person_id), REPLIES)
    ticket = access.find_own(by, ticket_id=ticket_id)
    said = select(func.count()).select_from(Message).where(Message.ticket_id == ticket.id)
    if (db.session.scalar(said) or 0) >= MOST_MESSAGES:
        raise TicketFull
    tickets.add_message(ticket, body=message, files=taken)
    ticket.state, ticket.updated_at = TicketState.OPEN, clock.now()
    audit.record("support.customer_replied", subject_id=by.person_id, by=by.person_id, ticket=ticket.id, files=len(taken))


def close_own(ticket_id: uuid.UUID, *, by: Actor) -> None:
    """Close one's own ticket: the customer needs no more. Raises NotFound."""
    ticket = access.find_own(by, ticket_id=ticket_id)
    ticket.state, ticket.updated_at = TicketState.CLOSED, clock.now()
    audit.record("support.customer_closed", subject_id=by.person_id, by=by.person_id, ticket=ticket.id)
