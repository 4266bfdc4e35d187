"""What an export hands out of one table: named columns, rows as plain values, and what is left out and why."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, and_, func, inspect, literal, or_, select, tuple_
from sqlalchemy.types import TypeEngine

from portal.kit.claims.gathered import RowWords, Words
from portal.kit.claims.holdings import Holding
from portal.kit.claims.retention import RetainFor
from portal.kit.claims.subjects import Subject
from portal.kit.claims.vocabulary import Ground, Table
from portal.kit.db import UtcDateTime, db
from portal.kit.i18n import _

CHUNK = 200
Key = list[Any]
"""What orders a row and tells it from every other, as JSON knows it."""
Span = tuple[datetime | None, datetime | None]
"""From an instant on, and before another one; None for no bound."""


def within(at: datetime, span: Span) -> bool:
    """Tell whether an instant lies in a span."""
    first, last = span
    return (first is None or at >= first) and (last is None or at < last)


@dataclass(frozen=True)
class Field:
    """One column as an export shows it."""

    name: str
    label: str
    is_personal: bool
    kind: str
    """The JSON type of its values."""
    format: str | None
    """What a text holds, in the words of JSON Schema."""
    words: Words = field(default_factory=dict, repr=False)
    """What its values mean to people, where they are few."""
    row_words: RowWords | None = field(default=None, repr=False)
    """The same of one row, given by column."""


@dataclass(frozen=True)
class Dataset:
    """The subject's rows of one table, as one of its parties sees them.

    Iterating reads them anew, in constant memory, oldest first where known. With a `span`, only those from its first instant
    on and before its second; the row by which all others are found, and rows without an instant, are in any.
    """

    holding: Holding
    subject: Subject = field(repr=False)
    span: Span = (None, None)
    beside: Mapping[uuid.UUID, str] = field(default_factory=dict, repr=False)
    """What the subject says of single rows, by their key: a field of its own, where there is any."""

    @property
    def name(self) -> str:
        """The name of its line in the register: plain words, fit for the name of a file."""
        return self.holding.name

    @property
    def table(self) -> Table:
        """The table that it is drawn from."""
        return self.holding.table

    @property
    def what(self) -> str:
        """What the rows are, in the reader's language."""
        return self.holding.what

    @property
    def purpose(self) -> str:
        """What the rows are for, in the reader's language."""
        return str(self.table.purpose)

    @property
    def ground(self) -> Ground:
        """On which ground they are held."""
        return self.table.ground

    @cached_property
    def fields(self) -> list[Field]:
        """Every column that is handed out, in the order of its claim, in the language that is spoken now."""
        statement = [Field("your_statement", _("Your statement"), True, "string", None)] if self.beside else []
        return [*fields_of(self.holding), *statement]

    @cached_property
    def withheld(self) -> Mapping[str, str]:
        """Column -> why it is left out."""
        return {name: str(each.withheld) for name, each in self.holding.columns.items() if each.withheld}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row as JSON-ready values by column name."""
        for values in self.values():
            yield {each.name: plain(value) for each, value in zip(self.fields, values, strict=True)}

    def values(self) -> Iterator[Sequence[Any]]:
        """Yield each row as it is stored, in the order of `fields`."""
        for _key, row in self._read():
            yield row

    def keyed(self, after: Key | None = None) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield each row behind that key as iterating does, each with its own key, as JSON knows it."""
        for key, row in self._read(after):
            yield (
                [plain(value) for value in key],
                {each.name: plain(value) for each, value in zip(self.fields, row, strict=True)},
            )

    def _read(self, after: Key | None = None) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
        stored, order = inspect(self.table.model).local_table.columns, _order(self.table)
        beside = [self.holding.record_key.label("row_key")] if self.beside else []
        columns = [*(stored[each.name] for each in fields_of(self.holding)), *beside]
        by = [each.label(f"by_{number}") for number, each in enumerate(order)]
        query: Select[Any] = select(*columns, *by).where(self._clause()).order_by(*order)
        if after is not None:
            behind = [literal(_stored(value, each.type), each.type) for value, each in zip(after, order, strict=True)]
            query = query.where(tuple_(*order) > tuple_(*behind))
        for row in db.session.execute(query.execution_options(yield_per=CHUNK)):
            shown = row[: len(columns)]
            yield row[len(columns) :], _with_statement(shown, self.beside) if self.beside else shown

    def count(self) -> int:
        """Return how many rows there are."""
        return db.session.scalar(select(func.count()).select_from(self.table.model).where(self._clause())) or 0

    def _clause(self) -> ColumnElement[bool]:
        clause, (first, last), at = self.holding.clause(self.subject), self.span, _instant_of(self.table)
        if at is None or self.table.is_anchor:
            return clause
        bounds = [] if first is None else [at >= first]
        bounds += [] if last is None else [at < last]
        return and_(clause, or_(at.is_(None), and_(*bounds))) if bounds else clause


def _with_statement(row: Sequence[Any], beside: Mapping[uuid.UUID, str]) -> Sequence[Any]:
    return [*row[:-1], beside.get(row[-1])]


def _instant_of(table: Table) -> Any:
    """Return the column that says when a row is of: that of its period, else the first one."""
    since = [rule.since for rule in table.rules if isinstance(rule, RetainFor)]
    stored = inspect(table.model).local_table.columns
    instants = [*since, *(name for name in table.columns if isinstance(stored[name].type, UtcDateTime))]
    return stored[instants[0]] if instants else None


def fields_of(holding: Holding) -> list[Field]:
    """Return every column of a line that its subject is shown, in the order of its claim."""
    stored = inspect(holding.table.model).local_table.columns
    return [
        Field(
            name,
            str(column.label),
            column.personal,
            *kind_of(stored[name].type),
            words=column.words,
            row_words=column.row_words,
        )
        for name, column in holding.columns.items()
        if column.label and not column.withheld
    ]


def _order(table: Table) -> list[Any]:
    """Return the columns that order the rows, oldest first where known: an instant that each row has, and the key."""
    model, stored = table.model, inspect(table.model).local_table.columns
    since = [rule.since for rule in table.rules if isinstance(rule, RetainFor)]
    dated = [name for name in (*since, *table.columns) if isinstance(stored[name].type, UtcDateTime)]
    steady = [stored[name] for name in dated if not stored[name].nullable]
    return [*steady[:1], *inspect(model).primary_key]


def _stored(value: Any, kind: TypeEngine[Any]) -> Any:
    """Return a value of a key as its column holds it."""
    made = datetime.fromisoformat if isinstance(kind, UtcDateTime) else _READ.get(kind.python_type)
    return made(value) if made else value


_READ: Mapping[type, Callable[[str], Any]] = {
    date: date.fromisoformat,
    uuid.UUID: uuid.UUID,
    bytes: bytes.fromhex,
}


def kind_of(stored: TypeEngine[Any]) -> tuple[str, str | None]:
    """Return the type and the format of a column's values, in the words of JSON Schema."""
    if isinstance(stored, JSON):
        return "object", None
    if isinstance(stored, UtcDateTime):
        return "string", "date-time"
    kinds = {bool: "boolean", int: "integer", float: "number"}
    formats = {date: "date", uuid.UUID: "uuid"}
    return kinds.get(stored.python_type, "string"), formats.get(stored.python_type)


def plain(value: Any) -> Any:
    """Return a stored value as JSON knows it: instants and ids as text, bytes in hex."""
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
