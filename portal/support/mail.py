"""Emails of the helpdesk. An address that anybody may have typed is sent nothing that was typed beside it.

All emails about a ticket are one thread: their ids come from the ids of what they carry, so that no table of them is needed.
"""

import re
import uuid
from collections.abc import Sequence

from portal.kit.links import external_url
from portal.mail import service as mail
from portal.support.models import Message, RemovalReason, Ticket, TicketKind

QUOTED_MOST = 2000
"""Characters of a question that an answer repeats: enough to know it by."""
_RE = re.compile(r"^(re\s*:\s*)+", re.IGNORECASE)


def received(ticket: Ticket, *, token: str, is_proven: bool = False, added: bool = False) -> None:
    """Say that a message has arrived, with its reference and nothing else of it: the address may be a stranger's.

    Only to one that `is_proven` it goes under the subject that was typed: some mail programs ask for that in a thread.
    `token` is that of a guest's link. The first email about a ticket is its thread's root; one for a message that was
    `added` to a ticket follows it.
    """
    root = _root_of(ticket)
    mail.send(
        "support/received",
        to=mail.Recipient(ticket.email, ticket.language, subject_id=ticket.subject_id),
        email_id=None if added else root,
        headers=_after([root]) if added else {},
        reference=ticket.reference,
        thread_subject=_reply_subject(ticket) if is_proven else "",
        **_way_to(ticket, token),
    )


def reply(ticket: Ticket, *, said: Message, question: Message | None, earlier: Sequence[uuid.UUID], token: str) -> None:
    """Carry our answer, with the question after it. `earlier` are the answers before it, oldest first."""
    # Somebody has written it: an out-of-office notice may say so (RFC 3834).
    thread = {**_after([_root_of(ticket), *map(_id_of, earlier)]), "Auto-Submitted": "no"}
    mail.send(
        "support/reply",
        to=mail.Recipient(ticket.email, ticket.language, subject_id=ticket.subject_id),
        email_id=_id_of(said.id),
        headers=thread,
        reference=ticket.reference,
        thread_subject=_reply_subject(ticket),
        text=said.body,
        question=_shortened(question.body) if question else "",
        asked_at=question.at if question else None,
        **_way_to(ticket, token),
    )


def text_removed(ticket: Ticket, *, reason: RemovalReason, token: str) -> None:
    """Say that our team removed a text from a ticket, and why; never what it was."""
    mail.send(
        "support/text_removed",
        to=mail.Recipient(ticket.email, ticket.language, subject_id=ticket.subject_id),
        headers=_after([_root_of(ticket)]),
        reference=ticket.reference,
        reason=reason,
        url=_way_to(ticket, token)["url"],
    )


def file_removed(ticket: Ticket, *, reason: RemovalReason, token: str) -> None:
    """Say that our team removed a file from a ticket, and why; never which."""
    mail.send(
        "support/file_removed",
        to=mail.Recipient(ticket.email, ticket.language, subject_id=ticket.subject_id),
        headers=_after([_root_of(ticket)]),
        reference=ticket.reference,
        reason=reason,
        url=_way_to(ticket, token)["url"],
    )


def _way_to(ticket: Ticket, token: str) -> dict[str, str]:
    """Return how the reader goes on: by a guest's link, by a sign-in, or, of a report that is not theirs, by the form."""
    if token:
        return {"way": "guest", "url": external_url("support.guest_ticket", token=token)}
    if ticket.kind == TicketKind.MISUSE_REPORTED:
        return {"way": "form", "url": external_url("support.contact")}
    return {"way": "account", "url": external_url("support.ticket", ticket_id=ticket.id)}


def _reply_subject(ticket: Ticket) -> str:
    return "Re: " + _RE.sub("", ticket.subject) if ticket.subject else ""


def _shortened(body: str) -> str:
    return body if len(body) <= QUOTED_MOST else body[:QUOTED_MOST].rstrip() + " …"


def _root_of(ticket: Ticket) -> uuid.UUID:
    # Nobody finds the ticket's id by it.
    return uuid.uuid5(ticket.id, "received")


def _id_of(message_id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(message_id, "reply")


def _after(emails: Sequence[uuid.UUID]) -> dict[str, str]:
    """Return the headers that put an email after others, the last of which it answers (RFC 5322, 3.6.4)."""
    ids = [mail.message_id(each) for each in emails]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)}
