"""Parts of the actor: what each area adds to the one statement that says who acts.

A part is a column of the base row or a correlated scalar subquery, and a reader of its value. Instants are bound
parameters, so that the statement is built once for all requests: the present one is `NOW`.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, SQLColumnExpression, bindparam, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from portal.kit.db import UtcDateTime

MOST = 50
"""Values of a many-valued part at most: it stands in every request of its person."""
NAMED_ORGANISATION = "named_organisation"
"""The parameter that holds the id of the organisation which the address names; none for an address that names none."""
NOW: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Part:
    """One field of `Actor`: where its value stands in the statement, and how that is read."""

    field: str
    column: SQLColumnExpression[Any]
    read: Callable[[Any], Any] = _as_it_is


def many_valued(field: str, query: Select[Any], *, read: Callable[[Sequence[tuple[Any, ...]]], Any]) -> Part:
    """Make a part of the first rows of `query`, at most 50 in its order; `read` gets them as tuples of Python values.

    The query says by `correlate` which table of the base row it belongs to. Ids, instants, dates, truth values, numbers
    and texts arrive as what their columns hold. Raises ValueError for a column of another type.
    """
    rows = query.limit(MOST).subquery()
    readers = [_reader_of(column) for column in rows.columns]

    def read_all(values: Sequence[Sequence[Any]]) -> Any:
        return read([tuple(each(value) for each, value in zip(readers, row, strict=True)) for row in values])

    return Part(field, select(json_rows(*rows.columns)).scalar_subquery(), read_all)


class json_rows(FunctionElement[Any]):  # noqa: N801 (a function of SQL)
    """All rows as one JSON array of arrays; empty where there is none."""

    type = JSON()
    inherit_cache = True


@compiles(json_rows, "sqlite")
def _on_sqlite(element: json_rows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kw)}))"


@compiles(json_rows, "postgresql")
def _on_postgresql(element: json_rows, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce(json_agg(json_build_array({compiler.process(element.clauses, **kw)})), '[]')"


def _reader_of(column: ColumnElement[Any]) -> Callable[[Any], Any]:
    kind = column.type.impl_instance.python_type if isinstance(column.type, UtcDateTime) else column.type.python_type
    try:
        reader = _READERS[kind]
    except KeyError:
        raise ValueError(f"{column.name}: no value of this type travels in an actor") from None
    return lambda value: None if value is None else reader(value)


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


_READERS: dict[type, Callable[[Any], Any]] = {
    uuid.UUID: uuid.UUID,
    datetime: _instant,
    date: date.fromisoformat,
    bool: bool,
    int: int,
    str: str,
}
"""Type of a column -> reader of its JSON: the two databases write ids, instants and truth values each in its own way."""
