"""The one queue: each use of a right, from the moment that it arrives to the person's last word on the answer."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Address, Base, Id, Word, word_of
from portal.privacy.models.rights import Outcome, PauseReason, Reason, RequestState, Right, Source, Verdict

_OPEN = text("state IN ('open', 'paused') AND first_id IS NULL")
_GUESTS = text("state IN ('open', 'paused') AND first_id IS NULL AND subject_id IS NULL")
"""What waits for our answer and is no second look, in the words of indexes that hold nothing else."""


class Request(Base):
    """One use of a right (P32, P33). Its due date is set when it arrives, and nothing ever moves it."""

    __tablename__ = "request"
    __table_args__ = (
        # No code of ours, and nobody by hand, carries out what was not proven: the database itself refuses.
        CheckConstraint("verified_at IS NOT NULL OR executed_at IS NULL", name="proven"),
        CheckConstraint("verified_at IS NOT NULL OR state IN ('awaiting_identity', 'closed')", name="identity"),
        CheckConstraint("(state = 'closed') = (outcome IS NOT NULL AND reason IS NOT NULL)", name="ending"),
        CheckConstraint("(state = 'paused') = (pause_reason IS NOT NULL)", name="pause"),
        Index("ix_request_due", "state", "due_at", "id"),
        Index("uq_request_of_account", "subject_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_request_of_address", "email_key", "kind", unique=True, sqlite_where=_GUESTS, postgresql_where=_GUESTS),
        Index("ix_request_answered", "answered_in", "closed_at"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    """What people quote: drawn at random, and no key to anything."""
    kind: Mapped[Right] = mapped_column(word_of(Right, length=16))
    source: Mapped[Source] = mapped_column(word_of(Source, length=16))
    state: Mapped[RequestState] = mapped_column(word_of(RequestState, length=20), default=RequestState.AWAITING_IDENTITY)
    pause_reason: Mapped[PauseReason | None] = mapped_column(word_of(PauseReason, length=16))
    outcome: Mapped[Outcome | None] = mapped_column(word_of(Outcome, length=16))
    reason: Mapped[Reason | None] = mapped_column(word_of(Reason, length=16))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The account that it is about, once that is proven; nobody for somebody without an account."""
    email: Mapped[Address | None]
    """Where the answer goes of somebody who was not signed in. Typed, until it is proven by the code."""
    email_key: Mapped[str | None] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(16), default="en")
    receipt_number: Mapped[Word | None]
    """Of whoever came by the link of a deletion's receipt: nothing else is held of them."""
    agent_name: Mapped[str | None] = mapped_column(String(100))
    agent_email: Mapped[Address | None]
    agent_email_key: Mapped[str | None] = mapped_column(String(254), index=True)
    """Who asked on behalf of the person. Nothing is ever sent there."""
    message: Mapped[str] = mapped_column(Text, default="")
    """What the person wrote; bounded by the forms."""
    answer: Mapped[str] = mapped_column(Text, default="")
    """What we wrote to the person when it was closed."""
    received_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    due_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    """When it began to be carried out."""
    result_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The copy or the deletion that carries it out."""
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_in: Mapped[int | None]
    """Seconds from its arrival to our answer; empty for what was done at once, or needed no answer of ours."""
    handler_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Who of our team decided."""
    first_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    """The request whose answer this one looks at again."""
    duplicate_of_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    verdict: Mapped[Verdict | None] = mapped_column(word_of(Verdict, length=16))
    verdict_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    alarms: Mapped[int] = mapped_column(default=0)
    """How many reminders about it have been sent."""

    @property
    def is_executable(self) -> bool:
        """Whether it may be carried out: proven, open, no duplicate, and not begun yet (P32)."""
        return (
            self.state == RequestState.OPEN
            and self.verified_at is not None
            and self.duplicate_of_id is None
            and self.executed_at is None
        )


class RequestFile(Base):
    """A file that shows what a request says. It goes with its row."""

    __tablename__ = "request_file"

    id: Mapped[Id]
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), index=True)
    file_key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[Word]
    size: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
