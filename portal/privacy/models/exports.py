"""The table of copies that were asked for: by an account, or by a request of somebody without one."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, word_of
from portal.kit.sealed import Sealed

SEALED_SECRET = Sealed("export_secret", what="downloads being prepared")


class ExportState(StrEnum):
    """Where a copy stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    """Said of one whose job was given up; its row waits on, until it is swept."""


class Export(Base):
    """A copy of what is held about somebody: being built, then ready for a while. At most one is being built."""

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (request_id IS NULL)", name="owner"),
        Index(
            "uq_export_building",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The account that it is of; nobody for somebody without one."""
    request_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("request.id", ondelete="CASCADE"), index=True, unique=True
    )
    """The proven request of somebody without an account, by whose address it is made."""
    job_id: Mapped[uuid.UUID]
    state: Mapped[ExportState] = mapped_column(word_of(ExportState, length=16), default=ExportState.WAITING)
    requested_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    ready_at: Mapped[datetime | None] = mapped_column(index=True)
    fetched_at: Mapped[datetime | None]
    secret_hash: Mapped[str] = mapped_column(String(64))
    """What knows the secret again that opens the file: it stands in the page and the email of its person alone."""
    secret_sealed: Mapped[bytes | None] = mapped_column(SEALED_SECRET)
    """The secret itself while the file is built; then it is destroyed, and nobody of ours can read the file."""
    chosen: Mapped[dict[str, Any] | None]
    """Which parts and days were chosen; nothing for everything."""
    file_key: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)

    @property
    def whom(self) -> uuid.UUID:
        """The account that it is of. Raises ValueError for a copy of somebody without one."""
        if self.person_id is None:
            raise ValueError("this copy is of nobody with an account")
        return self.person_id
