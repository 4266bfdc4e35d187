"""The person's own words beside data that they dispute (P26)."""

import uuid
from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word


class Statement(Base):
    """What somebody says of one field of one record about them. It stands as long as the record, or until withdrawn."""

    __tablename__ = "statement"
    __table_args__ = (Index("uq_statement_of_field", "record_id", "line", "field", unique=True),)

    id: Mapped[Id]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The account that says it."""
    email_key: Mapped[str | None] = mapped_column(String(254), index=True)
    """Of somebody without an account."""
    line: Mapped[Word]
    """The line of the register that the record belongs to."""
    record_id: Mapped[uuid.UUID]
    field: Mapped[Word]
    body: Mapped[str] = mapped_column(Text)
    """Bounded by the form."""
    stated_at: Mapped[datetime] = mapped_column(default=clock.now)
