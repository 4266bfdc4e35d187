"""What somebody says is wrong: what it should say, staged within their request (P26)."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of
from portal.kit.i18n import _l
from portal.privacy.models.rights import Reason


class CorrectionDecision(StrEnum):
    """What became of a proposed correction."""

    APPLIED = "applied"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """What its person and staff read."""
        return str(DECISIONS[self])


DECISIONS = {CorrectionDecision.APPLIED: _l("Corrected"), CorrectionDecision.DECLINED: _l("Not corrected")}


class Correction(Base):
    """What one field of one record should say, as its person proposes. It goes with its request.

    What the field said before stands in the record alone: a corrected error is not kept.
    """

    __tablename__ = "correction"
    __table_args__ = (CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),)

    id: Mapped[Id]
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), index=True)
    line: Mapped[Word]
    """The line of the register that the record belongs to."""
    record_id: Mapped[uuid.UUID]
    field: Mapped[Word]
    before_hash: Mapped[str] = mapped_column(String(64))
    """A keyed hash of what the field said when this was proposed: it tells whether that has changed since."""
    after: Mapped[str] = mapped_column(Text)
    """What it should say; bounded by the field."""
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decision: Mapped[CorrectionDecision | None] = mapped_column(word_of(CorrectionDecision, length=16))
    reason: Mapped[Reason | None] = mapped_column(word_of(Reason, length=16))
    """Why it was not made."""
    decided_at: Mapped[datetime | None]
