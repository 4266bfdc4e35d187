"""Tickets as a copy hands them out: the files by their names, and what was said, in words."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import ColumnElement, Select, select

from portal.kit.claims import Conversation, Said, Subject
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.formats import day
from portal.kit.i18n import _, _l
from portal.support import words
from portal.support.claim.parties import messages, own_tickets
from portal.support.models import Attachment, Author, Message, Removal, RemovedFile, Ticket, TicketKind

Hanging = TypeVar("Hanging", Attachment, RemovedFile)
CHUNK = 200
TITLES = {
    TicketKind.ACCOUNT_FROZEN: _l("“This wasn’t me”: account secured"),
    TicketKind.MISUSE_REPORTED: _l("Report of account misuse"),
}
AUTHORS = {Author.STAFF: _l("Our team"), Author.SYSTEM: _l("The portal")}
FROZEN = _l(
    "Someone selected “This wasn’t me” in one of our emails. Everyone was signed out, and sensitive changes are blocked "
    "until the password is reset."
)


def files_of(subject: Subject) -> Iterator[tuple[str, BinaryIO]]:
    """Yield the files in the subject's tickets: (name, stream)."""
    return files_in(messages([subject]))


def files_in(message_ids: Select[uuid.UUID]) -> Iterator[tuple[str, BinaryIO]]:
    """Yield the files of messages: (name, stream)."""
    for row in db.session.scalars(select(Attachment).where(Attachment.message_id.in_(message_ids))).all():
        if storage().exists(row.file_key):
            yield _name(row), storage().open(row.file_key)


def conversations_of(subject: Subject) -> Iterator[Conversation]:
    """Yield the subject's tickets, oldest first, with all that was said in each."""
    return conversations_in(own_tickets([subject]))


def conversations_in(*which: ColumnElement[bool], with_email: bool = True) -> Iterator[Conversation]:
    """Yield tickets, oldest first, with all that was said in each, and the address that we reply to."""
    fields = (
        Ticket.id, Ticket.reference, Ticket.kind, Ticket.subject, Ticket.state, Ticket.opened_at, Ticket.updated_at,
        Ticket.name, Ticket.email,
    )  # fmt: skip
    tickets = select(*fields).where(*which).order_by(Ticket.opened_at, Ticket.id)
    for row in db.session.execute(tickets.execution_options(yield_per=CHUNK)):
        yield Conversation(
            name=row.reference,
            title=str(TITLES.get(row.kind) or row.subject or _("(subject removed)")),
            state=str(words.TICKET_STATES[row.state]),
            opened_at=row.opened_at,
            updated_at=row.updated_at,
            by_name=row.name,
            by_email=row.email if with_email else "",
            said=_reader(row.id),
        )


def _reader(ticket_id: uuid.UUID) -> Callable[[], Iterable[Said]]:
    return lambda: _said(ticket_id)


def _said(ticket_id: uuid.UUID) -> Iterator[Said]:
    fields = (Message.id, Message.author, Message.body, Message.at, Message.redacted_at, Message.redacted_why)
    said = select(*fields).where(Message.ticket_id == ticket_id).order_by(Message.at, Message.id)
    for some in db.session.execute(said.execution_options(yield_per=CHUNK)).partitions():
        ids = [row.id for row in some]
        files, gone = _hanging_on(Attachment, ids), _hanging_on(RemovedFile, ids)
        for row in some:
            is_text = row.author != Author.SYSTEM
            yield Said(
                at=row.at,
                author=str(AUTHORS.get(row.author, "")),
                text=row.body if is_text else str(FROZEN),
                note=" ".join([*_redacted(row), *map(_removed, gone.get(row.id, ()))]),
                files=[_name(file) for file in files.get(row.id, ())],
            )


def _hanging_on(model: type[Hanging], ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Hanging]]:
    rows = db.session.scalars(select(model).where(model.message_id.in_(ids)).order_by(model.message_id, model.id))
    return {message_id: list(some) for message_id, some in groupby(rows, lambda row: row.message_id)}


def _name(file: Attachment) -> str:
    return f"{file.id}/{file.name}"


def _redacted(row: Any) -> list[str]:
    if not row.redacted_at:
        return []
    said = _("Our team removed this text on %(day)s.", day=day(row.redacted_at, "UTC"))
    return [said, row.redacted_why.sentence] if row.redacted_why else [said]


def _removed(note: RemovedFile) -> str:
    on = day(note.removed_at, "UTC")
    if note.why == Removal.EXPIRED:
        return _("A file was here. It expired on %(day)s.", day=on)
    if note.why == Removal.OWNER:
        return _("A file was here. Its owner deleted it on %(day)s.", day=on)
    said = _("A file was here. Our team removed it on %(day)s.", day=on)
    return f"{said} {note.reason.sentence}" if note.reason else said
