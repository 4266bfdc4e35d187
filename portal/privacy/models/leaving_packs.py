"""The table of leaving packs that Owners asked for."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Name, word_of
from portal.kit.scopes import scoped_by
from portal.kit.sealed import Sealed
from portal.privacy.models.exports import ExportState

SEALED_PACK_SECRET = Sealed("leaving_pack_secret", what="leaving packs being prepared")


class LeavingPack(Base):
    """Everything that an organisation holds, in one download: being built, then ready for a while.

    It outlives its organisation. At most one of an organisation is being built.
    """

    __tablename__ = "leaving_pack"
    __table_args__ = (
        Index(
            "uq_leaving_pack_building",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_leaving_pack_organisation", "organisation_id", "requested_at"),
        scoped_by("organisation_id", "requested_by", "fetched_by", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID]
    organisation: Mapped[Name]
    """The organisation's name when it was asked for."""
    requested_by: Mapped[uuid.UUID] = mapped_column(index=True)
    job_id: Mapped[uuid.UUID]
    state: Mapped[ExportState] = mapped_column(word_of(ExportState, length=16), default=ExportState.WAITING)
    requested_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    ready_at: Mapped[datetime | None] = mapped_column(index=True)
    fetched_at: Mapped[datetime | None]
    """When the last download of it began."""
    fetched_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Whose that was."""
    ended_at: Mapped[datetime | None]
    """When the organisation ended while whoever asked was an Owner: from then on it is theirs alone."""
    secret_hash: Mapped[str] = mapped_column(String(64))
    """What knows the secret again that opens the file: it stands in the page and email of who asked alone."""
    secret_sealed: Mapped[bytes | None] = mapped_column(SEALED_PACK_SECRET)
    """The secret itself while the file is built; then it is destroyed, and nobody of ours can read the file."""
    file_key: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
