"""What a customer deletes by themselves: one ticket, with all that was said in it (P14, P28)."""

import uuid

from sqlalchemy import delete, select

from portal.kit import audit
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.refusals import NotFound
from portal.support.models import Attachment, Message, Ticket, TicketKind
from portal.support.service import access


def deletable_for(actor: Actor, ticket_id: uuid.UUID) -> Ticket:
    """Return one of the actor's own tickets that they may delete. Raises NotFound.

    What the portal itself raised stays: it tells of an account that may have been in other hands.
    """
    ticket = access.find_own(actor, ticket_id=ticket_id)
    if ticket.kind is not TicketKind.CONTACT:
        raise NotFound
    return ticket


def delete_own(ticket_id: uuid.UUID, *, by: Actor) -> None:
    """Delete one of the actor's own tickets for good, with its messages and files. Raises NotFound."""
    ticket = deletable_for(by, ticket_id)
    if db.lock(Ticket, ticket.id) is None:
        raise NotFound
    said = select(Message.id).where(Message.ticket_id == ticket.id)
    files = db.session.scalars(select(Attachment).where(Attachment.message_id.in_(said))).all()
    for file in files:
        storage().delete(file.file_key)
    db.session.expunge_all()
    # What hangs on it goes with it.
    db.session.execute(delete(Ticket).where(Ticket.id == ticket.id))
    audit.record("support.ticket_deleted", subject_id=by.person_id, by=by.person_id, ticket=ticket.id, files=len(files))
