"""Calls to product systems."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, word_of


class Confirmation(StrEnum):
    """How a product confirmed."""

    ANSWER = "answer"
    CALLBACK = "callback"
    STAFF = "staff"


class ProductCall(Base):
    """A product is to delete what it holds of an account. Once that is confirmed, the row forgets which account it was."""

    __tablename__ = "product_call"

    id: Mapped[Id]
    """The message's id, the same at each try: a product that has done it once does nothing more."""
    product: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    """When the product first took the call; it may confirm later."""
    confirmed_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_by: Mapped[Confirmation | None] = mapped_column(word_of(Confirmation, length=16))
