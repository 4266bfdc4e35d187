"""What a customer does with their own ticket once it is open: reply, close."""

import uuid
from collections.abc import Sequence

from portal.kit import accepted_files as file_rules
from portal.kit import audit, clock, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.unit import before_writes
from portal.support.models import Ticket, TicketState
from portal.support.service import access, messages

REPLIES = "20 per hour"


@before_writes
def reply(ticket_id: uuid.UUID, *, by: Actor, message: str, uploads: Sequence[file_rules.Upload]) -> None:
    """Add a customer's message to their own ticket, which is our turn again.

    Raises NotFound, TooManyTries, TooMuchStored, TicketFull, and what `files.accept_all` raises.
    """
    taken = file_rules.accept_all(uploads)
    throttle.consume("support.reply_person", str(by.person_id), REPLIES)
    ticket = access.find_own(by, ticket_id=ticket_id)
    messages.add_reply(ticket, body=message, files=taken)
    audit.record("support.customer_replied", subject_id=by.person_id, by=by.person_id, ticket=ticket.id, files=len(taken))


def close_own(ticket_id: uuid.UUID, *, by: Actor) -> None:
    """Close one's own ticket: the customer needs no more. Again changes nothing. Raises NotFound."""
    ticket = access.find_own(by, ticket_id=ticket_id)
    db.lock(Ticket, ticket.id)
    if ticket.state == TicketState.CLOSED:
        return
    ticket.state, ticket.updated_at = TicketState.CLOSED, clock.now()
    audit.record("support.customer_closed", subject_id=by.person_id, by=by.person_id, ticket=ticket.id)
