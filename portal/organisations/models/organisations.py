"""Organisations, who is in them and who is invited, and what was done."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.actor import OrganisationRole
from portal.kit.db import Address, Base, Id, Name, word_of
from portal.kit.scopes import scoped_by
from portal.organisations.models.deeds import Deed


class Organisation(Base):
    """Customers who work together. Nobody needs one: a person alone lives as before."""

    __tablename__ = "organisation"
    __table_args__ = (scoped_by("id"),)

    id: Mapped[Id]
    name: Mapped[Name]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    dissolved_at: Mapped[datetime | None] = mapped_column(index=True)
    """When an Owner dissolved it: nobody has a role in it any more, and its people are being told."""
    asks_second_factor: Mapped[bool] = mapped_column(default=False)
    """Whether its Owners want everybody in it to have a second factor."""


class Membership(Base):
    """Somebody in an organisation, in the one role they have there."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        Index("ix_membership_organisation", "organisation_id", "joined_at", "id"),
        Index("ix_membership_person", "person_id", "joined_at"),
        Index("ix_membership_role", "organisation_id", "role"),
        scoped_by("organisation_id", "person_id", "disabled_by"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[OrganisationRole] = mapped_column(word_of(OrganisationRole))
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    disabled_at: Mapped[datetime | None]
    """When an Owner disabled it: they keep their role, and every right of it rests until an Owner lifts that."""
    disabled_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    disabled_reason: Mapped[str | None] = mapped_column(String(500))
    """Why, in the Owner's words, for whom it concerns to read."""


class Invitation(Base):
    """An open invitation, bound to an address. Accepted, declined or revoked it goes: the log says what came of it."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("organisation_id", "email_key"),
        scoped_by("organisation_id", "email_key", "invited_by", "id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    email: Mapped[Address]
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[OrganisationRole] = mapped_column(word_of(OrganisationRole))
    language: Mapped[str] = mapped_column(String(16), default="en")
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    """Who stands behind it: once their account is defended or closed, it is revoked."""
    sent_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    """When the one link that works was written. Sending it again kills the older one."""


class OrganisationEntry(Base):
    """A line of an organisation's activity: who did what to whom. Ids and words, never an address."""

    __tablename__ = "organisation_entry"
    __table_args__ = (
        Index("ix_organisation_entry_organisation", "organisation_id", "at", "id"),
        scoped_by("organisation_id", "by_id", "about_id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    deed: Mapped[Deed] = mapped_column(word_of(Deed))
    by_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    about_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """Whom it was done to, if that is somebody else with an account."""
    role: Mapped[OrganisationRole | None] = mapped_column(word_of(OrganisationRole))
    """The role that was given, offered or held."""
