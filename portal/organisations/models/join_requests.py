"""Asking to join by an address at the organisation's domain."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id
from portal.kit.scopes import scoped_by


class JoinDomain(Base):
    """A domain whose people may ask to join, as an Owner with an address there has switched on."""

    __tablename__ = "join_domain"
    __table_args__ = (
        UniqueConstraint("organisation_id", "domain"),
        scoped_by("organisation_id", "domain", "opened_by", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(String(254), index=True)
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)


class JoinRequest(Base):
    """Somebody asks to join, and an Owner answers. Answered it goes: the log tells what came of it."""

    __tablename__ = "join_request"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        Index("ix_join_request_organisation", "organisation_id", "requested_at", "id"),
        scoped_by("organisation_id", "person_id", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    requested_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
