"""What staff have read: one entry before anything is shown, in tables of their own whose rows are never changed.

The customer's page and the checks read from here, and a provable log will stand on it: each row carries a random salt.
"""

import secrets
import uuid
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.actor import Staff
from portal.kit.claims import register
from portal.kit.db import Base, Id, Word, db, writing
from portal.kit.immutable import immutable
from portal.kit.unit import before_writes, release_connection

SALT_BYTES = 16


class Basis(StrEnum):
    """What gave the right to look."""

    TICKET = "ticket"
    INCIDENT = "incident"
    GRANT = "grant"


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
    claim: Mapped[Word]
    """The area whose claim holds the table."""
    table_name: Mapped[Word]
    how_many: Mapped[int]
    salt: Mapped[bytes] = mapped_column(LargeBinary(SALT_BYTES))


@immutable
class StaffReadSubject(Base):
    """Somebody whom a read was about."""

    __tablename__ = "staff_read_subject"

    read_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff_read.id", ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)


@before_writes
def record(
    model: type[Any],
    *,
    by: Staff,
    subjects: Collection[uuid.UUID],
    basis: Basis,
    basis_id: uuid.UUID,
    how_many: int = 1,
    organisation_id: uuid.UUID | None = None,
) -> None:
    """Record that staff are about to be shown rows of a table, and commit it at once (P36, P37).

    Raises KeyError for a table that no claim holds.
    """
    claim, table = register().claim_of(model)
    read = {
        "id": uuid.uuid4(),
        "at": clock.now(),
        "staff_id": by.person_id,
        "role": by.role.value,
        "organisation_id": organisation_id,
        "basis": basis.value,
        "basis_id": basis_id,
        "claim": claim.area,
        "table_name": table.name,
        "how_many": how_many,
        "salt": secrets.token_bytes(SALT_BYTES),
    }
    release_connection()
    with writing(), db.engine.begin() as connection:
        connection.execute(insert(StaffRead).values(read))
        about = [{"read_id": read["id"], "subject_id": subject_id} for subject_id in sorted(set(subjects))]
        if about:
            connection.execute(insert(StaffReadSubject), about)
