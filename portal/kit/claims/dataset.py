"""What an export hands out of one table: named columns, rows as plain values, and what is left out and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, inspect, select

from portal.kit.claims.vocabulary import Keep, Subject, Table
from portal.kit.db import db

CHUNK = 200


@dataclass(frozen=True)
class Field:
    """One column as an export shows it."""

    name: str
    label: str
    is_personal: bool
    kind: str
    """The JSON type of its values."""


@dataclass(frozen=True)
class Dataset:
    """The subject's rows of one table. Iterating reads them anew, in constant memory, oldest first where known."""

    table: Table
    subject: Subject = field(repr=False)

    @property
    def name(self) -> str:
        """The table's name: a plain word, fit for the name of a file."""
        return self.table.name

    @property
    def what(self) -> str:
        """What the rows are, in the reader's language."""
        return str(self.table.what)

    @cached_property
    def fields(self) -> list[Field]:
        """Every column that is handed out, in the order of its claim, in the language that is spoken now."""
        stored = inspect(self.table.model).local_table.columns
        return [
            Field(name, str(column.label), column.personal, _kind(stored[name].type.python_type))
            for name, column in self.table.columns.items()
            if column.label and not column.withheld
        ]

    @cached_property
    def withheld(self) -> Mapping[str, str]:
        """Column -> why it is left out."""
        return {name: str(each.withheld) for name, each in self.table.columns.items() if each.withheld}

    def count(self) -> int:
        """Return how many rows there are."""
        where = self.table.clause(self.subject)
        return db.session.scalar(select(func.count()).select_from(self.table.model).where(where)) or 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row as JSON-ready values by column name."""
        stored = inspect(self.table.model).local_table.columns
        columns = [stored[each.name] for each in self.fields]
        query: Select[Any] = select(*columns).where(self.table.clause(self.subject)).order_by(*_order(self.table))
        for row in db.session.execute(query.execution_options(yield_per=CHUNK)):
            yield {each.name: _plain(value) for each, value in zip(self.fields, row, strict=True)}


def _order(table: Table) -> list[Any]:
    since = [getattr(table.model, rule.since) for rule in table.rules if isinstance(rule, Keep)]
    return [*since[:1], *inspect(table.model).primary_key]


def _kind(kind: type) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
    return kinds.get(kind, "string")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
