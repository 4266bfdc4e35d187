"""Tickets as the console lists them, and how many wait in each queue.

A list names its customers, so each that is shown is one entry in their record, which names every ticket of it (P36, P37).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.consent import service as consent
from portal.kit import paging, staff_reads
from portal.kit.actor import Staff, for_staff
from portal.kit.db import db
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.support.models import Ticket, TicketState
from portal.support.service import access, views

MOST_COUNTED = 1000
"""In one queue: who has more to do needs no figure."""


@dataclass(frozen=True)
class QueueLine:
    """A ticket in a list: what it is about, whose it is, and whose turn it is."""

    key: str
    """The word that asks for what comes after it in its list."""
    id: uuid.UUID
    reference: str
    kind: str
    subject: str
    name: str
    language: str
    state: TicketState
    urgent: bool
    opened_at: datetime
    updated_at: datetime
    is_usable: bool
    """Whether its customer lets our team find it; one who has restricted that is named as such, and not left out (P27)."""


@for_staff(*access.TICKET_ROLES)
@before_writes
def read_list(view: views.View, *, by: Staff, after: str | None = None, size: int = 50) -> paging.Page[QueueLine]:
    """Return a page of a list; that each of its tickets was shown is on record, committed, before it is (P36, P37).

    Raises NotFound for an `after` that no page of ours has given out.
    """
    found = _page(view, select(*_SHOWN, _may_be_found(), access.CONCERNED.label("concerned")), after, size)
    if found.rows:
        staff_reads.record(
            Ticket,
            by=by,
            subjects={row.concerned for row in found.rows if row.concerned},
            basis=Basis.TICKET_LIST,
            listed=[row.id for row in found.rows],
        )
    at, _newest_first = views.ORDERS[view.order]
    lines = [QueueLine(paging.key_of(row, at=at, key=Ticket.id), *row[:-1]) for row in found.rows]
    return paging.Page(lines, found.after)


def _may_be_found() -> ColumnElement[bool]:
    usable = consent.usable(access.CONCERNED, purpose=consent.STAFF_SEARCH)
    return or_(access.CONCERNED.is_(None), usable).label("is_usable")


_SHOWN = (
    Ticket.id,
    Ticket.reference,
    Ticket.kind,
    Ticket.subject,
    Ticket.name,
    Ticket.language,
    Ticket.state,
    Ticket.urgent,
    Ticket.opened_at,
    Ticket.updated_at,
)
"""In the order of `QueueLine`, behind its key and before the last."""


@dataclass(frozen=True)
class Place:
    """A ticket and its place in a list."""

    ticket_id: uuid.UUID
    key: str


@for_staff(*access.TICKET_ROLES)
def find_next(view: views.View, *, by: Staff, after: str | None, but: uuid.UUID) -> Place | None:
    """Return the next ticket of a list after a place in it, which is not `but`; None at its end. Raises NotFound."""
    columns = select(Ticket.id, Ticket.updated_at, Ticket.opened_at).where(Ticket.id != but)
    at, _newest_first = views.ORDERS[view.order]
    found = _page(view, columns, after, 1).rows
    return next((Place(row.id, paging.key_of(row, at=at, key=Ticket.id)) for row in found), None)


def _page(view: views.View, query: Select[*tuple[Any, ...]], after: str | None, size: int) -> paging.Page[Any]:
    at, newest_first = views.ORDERS[view.order]
    return paging.paginate(
        query.where(views.within(view)), at=at, key=Ticket.id, after=after, size=size, newest_first=newest_first
    )


def count_queues(language: str = "") -> Mapping[str, int]:
    """Return how many tickets wait in each queue, in one statement; beyond `MOST_COUNTED` only that there are more."""
    # In the order of an index, so that no database looks for the first thousand anywhere else.
    found = select(Ticket.id).where(views.speaking(language)).order_by(Ticket.updated_at, Ticket.id).limit(MOST_COUNTED + 1)
    some = {name: found.where(clause).subquery() for name, clause in views.CLAUSES.items()}
    counts = [select(func.count()).select_from(each).scalar_subquery() for each in some.values()]
    return dict(zip(some, db.session.execute(select(*counts)).one(), strict=True))
