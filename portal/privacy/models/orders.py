"""The table of standing orders: what a person has deleted by itself, for as long as they leave it on."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, word_of


class OrderKind(StrEnum):
    """What an order deletes."""

    TICKETS = "tickets"
    FILES = "files"
    HISTORY = "history"
    ACCOUNT = "account"


class StandingOrder(Base):
    """One order of one person: what to delete, after how many days. Of an account its person is asked three times first."""

    __tablename__ = "standing_order"
    __table_args__ = (
        Index("uq_standing_order_person_id", "person_id", "kind", unique=True),
        Index("ix_standing_order_here", "kind", "days", "here_at"),
        Index("ix_standing_order_failed_at", "failed_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    kind: Mapped[OrderKind] = mapped_column(word_of(OrderKind, length=16))
    days: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    starts_at: Mapped[datetime]
    """Before that nothing is deleted: whoever did not order it has time to say so."""
    here_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When its person was here last, as far as the order knows."""
    asked: Mapped[int] = mapped_column(default=0)
    """How often the person of an idle account was asked whether they are still here, by an email that has really left."""
    email_id: Mapped[uuid.UUID | None]
    """The email that asks next, until it has left."""
    looks: Mapped[int] = mapped_column(default=0)
    """Hourly looks since the last question left: time that passed, whatever a clock says."""
    looked_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    """Since when it can't be followed; nothing once it was."""
    goes_at: Mapped[datetime | None]
    """When the account is closed unless its person comes back; each question says it, and a late one puts it off."""
