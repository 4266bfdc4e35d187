"""What a customer's own tickets wait for, for the page they land on."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select

from portal.kit.actor import Actor
from portal.kit.unit import rows
from portal.support.models import Ticket, TicketState
from portal.support.service import access

MOST_SHOWN = 3


@dataclass(frozen=True)
class AnsweredTicket:
    """A ticket of theirs that we have answered: it is their turn."""

    id: uuid.UUID
    kind: str
    subject: str
    replied_at: datetime


@dataclass(frozen=True)
class OwnTickets:
    """Whose turn it is: how many are ours, how many theirs, and the newest few of theirs."""

    ours: int
    theirs: int
    newest: Sequence[AnsweredTicket]


def _of(state: TicketState) -> ColumnElement[int]:
    return func.sum(case((Ticket.state == state, 1), else_=0)).over()


_NOT_CLOSED = (
    select(
        Ticket.id, Ticket.kind, Ticket.subject, Ticket.state, Ticket.updated_at,
        _of(TicketState.OPEN).label("ours"), _of(TicketState.WAITING).label("theirs"),
    )
    .where(access.VISIBLE, Ticket.state != TicketState.CLOSED)
    .order_by(case((Ticket.state == TicketState.WAITING, 0), else_=1), Ticket.updated_at.desc(), Ticket.id)
    .limit(MOST_SHOWN)
)  # fmt: skip


def waiting_for(actor: Actor) -> OwnTickets:
    """Return what the actor's own tickets that are not closed wait for. One query."""
    found = rows(_NOT_CLOSED, access.visible_to(actor))
    if not found:
        return OwnTickets(0, 0, ())
    newest = [
        AnsweredTicket(row.id, row.kind, row.subject, row.updated_at) for row in found if row.state == TicketState.WAITING
    ]
    return OwnTickets(int(found[0].ours), int(found[0].theirs), newest)
