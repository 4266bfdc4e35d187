"""A guest's link to their one ticket: read it, reply, close it, until it has been closed for a while.

Whoever holds the link is taken for who wrote: it went to the typed address and nowhere else, so it proves that mailbox.
Once an account has that address the link ends: the ticket is read there, by a sign-in. Opening it changes nothing.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.accounts import service as accounts
from portal.kit import accepted_files as file_rules
from portal.kit import audit, clock, throttle, tokens
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.kit.unit import before_writes
from portal.support.models import Attachment, Removal, Ticket, TicketKind, TicketState
from portal.support.service import attachments, messages
from portal.support.service.conversations import Conversation, conversation_of

LINK = tokens.LinkPurpose("support.guest_ticket")
LASTING = (tokens.lasting(LINK),)
"""A ticket may be open for years; how long its link lives depends on its state and not on the link's age."""
REPLIES = "20 per hour"
_NEVER = timedelta.max


class TicketLinkEnded(LinkDead):
    """The link opens no ticket: closed too long ago, gone, in an account by now, or not ours. These are never told apart."""


def token_for(ticket: Ticket) -> str:
    """Return the token of the link to a guest's ticket; empty for one that its customer reads by a sign-in."""
    stamp = _stamp(ticket)
    return tokens.sign(LINK, str(ticket.id), stamp=stamp) if stamp else ""


def _stamp(ticket: Ticket | None) -> str | None:
    if ticket is None or ticket.kind != TicketKind.CONTACT or ticket.subject_id or not ticket.email:
        return None
    # The address was typed: an account that has it has proved it, and a sign-in is the better key.
    if accounts.find_by_email(ticket.email) is not None:
        return None
    return f"{ticket.id} {ticket.email_key}"


def ends_at(ticket: Ticket) -> datetime | None:
    """Return when the link to a ticket ends; None as long as the ticket is open."""
    return ticket.updated_at + period("guest_link") if ticket.state == TicketState.CLOSED else None


def _ticket_of(token: str, *, lock: bool = False) -> Ticket:
    found: list[Ticket] = []

    def stamp(ticket_id: str) -> str | None:
        key = _id_in(ticket_id)
        ticket = db.lock(Ticket, key) if lock else db.session.get(Ticket, key)
        found.extend([ticket] if ticket else [])
        return _stamp(ticket)

    try:
        tokens.read(LINK, token, max_age=_NEVER, stamp=stamp, count=1)
    except LinkDead:
        raise TicketLinkEnded from None
    (ticket,) = found
    end = ends_at(ticket)
    if end and end <= clock.now():
        raise TicketLinkEnded
    return ticket


def _id_in(text: str) -> uuid.UUID:
    """Return the id that stands in an address, else one that nothing has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def ticket_of_link(token: str) -> Conversation:
    """Return the conversation that a guest's link opens. Raises TicketLinkEnded."""
    return conversation_of(_ticket_of(token))


@before_writes
def reply_by_link(token: str, *, message: str, uploads: Sequence[file_rules.Upload]) -> None:
    """Add a guest's message to their ticket, which is our turn again, also when it was closed meanwhile.

    Raises TicketLinkEnded, TooManyTries, TicketFull, TooMuchStored, StrangersShareSpent, and what `files.accept_all` raises.
    """
    # First: files are opened and judged for whoever holds a link, and for nobody else.
    throttle.consume("support.reply_link", str(_ticket_of(token).id), REPLIES)
    taken = file_rules.accept_all(uploads)
    ticket = _ticket_of(token, lock=True)
    messages.add_reply(ticket, body=message, files=taken)
    audit.record("support.guest_replied", ticket=ticket.id, files=len(taken))


def close_by_link(token: str) -> None:
    """Close a guest's ticket; again changes nothing, so that the link's last day stays. Raises TicketLinkEnded."""
    ticket = _ticket_of(token, lock=True)
    if ticket.state == TicketState.CLOSED:
        return
    ticket.state, ticket.updated_at = TicketState.CLOSED, clock.now()
    audit.record("support.guest_closed", ticket=ticket.id)


def attachment_of_link(token: str, *, attachment_id: str) -> Attachment:
    """Return a file of the ticket that a link opens. Raises TicketLinkEnded; NotFound for any other ticket's."""
    return attachments.attachment_in(_ticket_of(token), attachment_id=_id_in(attachment_id))


def delete_file_by_link(token: str, *, attachment_id: str) -> None:
    """Delete a file of a guest's ticket before its time (P16). Raises what `attachment_of_link` raises."""
    row = attachment_of_link(token, attachment_id=attachment_id)
    attachments.remove(row, why=Removal.OWNER)
    audit.record("support.file_deleted", ticket=attachments.ticket_of(row.message_id).id, file=row.id)
