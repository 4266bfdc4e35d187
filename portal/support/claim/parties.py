"""Whose a ticket, a message and a file are."""

import uuid

from sqlalchemy import ColumnElement, Select, and_

from portal.kit.claims import Subjects, nobodys, of_subjects, parents
from portal.support.models import Message, Ticket, TicketKind

# What another account wrote is that account's, whatever address was typed. A report of misuse is its reporter's, never
# the account's that it names: whoever holds that account may be the one it tells of.
own_tickets = of_subjects(
    person=Ticket.subject_id,
    email=Ticket.email_key,
    since=Ticket.opened_at,
    email_only_if=and_(nobodys(Ticket.subject_id), Ticket.kind != TicketKind.MISUSE_REPORTED),
)

named = of_subjects(
    person=Ticket.about_id,
    email=Ticket.email_key,
    since=Ticket.opened_at,
    email_only_if=Ticket.kind == TicketKind.MISUSE_REPORTED,
)


def in_tickets(subjects: Subjects) -> ColumnElement[bool]:
    """Return the clause for the messages in the subjects' tickets."""
    return Message.ticket_id.in_(parents(Ticket.id, own_tickets(subjects), subjects, newest=Ticket.updated_at))


def messages(subjects: Subjects) -> Select[uuid.UUID]:
    """Return the ids of the messages in the subjects' tickets."""
    return parents(Message.id, in_tickets(subjects), subjects)
