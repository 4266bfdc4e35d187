"""What support staff do with a ticket: answer, close, reopen. Each act is in the audit trail."""

import uuid

from sqlalchemy import select

from portal.accounts.models import Person
from portal.kit import audit, clock
from portal.kit.actor import Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.support.models import Author, Message, Ticket, TicketState
from portal.support.service import access, conversations, threads


class AnsweredMeanwhile(Refusal):
    """Somebody of the staff has answered since the ticket was read."""


class WrittenMeanwhile(Refusal):
    """The customer has written since the ticket was read."""


class MovedMeanwhile(Refusal):
    """The ticket was closed or opened again since it was read."""


@for_staff(*access.TICKET_ROLES)
def answer(ticket_id: uuid.UUID, *, by: Staff, message: str, seen: str, closing: bool = False) -> None:
    """Answer by email and on the ticket's page; then it is the customer's turn, or with `closing` nobody's.

    `seen` is the mark of what was read. Raises NotFound, AnsweredMeanwhile, WrittenMeanwhile and MovedMeanwhile.
    """
    ticket = _locked(ticket_id)
    _refuse_unseen(ticket, seen)
    said = Message(ticket_id=ticket.id, author=Author.STAFF, staff_id=by.person_id, body=message)
    db.session.add(said)
    ticket.state, ticket.updated_at = TicketState.CLOSED if closing else TicketState.WAITING, clock.now()
    if ticket.email:
        threads.email_reply(ticket, said=said)
    record("support.ticket_answered", ticket=ticket, by=by.person_id)
    if closing:
        record("support.ticket_closed", ticket=ticket, by=by.person_id)


def _refuse_unseen(ticket: Ticket, seen: str) -> None:
    said = select(Message, Person.name).outerjoin(Person, Person.id == Message.staff_id)
    latest = said.where(Message.ticket_id == ticket.id).order_by(Message.at.desc(), Message.id.desc())
    newest, name = db.session.execute(latest.limit(1)).one_or_none() or (None, None)
    if seen == conversations.mark_of(ticket, newest=newest):
        return
    if newest is None or newest.id.hex == seen.rpartition(".")[2]:
        raise MovedMeanwhile
    if newest.author is Author.STAFF:
        raise AnsweredMeanwhile(name=conversations.first_name_of(name or ""))
    raise WrittenMeanwhile


@for_staff(*access.TICKET_ROLES)
def close_ticket(ticket_id: uuid.UUID, *, by: Staff, seen: str) -> None:
    """Close a ticket as it was read: `seen` is its mark. Again changes nothing.

    Raises NotFound, AnsweredMeanwhile, WrittenMeanwhile and MovedMeanwhile.
    """
    ticket = _locked(ticket_id)
    if ticket.state != TicketState.CLOSED:
        _refuse_unseen(ticket, seen)
    _move(ticket, by, state=TicketState.CLOSED, event="support.ticket_closed")


@for_staff(*access.TICKET_ROLES)
def reopen_ticket(ticket_id: uuid.UUID, *, by: Staff) -> None:
    """Open a ticket again. Raises NotFound."""
    _move(_locked(ticket_id), by, state=TicketState.OPEN, event="support.ticket_reopened")


def _locked(ticket_id: uuid.UUID) -> Ticket:
    ticket = db.lock(Ticket, ticket_id)
    if ticket is None:
        raise NotFound
    return ticket


def _move(ticket: Ticket, by: Staff, *, state: TicketState, event: str) -> None:
    if ticket.state == state:
        # Of two tabs one is late: what counts from the day of closing is not to start anew.
        return
    ticket.state, ticket.updated_at = state, clock.now()
    record(event, ticket=ticket, by=by.person_id)


def record(event: str, *, ticket: Ticket, by: uuid.UUID, **facts: object) -> None:
    """Record in the audit trail what staff did with a ticket."""
    audit.record(
        event,
        subject_id=access.whom_it_concerns(ticket),
        by=by,
        ticket=ticket.id,
        reference=ticket.reference,
        **facts,
    )
