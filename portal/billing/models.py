"""What is on sale, as Stripe said it last."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit.db import Base, word_of


@dataclass(frozen=True)
class Price:
    """What something costs: in minor units of its currency, once or every so often."""

    id: str
    key: str
    product: str
    amount: int
    currency: str
    interval: str
    """day, week, month or year; "" for what is paid once."""
    every: int
    about: str = ""
    """A sentence about the product."""
    tax: str = ""
    """inclusive or exclusive; anything else says that nobody has decided."""


class Source(StrEnum):
    """Who says what is on sale."""

    STRIPE = "stripe"


class PriceList(Base):
    """The one list of prices: what Stripe had on sale when it was last asked."""

    __tablename__ = "price_list"

    source: Mapped[Source] = mapped_column(word_of(Source, length=16), primary_key=True)
    read_at: Mapped[datetime]
    listed: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each price by the fields of `Price`."""

    @property
    def prices(self) -> list[Price]:
        """What was on sale, by product and amount."""
        return [Price(**each) for each in self.listed]
