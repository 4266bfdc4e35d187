"""Who may see a ticket: its own customer, and staff whose role is support."""

import uuid

from sqlalchemy import and_, bindparam, case, null, or_, select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.actor import Actor, Role
from portal.kit.claims import nobodys
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.refusals import NotFound
from portal.support.models import Ticket, TicketKind

TICKET_ROLES = (Role.SUPPORT, Role.SENIOR)
"""Who of the staff reads and answers tickets."""


VISIBLE = and_(
    or_(
        Ticket.subject_id == bindparam("visible_to"),
        and_(nobodys(Ticket.subject_id), Ticket.email_key == bindparam("visible_by")),
    ),
    Ticket.kind != TicketKind.MISUSE_REPORTED,
)
"""The clause for the tickets that a customer sees: opened by the account, or with its proven address.

A ticket opened by another account never shows, whatever address was typed. A report of misuse never shows either: it tells
of an account that may be in other hands. `visible_to` gives the values of its parameters.
"""


def visible_to(actor: Actor) -> dict[str, object]:
    """Return the parameters with which `VISIBLE` means the tickets of this customer; nobody sees none."""
    return {"visible_to": actor.person_id, "visible_by": lookup_key(actor.email) if actor.person_id else None}


def find_own(actor: Actor, *, ticket_id: uuid.UUID) -> Ticket:
    """Return a customer's own ticket. Raises NotFound for anybody else's, as for one that is not there (v5.0.0-8.2.2)."""
    ticket = db.session.scalar(select(Ticket).where(Ticket.id == ticket_id, VISIBLE), visible_to(actor))
    if ticket is None:
        raise NotFound
    return ticket


def subjects_of(ticket: Ticket) -> list[uuid.UUID]:
    """Return whose accounts see that the ticket was read."""
    concerned = whom_it_concerns(ticket)
    return [concerned] if concerned else []


def whom_it_concerns(ticket: Ticket) -> uuid.UUID | None:
    """Return whose account sees that the ticket was read: its opener, else who has proven its address.

    Of a report of misuse never the account that it names, which may be in other hands.
    """
    if ticket.subject_id is not None:
        return ticket.subject_id
    if ticket.kind == TicketKind.MISUSE_REPORTED:
        return None
    person = accounts.find_by_email(ticket.email)
    return person.id if person else None


CONCERNED = case(
    (Ticket.subject_id.is_not(None), Ticket.subject_id),
    (Ticket.kind == TicketKind.MISUSE_REPORTED, null()),
    else_=select(Person.id).where(Person.email_key == Ticket.email_key).correlate(Ticket).scalar_subquery(),
)
"""The same as `whom_it_concerns`, as a column of the tickets of a list."""


def is_proven(ticket: Ticket) -> bool:
    """Tell whether a ticket's email address is that of the account which opened it, and so proved.

    Who is signed in may type any address into the form. In a report of misuse it is the named account's.
    """
    if ticket.subject_id is None or ticket.kind == TicketKind.MISUSE_REPORTED:
        return False
    owner = select(Person.id).where(Person.id == ticket.subject_id, Person.email_key == ticket.email_key)
    return db.session.scalar(owner) is not None
