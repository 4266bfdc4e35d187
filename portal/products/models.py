"""Calls to product systems."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, word_of
from portal.kit.i18n import _l


class Confirmation(StrEnum):
    """How a product confirmed."""

    ANSWER = "answer"
    CALLBACK = "callback"
    STAFF = "staff"


class Evidence(StrEnum):
    """How a member of staff knows that a product has done what it was told."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    SWITCHED_OFF = "switched_off"

    @property
    def label(self) -> str:
        """What staff read."""
        return str(EVIDENCE[self])


EVIDENCE = {
    Evidence.WRITTEN: _l("Whoever runs it wrote that it’s deleted"),
    Evidence.SPOKEN: _l("Whoever runs it told us on the phone"),
    Evidence.SWITCHED_OFF: _l("It’s switched off for good, with all its data"),
}


class Told(StrEnum):
    """What a product is told, as the call says it: whose data goes, and whether what was made in the product goes too."""

    ACCOUNT_DELETED = "account.deleted"
    """Of an account outside of any organisation: with everything that was made under it."""
    PERSON_DELETED = "person.deleted"
    """Of somebody in an organisation: who they are goes, and what they made stays with the organisation."""
    ORGANISATION_DELETED = "organisation.deleted"
    """Everything that was made under an organisation."""
    ACCOUNT_DISABLED = "account.disabled"
    """Of an account, or of its place in one organisation: nobody works with it until it is enabled. Nothing is deleted."""
    ACCOUNT_ENABLED = "account.enabled"
    """What was disabled holds no more."""

    @property
    def is_standing(self) -> bool:
        """Whether it says how an account stands, and deletes nothing."""
        return self in (Told.ACCOUNT_DISABLED, Told.ACCOUNT_ENABLED)

    @property
    def answer(self) -> str:
        """The word with which a product says that it is done: what the call asked for."""
        return self.value.rpartition(".")[2]


class ProductCall(Base):
    """A product is to delete what it holds of somebody, or to let nobody work with an account.

    Once that is confirmed, the row forgets of whom.
    """

    __tablename__ = "product_call"

    id: Mapped[Id]
    """The message's id, the same at each try: a product that has done it once does nothing more."""
    product: Mapped[str] = mapped_column(String(32))
    tells: Mapped[Told] = mapped_column(word_of(Told, length=32), default=Told.ACCOUNT_DELETED)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    organisation_id: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    """When the product first took the call; it may confirm later."""
    confirmed_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_by: Mapped[Confirmation | None] = mapped_column(word_of(Confirmation, length=16))
