"""The log of visits."""

import uuid
from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit.db import Base, Id


class Visit(Base):
    """One answer that the portal gave. The address can be opened only while the key of its day exists."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_subject", "subject_id", "at"),)

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    sealed_on: Mapped[date]
    """The day whose key seals the address."""
    endpoint: Mapped[str | None] = mapped_column(String(100))
    """The name of the page; None for an address that the portal does not have."""
    method: Mapped[str] = mapped_column(String(8))
    status: Mapped[int]
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    subject_id: Mapped[uuid.UUID | None]
    """Who was signed in, so that they can see their own rows."""
