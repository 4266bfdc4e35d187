"""What staff have read: one entry before anything is shown, in tables of their own whose rows are never changed.

The customer's page and the checks read from here, and a provable log will stand on it: each row carries a random salt.
"""

import secrets
import uuid
from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.actor import Staff
from portal.kit.claims import register
from portal.kit.db import Base, Id, Word, db, writing
from portal.kit.i18n import _l
from portal.kit.immutable import immutable
from portal.kit.unit import before_writes, release_connection

SALT_BYTES = 16


class Basis(StrEnum):
    """What gave the right to look."""

    TICKET = "ticket"
    TICKET_LIST = "ticket_list"
    REQUEST = "request"
    INCIDENT = "incident"
    GRANT = "grant"
    HOLD = "hold"
    DISABLING = "disabling"


BASES = {
    Basis.TICKET: _l("A support ticket of yours"),
    Basis.TICKET_LIST: _l("In the list of tickets"),
    Basis.REQUEST: _l("A request of yours about your data"),
    Basis.INCIDENT: _l("Your data, because of an incident"),
    Basis.GRANT: _l("Your data, under a grant for one case"),
    Basis.HOLD: _l("What must be kept of your data for longer"),
    Basis.DISABLING: _l("Whether your account is to be disabled for a breach of the Terms"),
}
"""What staff looked at, by what gave them the right."""


@immutable
class StaffRead(Base):
    """One time that a member of staff was shown rows of a table."""

    __tablename__ = "staff_read"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(index=True)
    role: Mapped[Word]
    organisation_id: Mapped[uuid.UUID | None]
    """Whose rows they are, where they belong to an organisation and not to one person."""
    basis: Mapped[Word]
    basis_id: Mapped[uuid.UUID]
    """The ticket, request, incident or grant; of a list this very entry, which names what stood in it."""
    claim: Mapped[Word]
    """The area whose claim holds the table."""
    table_name: Mapped[Word]
    how_many: Mapped[int]
    row_ids: Mapped[list[str] | None] = mapped_column(JSON().with_variant(postgresql.JSONB(), "postgresql"))
    """Every row of a list that was shown."""
    salt: Mapped[bytes] = mapped_column(LargeBinary(SALT_BYTES))


@immutable
class StaffReadSubject(Base):
    """Somebody whom a read was about. Of all the lists of one day that somebody stood in, the first."""

    __tablename__ = "staff_read_subject"
    __table_args__ = (Index("ix_staff_read_subject_listed", "subject_id", "listed_on", unique=True),)

    read_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff_read.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    listed_on: Mapped[date | None]
    """The day (UTC) of the list that somebody stood in; empty for what was opened."""


@before_writes
def record(
    model: type[Any],
    *,
    by: Staff,
    subjects: Collection[uuid.UUID],
    basis: Basis,
    basis_id: uuid.UUID | None = None,
    how_many: int = 1,
    organisation_id: uuid.UUID | None = None,
    listed: Collection[uuid.UUID] = (),
) -> None:
    """Record that staff are about to be shown rows of a table, and commit it at once (P36, P37).

    `listed` are the rows of a list: they stand in its one entry, and each of its subjects is told of one list a day.

    Raises KeyError for a table that no claim holds.
    """
    claim, table = register().claim_of(model)
    read_id, at = uuid.uuid4(), clock.now()
    read = {
        "id": read_id,
        "at": at,
        "staff_id": by.person_id,
        "role": by.role.value,
        "organisation_id": organisation_id,
        "basis": basis.value,
        "basis_id": basis_id or read_id,
        "claim": claim.area,
        "table_name": table.name,
        "how_many": len(listed) or how_many,
        "row_ids": [str(row_id) for row_id in listed] or None,
        "salt": secrets.token_bytes(SALT_BYTES),
    }
    listed_on = at.date() if listed else None
    about = [{"read_id": read_id, "subject_id": each, "listed_on": listed_on} for each in sorted(set(subjects))]
    _commit(read, about)


@before_writes
def _commit(read: dict[str, Any], about: list[dict[str, Any]]) -> None:
    release_connection()
    with writing(), db.engine.begin() as connection:
        connection.execute(insert(StaffRead).values(read))
        if about:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            # Of somebody who stood in a list of this day before, that one tells.
            connection.execute(dialect.insert(cast(Any, StaffReadSubject.__table__)).values(about).on_conflict_do_nothing())
