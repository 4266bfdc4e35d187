"""The decisions."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of


class Choice(StrEnum):
    """What was decided. Restricting and lifting stand beside the rest: a grant does not lift a restriction."""

    GRANTED = "granted"
    DENIED = "denied"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    LIFTED = "lifted"


class Mechanism(StrEnum):
    """How a decision reached us."""

    BANNER = "banner"
    SETTINGS = "settings"
    EMAIL = "email"


class Decision(Base):
    """One decision, never changed afterwards: the next one takes its place. No address and no browser string."""

    __tablename__ = "consent_decision"
    __table_args__ = (Index("ix_consent_decision_subject", "subject_id", "purpose", "decided_at", "id"),)

    id: Mapped[Id]
    subject_id: Mapped[uuid.UUID]
    """A person's id, or a random id that only the cookie of the browser that decided knows."""
    purpose: Mapped[Word]
    choice: Mapped[Choice] = mapped_column(word_of(Choice))
    revision: Mapped[int]
    """Which wording was shown; a new one is asked anew."""
    mechanism: Mapped[Mechanism] = mapped_column(word_of(Mechanism))
    text_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the words as they were read, in their language."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
