"""What an organisation's leaving pack holds: one list, gathered from the areas (P24, P35).

Each table whose rows belong to an organisation is declared by its area: the fields that an Owner may see, and what is left
out and why. A table that nobody declares fails the tests.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO

from sqlalchemy import Select, func, select

from portal.kit.claims import Conversation, Field, Ground, Words, kind_of, plain
from portal.kit.db import db
from portal.kit.i18n import _l
from portal.kit.running import App, Installed

CHUNK = 200
INTERNAL = _l("An internal ID.")
NAMED = _l("An account’s ID. The name is in its place.")


@dataclass(frozen=True)
class Shown:
    """One field of a row as a pack hands it out: what it is called, and what its values mean, where they are few."""

    label: Any
    is_personal: bool = False
    words: Words = field(default_factory=dict)


@dataclass(frozen=True)
class PackTable:
    """One table of an organisation. `rows` selects what `shows` names, oldest first, of the organisation with an id."""

    name: str
    """The name of its files in a pack."""
    model: type[Any]
    what: Any
    purpose: Any
    shows: Mapping[str, Shown]
    rows: Callable[[uuid.UUID], "Select[*tuple[Any, ...]]"]
    left_out: Mapping[str, Any] = field(default_factory=dict)
    """Column of the model that stands in no pack -> why."""


@dataclass(frozen=True)
class LeftOut:
    """A table of organisations that no pack holds, and why."""

    model: type[Any]
    why: Any


@dataclass(frozen=True)
class PackPart:
    """What one area puts into a pack: tables, conversations and files, each of the organisation with an id."""

    tables: Sequence[PackTable] = ()
    left_out: Sequence[LeftOut] = ()
    conversations: Callable[[uuid.UUID], Iterable[Conversation]] | None = None
    files: Callable[[uuid.UUID], Iterable[tuple[str, BinaryIO]]] | None = None


@dataclass(frozen=True)
class PackRows:
    """An organisation's rows of one table. Iterating reads them anew, in constant memory."""

    table: PackTable
    organisation_id: uuid.UUID

    ground = Ground.CONTRACT

    @property
    def name(self) -> str:
        """The name of its files."""
        return self.table.name

    @property
    def what(self) -> str:
        """What the rows are, in the reader's language."""
        return str(self.table.what)

    @property
    def purpose(self) -> str:
        """What they are for, in the reader's language."""
        return str(self.table.purpose)

    @cached_property
    def fields(self) -> list[Field]:
        """Every field, in the language that is spoken now."""
        columns = self._query().selected_columns
        return [
            Field(key, str(each.label), each.is_personal, *kind_of(columns[key].type), words=each.words)
            for key, each in self.table.shows.items()
        ]

    @property
    def withheld(self) -> Mapping[str, str]:
        """Column -> why it is left out."""
        return {name: str(why) for name, why in self.table.left_out.items()}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each row as JSON-ready values by field."""
        for values in self.values():
            yield {each.name: plain(value) for each, value in zip(self.fields, values, strict=True)}

    def values(self) -> Iterator[Sequence[Any]]:
        """Yield each row as it is stored, in the order of `fields`."""
        for row in db.session.execute(self._query().execution_options(yield_per=CHUNK)):
            yield [getattr(row, key) for key in self.table.shows]

    def count(self) -> int:
        """Return how many rows there are."""
        return db.session.scalar(select(func.count()).select_from(self._query().order_by(None).subquery())) or 0

    def _query(self) -> "Select[*tuple[Any, ...]]":
        return self.table.rows(self.organisation_id)


_PARTS = Installed[tuple[PackPart, ...]]("leaving_packs")


def init_app(app: App, parts: Iterable[PackPart]) -> None:
    """Gather what the areas put into a pack. Raises RuntimeError when two tables bear one name."""
    found = tuple(parts)
    names = [each.name for part in found for each in part.tables]
    if len(set(names)) != len(names):
        raise RuntimeError("two tables of a pack bear one name")
    _PARTS.install(app, found)


def parts() -> tuple[PackPart, ...]:
    """Return what the areas put into a pack."""
    return _PARTS.get()


def rows_of(organisation_id: uuid.UUID) -> list[PackRows]:
    """Return every table of an organisation, in the order of the areas."""
    return [PackRows(table, organisation_id) for part in parts() for table in part.tables]


def left_out() -> list[tuple[str, str]]:
    """Return the tables of organisations that no pack holds: (table, why)."""
    return [(str(each.model.__tablename__), str(each.why)) for part in parts() for each in part.left_out]


def conversations_of(organisation_id: uuid.UUID) -> Iterator[Conversation]:
    """Yield every conversation that is shared with an organisation."""
    for part in parts():
        if part.conversations is not None:
            yield from part.conversations(organisation_id)


def files_of(organisation_id: uuid.UUID) -> Iterator[tuple[str, BinaryIO]]:
    """Yield every file that is shared with an organisation: (name, stream)."""
    for part in parts():
        if part.files is not None:
            yield from part.files(organisation_id)
