"""Licences, and the machines that they run on: no name of a machine, no address, no person (P12)."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of
from portal.kit.scopes import scoped_by


class End(StrEnum):
    """Why a licence ended before its time. A perpetual one ends in no other way."""

    REFUNDED = "refunded"


class Licence(Base):
    """What an organisation bought. It outlives the organisation, as the copy does that runs by its file."""

    __tablename__ = "licence"
    __table_args__ = (
        CheckConstraint("seats_used >= 0 AND seats_used <= seats", name="seats"),
        Index("ix_licence_organisation", "organisation_id", "granted_at", "id"),
        scoped_by("organisation_id", "purchase_id", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID]
    purchase_id: Mapped[str] = mapped_column(String(255), unique=True)
    """The purchase that granted it: however often that is told, it grants one."""
    product: Mapped[Word]
    plan: Mapped[Word]
    seats: Mapped[int]
    seats_used: Mapped[int] = mapped_column(default=0)
    released: Mapped[int] = mapped_column(default=0)
    """How many machines were released as lost."""
    perpetual: Mapped[bool]
    updates_end_on: Mapped[date | None]
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
    file: Mapped[str] = mapped_column(Text)
    """The signed file, as it was written once."""
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_because: Mapped[End | None] = mapped_column(word_of(End))

    def runs_on(self, day: date) -> bool:
        """Tell whether products run by it on a day: a perpetual one never stops, unless it was paid back."""
        in_time = self.perpetual or self.updates_end_on is None or day <= self.updates_end_on
        return self.ended_at is None and in_time


class Activation(Base):
    """A machine that a licence runs on: a salted fingerprint that the product made, and the day."""

    __tablename__ = "activation"
    __table_args__ = (
        UniqueConstraint("licence_id", "machine"),
        Index("ix_activation_licence", "licence_id", "activated_at", "id"),
        scoped_by("licence_id", "id"),
    )

    id: Mapped[Id]
    licence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("licence.id", ondelete="CASCADE"))
    machine: Mapped[str] = mapped_column(String(32))
    activated_at: Mapped[datetime] = mapped_column(default=clock.now)
    file: Mapped[str] = mapped_column(Text)
    """The signed file, as it was written once."""
