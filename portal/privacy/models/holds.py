"""The table of holds: what must be kept beyond its time, why and until when (P30, P31)."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, String
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of
from portal.kit.i18n import _l
from portal.kit.sealed import Sealed

SEALED_FIELDS = Sealed("hold", what="records on hold")


class HoldGround(StrEnum):
    """Why something is kept longer. Each has a longest time, a period of the policy."""

    STATUTE = "statute"
    LEGAL_CLAIM = "legal_claim"
    TRANSACTION = "transaction"
    ARCHIVE = "archive"
    SUPPORT = "support"
    BUG = "bug"

    @property
    def label(self) -> str:
        """What the person reads."""
        return str(GROUNDS[self])

    @property
    def period(self) -> str:
        """The name of the period that it may last at most."""
        return f"hold_{self.value}"


GROUNDS = {
    HoldGround.STATUTE: _l("A law requires us to keep it"),
    HoldGround.LEGAL_CLAIM: _l("It’s needed for a legal claim"),
    HoldGround.TRANSACTION: _l("It’s needed to complete an open transaction"),
    HoldGround.ARCHIVE: _l("It’s needed in our archive"),
    HoldGround.SUPPORT: _l("It’s needed to support you"),
    HoldGround.BUG: _l("It’s needed to fix a bug"),
}
"""Each ground as the person reads it."""


class Hold(Base):
    """A restricted copy of some fields of one record, until a date; it stays when the record is changed or erased."""

    __tablename__ = "hold"

    id: Mapped[Id]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Whose record it is."""
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of somebody without an account: a keyed hash of the address by which the record was found."""
    line: Mapped[Word]
    """The line of the register that the record belongs to."""
    record_id: Mapped[uuid.UUID]
    columns: Mapped[list[str]] = mapped_column(JSON().with_variant(postgresql.JSONB(), "postgresql"))
    """The fields that are held, and no others."""
    ground: Mapped[HoldGround] = mapped_column(word_of(HoldGround, length=16))
    law: Mapped[str] = mapped_column(String(150), default="")
    """The name of the statute, for that ground."""
    reason: Mapped[str] = mapped_column(String(500))
    set_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The privacy officer who set it or last renewed it. Nobody, once that account is erased."""
    set_at: Mapped[datetime] = mapped_column(default=clock.now)
    renewed_at: Mapped[datetime | None]
    release_at: Mapped[datetime] = mapped_column(index=True)
    """When it ends by itself, and the copy with it."""
    kept: Mapped[bytes | None] = mapped_column(SEALED_FIELDS)
    """The fields as they stood when the hold was set: JSON, sealed."""
    file_key: Mapped[str | None] = mapped_column(String(64))
    """A copy of the record's file, where that is held."""
