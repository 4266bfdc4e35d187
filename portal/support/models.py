"""Tables of the helpdesk."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Address, Base, Id, Name, Word, word_of
from portal.kit.i18n import _l


class TicketState(StrEnum):
    """Whose turn it is."""

    OPEN = "open"
    """Ours."""
    WAITING = "waiting"
    """Theirs."""
    CLOSED = "closed"
    """Nobody's: settled, until somebody writes again."""


class TicketKind(StrEnum):
    """What a ticket came of."""

    CONTACT = "contact"
    ACCOUNT_FROZEN = "account_frozen"
    MISUSE_REPORTED = "misuse_reported"


class Author(StrEnum):
    """Who says something in a ticket."""

    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"


class Removal(StrEnum):
    """Why a file went: its time, or whoever deleted it."""

    EXPIRED = "expired"
    OWNER = "owner"
    STAFF = "staff"


URGENT = "urgent AND state <> 'closed'"
"""What is urgent and not settled, in the words of an index that holds nothing else."""


def _lists(name: str, *, first: str = "", **only: Any) -> Iterator[Index]:
    """Yield the indexes by which the console lists tickets: in either order of time, in one language or in all."""
    for language in ("", "language"):
        for at in ("updated_at", "opened_at"):
            columns = [each for each in (first, language, at, "id") if each]
            yield Index("_".join(filter(None, ("ix_ticket", name, language, at))), *columns, **only)


class RemovalReason(StrEnum):
    """Why our team removed a text or a file, in one of a few words: a reason in other words could say what is gone."""

    CREDENTIALS = "credentials"
    OTHERS_DATA = "others_data"
    ASKED = "asked"
    HARMFUL = "harmful"

    @property
    def sentence(self) -> str:
        """What the customer is told."""
        return str(REASONS[self])


REASONS = {
    RemovalReason.CREDENTIALS: _l("It contained a password, or card or bank details."),
    RemovalReason.OTHERS_DATA: _l("It contained someone else’s personal information."),
    RemovalReason.ASKED: _l("You asked us to remove it."),
    RemovalReason.HARMFUL: _l("It was abusive, spam or dangerous to open."),
}


class Ticket(Base):
    """One matter that somebody wrote to us about, or that the portal itself raised."""

    __tablename__ = "ticket"
    __table_args__ = (
        *_lists("state", first="state"),
        # What is urgent is rare, and of any state but one.
        *_lists("urgent", sqlite_where=text(URGENT), postgresql_where=text(URGENT)),
        Index("ix_ticket_email_hash", "email_hash", "updated_at", "id"),
        Index("ix_ticket_subject", "subject_id", "updated_at"),
        Index("ix_ticket_organisation", "organisation_id", "updated_at", "id"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    """What people quote: short, drawn at random, and no key to anything."""
    kind: Mapped[TicketKind] = mapped_column(word_of(TicketKind), default=TicketKind.CONTACT)
    subject_id: Mapped[uuid.UUID | None]
    """Who was signed in when it was opened. None: the address is typed, not proven."""
    about_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The account that a report of misuse names, if there is one: it is not its ticket, and knows nothing of it."""
    organisation_id: Mapped[uuid.UUID | None]
    """The organisation with which its person shares it, for as long as they are in there; none mostly."""
    name: Mapped[Name]
    email: Mapped[Address]
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    email_hash: Mapped[str | None] = mapped_column(String(32))
    """What stands for the address in the addresses of the console: its hash under the secret that was the newest then."""
    language: Mapped[str] = mapped_column(String(16), default="en")
    subject: Mapped[str] = mapped_column(String(150))
    state: Mapped[TicketState] = mapped_column(word_of(TicketState, length=16), default=TicketState.OPEN)
    urgent: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class Message(Base):
    """One thing that was said in a ticket."""

    __tablename__ = "ticket_message"
    __table_args__ = (Index("ix_ticket_message_ticket", "ticket_id", "at"),)

    id: Mapped[Id]
    ticket_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    author: Mapped[Author] = mapped_column(word_of(Author))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Who answered. Nobody, once that account is erased: the words stay, they are its customer's too."""
    body: Mapped[str] = mapped_column(Text)
    """Bounded by the forms. Empty once it was redacted, and in what the portal itself says."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    redacted_at: Mapped[datetime | None]
    redacted_why: Mapped[RemovalReason | None] = mapped_column(word_of(RemovalReason))


class Attachment(Base):
    """A file beside a message. The row goes with the file; a `RemovedFile` stays in its place (P16)."""

    __tablename__ = "ticket_attachment"

    id: Mapped[Id]
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ticket_message.id", ondelete="CASCADE"), index=True)
    file_key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[Word]
    """What it is, told by its content: one of `files.KINDS`."""
    size: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RemovedFile(Base):
    """The note that there was a file: no name, no content."""

    __tablename__ = "ticket_removed_file"

    id: Mapped[Id]
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ticket_message.id", ondelete="CASCADE"), index=True)
    removed_at: Mapped[datetime] = mapped_column(default=clock.now)
    why: Mapped[Removal] = mapped_column(word_of(Removal))
    reason: Mapped[RemovalReason | None] = mapped_column(word_of(RemovalReason))
    """Of one that our team removed."""
