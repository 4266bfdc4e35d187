"""A ticket comes into being: by the form, signed in or not, or raised by the portal itself."""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, or_, update

from portal.accounts import service as accounts
from portal.accounts.events import AccountFrozen, AddressChanged
from portal.kit import accepted_files as file_rules
from portal.kit import audit, i18n, throttle, tokens
from portal.kit.actor import Actor
from portal.kit.clients import ClientKey
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.unit import before_writes
from portal.organisations import service as organisations
from portal.organisations.models import Deed
from portal.recovery.events import MisuseReported
from portal.support import mail
from portal.support.models import Author, Ticket, TicketKind
from portal.support.service import guest_links, messages, quoted_references, views

TICKETS = "5 per hour"
EMAILS_PER_ADDRESS = "5 per 6 hours"


@before_writes
def open_ticket(
    by: Actor,
    *,
    name: str,
    email: str,
    subject: str,
    message: str,
    uploads: Sequence[file_rules.Upload],
    client: ClientKey,
    organisation_id: uuid.UUID | None = None,
) -> Ticket:
    """Open a ticket from the contact form and tell its address that it has arrived (P13). The same for everyone.

    Who quotes the reference of a ticket of theirs adds to that one, closed or not; it is returned, shared as it was before.
    A new one is shared with the organisation that is named (P35). Raises TooManyTries (per client address and per account),
    TooMuchStored, NotFound for an organisation where the actor may not share, and what `files.accept_all` raises.
    """
    taken = file_rules.accept_all(uploads)
    throttle.consume("support.contact_client", client, TICKETS)
    if by.person_id:
        throttle.consume("support.contact_person", str(by.person_id), TICKETS)
    quoted = quoted_references.find_quoted(by, email=email, texts=(subject, message))
    # The address may be a stranger's, and the form in many hands: no mailbox is flooded, and nobody is told so. Spent of the
    # mailbox that is written to, whatever address was typed beside the reference.
    mailbox = (quoted.email_key if quoted else "") or lookup_key(email)
    in_time = throttle.try_consume("support.received_email", mailbox, EMAILS_PER_ADDRESS)
    if quoted is None:
        event = "support.ticket_opened"
        ticket = _shared(organisation_id, by=by, name=name, email=email, subject=subject)
        messages.add_message(ticket, body=message, files=taken)
    else:
        event, ticket = "support.ticket_added_to", quoted
        messages.add_reply(ticket, body=f"{subject}\n\n{message}", files=taken)
    if in_time:
        proven = by.person_id is not None and lookup_key(by.email) == ticket.email_key
        mail.received(ticket, token=guest_links.token_for(ticket), is_proven=proven, added=quoted is not None)
    audit.record(event, subject_id=by.person_id, by=by.person_id, ticket=ticket.id, files=len(taken))
    return ticket


def _shared(organisation_id: uuid.UUID | None, *, by: Actor, **values: str) -> Ticket:
    if organisation_id is not None:
        organisations.note_sharing(organisation_id, by=by, deed=Deed.TICKET_SHARED)
    return _new(subject_id=by.person_id, language=i18n.code(), organisation_id=organisation_id, **values)


def open_frozen_ticket(event: AccountFrozen) -> None:
    """Raise an urgent ticket when somebody said "this wasn't me" (P10)."""
    person = accounts.get_person(event.person_id)
    ticket = _new(
        kind=TicketKind.ACCOUNT_FROZEN,
        subject_id=person.id,
        name=person.name,
        email=person.email,
        language=i18n.ready(person.language),
        urgent=True,
    )
    messages.add_message(ticket, body="", author=Author.SYSTEM)


def open_misuse_ticket(event: MisuseReported) -> None:
    """Raise an urgent ticket when somebody reports that an account is misused (P10). Nobody but staff sees it.

    It is its reporter's, who has it in their copy and their erasure if they were signed in; never the named account's.
    """
    # Both are asked, so that a report about a stranger costs as many questions.
    current, left = accounts.find_by_email(event.email), accounts.find_undoable_change(event.email)
    named_id = current.id if current else left.person_id if left else None
    ticket = _new(
        kind=TicketKind.MISUSE_REPORTED,
        subject_id=event.reporter_id,
        about_id=named_id,
        email=event.email,
        urgent=True,
    )
    messages.add_message(ticket, body=event.message)


def follow_address(change: AddressChanged) -> None:
    """Let tickets go along to the account's new address, so that answers reach it and an erasure finds them.

    With them goes what was written from the old address without signing in: its mailbox was the account's. Of an address
    that an undo takes away that is somebody else's, and stays. A report of misuse stays as it is: it is nobody's here.
    """
    whose = Ticket.subject_id == change.person_id
    if not change.is_undo:
        whose = or_(whose, Ticket.subject_id.is_(None))
    mine = and_(Ticket.email_key == lookup_key(change.old_email), whose, Ticket.kind != TicketKind.MISUSE_REPORTED)
    key = lookup_key(change.new_email)
    now = {"subject_id": change.person_id, "email": change.new_email, "email_key": key, "email_hash": views.hash_of(key)}
    db.session.execute(update(Ticket).where(mine).values(now))


def _new(*, email: str, **values: object) -> Ticket:
    reference, key = tokens.reference(), lookup_key(email)
    ticket = Ticket(
        **{"name": "", "subject": "", **values},
        id=uuid.uuid4(),
        reference=f"{reference[:5]}-{reference[5:]}",
        email=email,
        email_key=key,
        email_hash=views.hash_of(key),
    )
    db.session.add(ticket)
    db.session.flush()
    return ticket
