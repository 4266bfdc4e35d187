"""Ownership on its way to somebody else."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id
from portal.kit.scopes import scoped_by


class HandOver(Base):
    """An Owner's open offer to hand over to somebody in the organisation. Answered or cancelled it goes: the log tells."""

    __tablename__ = "hand_over"
    __table_args__ = (
        UniqueConstraint("organisation_id", "offered_by"),
        scoped_by("organisation_id", "offered_by", "offered_to", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    offered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    offered_to: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    leaves: Mapped[bool] = mapped_column(default=False)
    """Whether the Owner leaves the organisation once it is accepted, in place of becoming a Member."""
    offered_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
