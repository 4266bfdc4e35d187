"""Columns of sealed values. Each value begins with the id of the secret that sealed it, so that SQL can count them.

The column's type holds purpose and context, and is found in the models: whoever re-seals misses none.
"""

import uuid
from collections.abc import Callable

from sqlalchemy import Column, LargeBinary, func, literal_column
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

from portal.kit import keys
from portal.kit.db import Base

UNNAMED = "00" * keys.ID_BYTES
"""The id on values from before there were ids: any secret of the list may open them."""


class Sealed(TypeDecorator[bytes]):
    """Bytes sealed under the portal's secret, of use in their own row only. `what` names them for operators."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str, what: str, context: Callable[[uuid.UUID], bytes] = lambda of: of.bytes) -> None:
        super().__init__()
        self.purpose, self.what, self.context = purpose, what, context

    def seal(self, plain: bytes, *, of: uuid.UUID) -> bytes:
        """Return what the row `of` stores: the newest secret's id, then the sealed bytes."""
        return bytes.fromhex(keys.key_ids()[0]) + keys.seal(self.purpose, plain, context=self.context(of))

    def open(self, stored: bytes, *, of: uuid.UUID) -> bytes:
        """Open what the row `of` stores. Raises CannotOpen."""
        return keys.open_sealed(self.purpose, stored[keys.ID_BYTES :], context=self.context(of))


def key_id_of(stored: bytes) -> str:
    """Return the id of the secret that sealed a stored value."""
    return stored[: keys.ID_BYTES].hex()


def key_id_in(column: Column[bytes]) -> ColumnElement[bytes]:
    """Return the id of the secret as SQL reads it from a sealed column."""
    # Without parameters: PostgreSQL groups by an expression only when it is spelt alike.
    return func.substr(column, literal_column("1"), literal_column(str(keys.ID_BYTES)), type_=LargeBinary)


def sealed_columns() -> list[tuple[Column[bytes], Sealed]]:
    """Return every sealed column of the portal with its type, always in the same order."""
    return [
        (column, column.type)
        for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name)
        for column in table.columns
        if isinstance(column.type, Sealed)
    ]
