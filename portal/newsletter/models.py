"""Tables of the list. There is no state before confirmation: an unconfirmed request travels in its own link."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Address, Base, Id, word_of


class Source(StrEnum):
    """Where somebody subscribed."""

    FORM = "form"
    SETTINGS = "settings"


class Subscriber(Base):
    """Somebody who gets the newsletter, at an address that was confirmed (P17)."""

    __tablename__ = "newsletter_subscriber"

    id: Mapped[Id]
    """Stays the address's own when somebody leaves and comes back, so that every old link still leads out."""
    email: Mapped[Address]
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The account that joined in its settings; none for who came without one."""
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    source: Mapped[Source] = mapped_column(word_of(Source))
    language: Mapped[str] = mapped_column(String(16))


class Suppression(Base):
    """Who left: a keyed hash of the address, and the id that links in older emails carry (P18)."""

    __tablename__ = "newsletter_suppression"

    id: Mapped[Id]
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    suppressed_at: Mapped[datetime] = mapped_column(default=clock.now)
