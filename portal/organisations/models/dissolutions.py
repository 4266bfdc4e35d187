"""Dissolving an organisation: asked for by an Owner, and what our products are to delete of it then."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Name
from portal.kit.scopes import scoped_by


class Dissolution(Base):
    """An Owner has asked that an organisation be dissolved. Taken back or carried out it goes: the log tells."""

    __tablename__ = "dissolution"
    __table_args__ = (scoped_by("organisation_id", "requested_by", "id"),)

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), unique=True)
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    """Who stands behind it: once they are no Owner any more, or their account is defended or closed, it ends."""
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When it is carried out; a reminder that comes late puts it off."""
    reminders: Mapped[int] = mapped_column(default=0)
    """How many reminders are written: without all of them it is not carried out."""


class DissolutionCall(Base):
    """What a product is asked to delete of a dissolved organisation, for whoever dissolved it to hear what came of it.

    Once every product has confirmed, all of them go.
    """

    __tablename__ = "dissolution_call"
    __table_args__ = (scoped_by("organisation_id", "call_id", "by_id"),)

    call_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """The call to the product (`products`)."""
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[Name]
    by_id: Mapped[uuid.UUID] = mapped_column(index=True)
    product: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None]
    named_at: Mapped[datetime | None]
    """When whoever dissolved it was told that this product is late."""
