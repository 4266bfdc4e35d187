"""Tickets that a person shares with an organisation of theirs: read there, and nobody's but the person's (P35).

Each read asks again whether the person is still in the organisation, so that nothing outlives a membership.
"""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from portal.kit import paging
from portal.kit.actor import Actor, Standing
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.organisations import service as organisations
from portal.organisations.events import MembershipEnded
from portal.organisations.models import Deed, Membership
from portal.support.models import Attachment, Ticket, TicketKind
from portal.support.service import access, attachments
from portal.support.service.conversations import Conversation, conversation_of

AT_ONCE = 50


def places_to_share(by: Actor) -> list[Standing]:
    """Return those of the actor's organisations (of the first 50) with which they may share a ticket."""
    return [
        each
        for each in by.organisations
        if each.role in organisations.SEE_SHARED and (by.has_second_factor or not each.asks_second_factor)
    ]


def share(ticket_id: uuid.UUID, *, by: Actor, organisation_id: uuid.UUID) -> None:
    """Share one of the actor's own tickets with an organisation in which they are an Owner or a Member.

    Raises NotFound, also for one that is shared with another organisation.
    """
    shared_with = _shareable(by, ticket_id).organisation_id
    if shared_with == organisation_id:
        return
    if shared_with is not None:
        raise NotFound
    organisations.note_sharing(organisation_id, by=by, deed=Deed.TICKET_SHARED)
    _shareable(by, ticket_id).organisation_id = organisation_id


def stop_sharing(ticket_id: uuid.UUID, *, by: Actor) -> None:
    """Make a ticket the actor's alone again. Raises NotFound."""
    shared_with = _shareable(by, ticket_id).organisation_id
    if shared_with is None:
        return
    organisations.note_sharing(shared_with, by=by, deed=Deed.TICKET_UNSHARED)
    _shareable(by, ticket_id).organisation_id = None


def _shareable(by: Actor, ticket_id: uuid.UUID) -> Ticket:
    ticket = access.find_own(by, ticket_id=ticket_id)
    if not is_shareable(ticket):
        raise NotFound
    return ticket


def is_shareable(ticket: Ticket) -> bool:
    """Tell whether a ticket may be shared: one that its person wrote, signed in."""
    return ticket.kind is TicketKind.CONTACT and ticket.subject_id is not None


def end_sharing(event: MembershipEnded) -> None:
    """Take back what somebody shared with an organisation that they are no longer in."""
    theirs = (Ticket.subject_id == event.person_id, Ticket.organisation_id == event.organisation_id)
    db.session.execute(update(Ticket).where(*theirs).values(organisation_id=None))


def shared_for(by: Actor, organisation_id: uuid.UUID, *, after: str | None) -> paging.Page[Any]:
    """Return a page of the tickets shared with an organisation, the one last touched first. Raises NotFound."""
    _refuse_strangers(by, organisation_id)
    query: Select[*tuple[Any, ...]] = select(
        Ticket.id, Ticket.reference, Ticket.kind, Ticket.subject, Ticket.name, Ticket.state, Ticket.urgent, Ticket.updated_at
    ).where(*shared_with(organisation_id))
    return paging.paginate(query, at=Ticket.updated_at, key=Ticket.id, after=after, size=AT_ONCE)


def shared_ticket_for(by: Actor, organisation_id: uuid.UUID, *, ticket_id: uuid.UUID) -> Conversation:
    """Return a ticket that is shared with an organisation, to read. Raises NotFound."""
    return conversation_of(_find_shared(by, organisation_id, ticket_id))


def shared_file_for(by: Actor, organisation_id: uuid.UUID, *, ticket_id: uuid.UUID, attachment_id: uuid.UUID) -> Attachment:
    """Return a file of a ticket that is shared with an organisation. Raises NotFound."""
    return attachments.attachment_in(_find_shared(by, organisation_id, ticket_id), attachment_id=attachment_id)


def _find_shared(by: Actor, organisation_id: uuid.UUID, ticket_id: uuid.UUID) -> Ticket:
    _refuse_strangers(by, organisation_id)
    ticket = db.session.scalar(select(Ticket).where(Ticket.id == ticket_id, *shared_with(organisation_id)))
    if ticket is None:
        raise NotFound
    return ticket


def _refuse_strangers(by: Actor, organisation_id: uuid.UUID) -> None:
    organisations.standing_for(by, organisation_id, *organisations.SEE_SHARED)


def shared_with(organisation_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    """Return the clauses for the tickets that are shared with an organisation now."""
    # Asked of each ticket that is listed: a database that began with the people would go through all that they ever shared.
    role_there = (
        select(Membership.role)
        .where(Membership.organisation_id == organisation_id, Membership.person_id == Ticket.subject_id)
        .correlate(Ticket)
        .scalar_subquery()
    )
    return Ticket.organisation_id == organisation_id, role_there.in_(organisations.SEE_SHARED)
