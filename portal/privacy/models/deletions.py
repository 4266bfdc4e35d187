"""The table of deletions."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of
from portal.kit.sealed import Sealed

SEALED_FACTS = Sealed("deletion", what="running deletions")


class DeletionState(StrEnum):
    """Where a deletion stands: it waits while it can be undone."""

    WAITING = "waiting"
    RUNNING = "running"
    UNDONE = "undone"
    DONE = "done"


class Deletion(Base):
    """A deletion: waiting while it can be undone, running, then done. Done, it holds no more than its proof."""

    __tablename__ = "deletion"
    __table_args__ = (
        Index(
            "uq_deletion_open",
            "person_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_deletion_due", "state", "due_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Nobody, once it is done."""
    number: Mapped[Word] = mapped_column(unique=True)
    """What receipt and emails call it; drawn at random."""
    state: Mapped[DeletionState] = mapped_column(word_of(DeletionState, length=16), default=DeletionState.WAITING)
    production_stays: Mapped[bool | None]
    """Whether the person was in an organisation when they closed their account: what they made in products stays its."""
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was undone, or when the data was read back and found gone."""
    job_id: Mapped[uuid.UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(SEALED_FACTS)
    """Whose data goes and where the receipt is sent, sealed, while it runs: its rows may be gone when it resumes.

    Done, it still holds where the second receipt goes, as long as a step waits.
    """
    gone: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Line of the register -> rows deleted or blanked so far. Empty once it is done: then the receipt says it."""
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The document of the receipt, frozen when it is done: canonical JSON (RFC 8785), never written again."""
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The line that signs the receipt (`kit.signing`). A receipt from before there were signatures has none."""
    complement: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The second receipt, of a deletion whose last step was confirmed after the first; signed likewise."""
    complement_signature: Mapped[bytes | None] = mapped_column(LargeBinary)

    @property
    def whom(self) -> uuid.UUID:
        """Whose account it is about. Raises ValueError once it is done: nobody knows any more."""
        if self.person_id is None:
            raise ValueError("this deletion is done and about nobody")
        return self.person_id
