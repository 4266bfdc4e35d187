"""The outbox."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of


class EmailState(StrEnum):
    """Where an email stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Email(Base):
    """One email. Once it has ended, sent or failed, everything personal in the row is blanked."""

    __tablename__ = "email"

    id: Mapped[Id]
    kind: Mapped[Word]
    purpose: Mapped[Word | None]
    """What it serves beside its reader's own acts; None for what they asked for, which always comes."""
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    to_address: Mapped[str] = mapped_column(String(254))
    to_key: Mapped[str] = mapped_column(String(254), index=True)
    subject_line: Mapped[str] = mapped_column(String(400))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    headers: Mapped[dict[str, Any]]
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[EmailState] = mapped_column(word_of(EmailState, length=16), default=EmailState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)

    def blank(self, state: EmailState) -> None:
        """End the email and forget whom it went to and what it said."""
        self.state = state
        self.ended_at = clock.now()
        self.to_address = self.to_key = self.subject_line = self.text = self.html = ""
        self.headers = {}
