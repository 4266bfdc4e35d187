"""The steps of a deletion: what goes here, and what others are to delete."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit.db import Base, Id, Word, word_of
from portal.kit.sealed import Sealed

SEALED_ADDRESSES = Sealed("erasure_step", what="vendors’ steps of deletions")
_IS_OPEN = text("state = 'waiting'")


class StepKind(StrEnum):
    """Who carries a step out: the portal, one of the company's products, or a vendor.

    For a person, a product deletes who they are, and keeps what they made for their organisation.
    """

    PORTAL = "portal"
    PRODUCT = "product"
    PERSON = "person"
    VENDOR = "vendor"


class StepState(StrEnum):
    """Where a step stands. One that is not needed says why; one that is waiting is asked for again, or done by hand."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    NOT_NEEDED = "not_needed"


class StepConfirmation(StrEnum):
    """How a step was confirmed."""

    READ_BACK = "read_back"
    ANSWER = "answer"
    CALLBACK = "callback"
    STAFF = "staff"


class ErasureStep(Base):
    """One step of a deletion that runs or is done. It names nobody: what it needs to know is sealed until it's confirmed."""

    __tablename__ = "erasure_step"
    __table_args__ = (Index("ix_erasure_step_open", "state", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),)

    id: Mapped[Id]
    deletion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deletion.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[StepKind] = mapped_column(word_of(StepKind, length=16))
    target: Mapped[Word]
    """What of the portal, which product, which vendor: by its name in the code or the settings."""
    by_hand: Mapped[bool] = mapped_column(default=False)
    """Whether the privacy officer does it and says so, since nobody there can be asked by a program."""
    state: Mapped[StepState] = mapped_column(word_of(StepState, length=16), default=StepState.WAITING)
    call_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The call to a product (`products`)."""
    sealed: Mapped[bytes | None] = mapped_column(SEALED_ADDRESSES)
    """The addresses that a vendor is to erase, until it has taken the order."""
    tries: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[StepConfirmation | None] = mapped_column(word_of(StepConfirmation, length=16))
    evidence: Mapped[str | None] = mapped_column(String(200))
    """What a member of staff saw who confirmed it."""
    named_at: Mapped[datetime | None]
    """When the person and the privacy officer were told that it is late."""
