"""The audit trail: who did what to whom and when, as ids and facts. Never an address, a name or a free text."""

import re
import uuid
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, db

_EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
_FACT = re.compile(r"[A-Za-z0-9_.:/+-]{0,64}")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|::|(?:[0-9A-Fa-f]{1,4}:){7}")


class AuditEntry(Base):
    """One fact of the past."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject_id", "at"),
        # What people do for themselves is found by its subject, and is nearly everything.
        Index(
            "ix_audit_entry_by_for_others",
            "by_id",
            "at",
            sqlite_where=text("subject_id IS NOT by_id"),
            postgresql_where=text("subject_id IS DISTINCT FROM by_id"),
        ),
    )

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True, default=clock.now)
    event: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[uuid.UUID | None]
    by_id: Mapped[uuid.UUID | None]
    facts: Mapped[dict[str, Any]]


def record(event: str, *, subject_id: uuid.UUID | None = None, by: uuid.UUID | None = None, **facts: object) -> None:
    """Record `area.past_tense` in this transaction. Raises ValueError for a fact that could hold an address or text."""
    db.session.add(_entry(event, subject_id, by, facts))


def _entry(event: str, subject_id: uuid.UUID | None, by: uuid.UUID | None, facts: dict[str, object]) -> AuditEntry:
    if not _EVENT.fullmatch(event):
        raise ValueError("an audit event is named area.past_tense")
    return AuditEntry(
        event=event, subject_id=subject_id, by_id=by, facts={name: _plain(value) for name, value in facts.items()}
    )


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, str) and _FACT.fullmatch(value) and not _ADDRESS.search(value):
        return value
    raise ValueError("an audit fact is an id, a number or a word")
