"""Tables of background work."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, Word, word_of


class JobState(StrEnum):
    """Where a job stands. One that has run is deleted."""

    WAITING = "waiting"
    FAILED = "failed"


class Job(Base):
    """One piece of work to do: waiting (perhaps leased) or failed for good. A finished job is deleted."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "run_at"),)

    id: Mapped[Id]
    kind: Mapped[Word]
    payload: Mapped[dict[str, Any]]
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    state: Mapped[JobState] = mapped_column(word_of(JobState, length=16), default=JobState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    run_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    lease: Mapped[uuid.UUID | None]
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[str | None] = mapped_column(String(64))
    """Where a slow one stands that can be gone on with: what its kind makes of it."""
    error: Mapped[str | None] = mapped_column(String(100))
    """The type of the last error; never its words, which may quote data."""


class Schedule(Base):
    """When a scheduled job was first noted, when it last ran to its end, and when it is due next."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    next_at: Mapped[datetime]
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)
    ran_at: Mapped[datetime | None]
