"""What one table holds about one of its parties: the unit of export, erasure, overview and residue."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Uuid, and_, false, inspect, select

from portal.kit.actor import Role
from portal.kit.claims.chapters import Chapter
from portal.kit.claims.parties import BlankColumns, DeleteRow, ExemptWhile, Party
from portal.kit.claims.subjects import AnyOne, Subject
from portal.kit.claims.vocabulary import Column, DataClaim, Table
from portal.kit.db import db
from portal.kit.i18n import _


class Effect(StrEnum):
    """What an erasure does to the rows of a party."""

    DELETED = "deleted"
    BLANKED = "blanked"
    RETAINED = "retained"
    NONE = "none"


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register, in words."""

    area: str
    table: str
    party: str
    what: str
    personal: list[str]
    purpose: str
    ground: str
    kept: str
    on_erasure: str
    effect: Effect
    staff: list[str]
    """What staff may write, in sentences; none says: nothing (P09)."""
    writers: dict[str, list[str]]
    """Column -> who may write it; with a row go all of its columns."""

    @property
    def name(self) -> str:
        """The name of the line, which no other line bears."""
        return name_of(self.table, self.party)


def name_of(table: str, party: str) -> str:
    """Return the name of a line of the register: the table's, and the party's behind it where it has one."""
    return f"{table}-{party}" if party else table


@dataclass(frozen=True)
class Holding:
    """One table of a claim, seen by one of its parties; by nobody where its rows are about nobody."""

    claim: DataClaim
    table: Table
    party: Party | None

    @property
    def name(self) -> str:
        """The name of its line in the register."""
        return name_of(self.table.name, self.party.name if self.party else "")

    @property
    def what(self) -> str:
        """What the rows are, in the reader's language."""
        return str((self.party.what if self.party else "") or self.table.what)

    @property
    def chapter(self) -> Chapter:
        """Where a copy shows it."""
        return Chapter.YOU if self.table.is_anchor else self.claim.chapter

    @property
    def is_disclosed(self) -> bool:
        """Whether the party is told of its rows."""
        return self.party is not None and not self.party.undisclosed

    @property
    def effect(self) -> Effect:
        """What an erasure does."""
        if self.party is None:
            return Effect.NONE
        action = self.party.on_erasure
        if isinstance(action, BlankColumns):
            return Effect.BLANKED
        return Effect.DELETED if isinstance(action, DeleteRow) else Effect.RETAINED

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The table's columns as the party sees them: what is not shown to it is withheld with the party's reason."""
        shows = self.party.shows if self.party else None
        if self.party is None or shows is None:
            return self.table.columns
        return {
            name: replace(column, label=shows[name]) if name in shows else _left_out(column, self.party)
            for name, column in self.table.columns.items()
        }

    @property
    def record_key(self) -> Any:
        """The column by which a record is told from the others; None where that takes more than a random id."""
        (first, *more) = inspect(self.table.model).primary_key
        return None if more or not isinstance(first.type, Uuid) else first

    @property
    def correctable(self) -> list[str]:
        """The columns whose text is corrected on a request that shows it to be wrong, and that the party is shown."""
        columns = self.columns.items() if self.is_disclosed and self.record_key is not None else ()
        return [name for name, column in columns if column.correctable and not column.withheld]

    def one(self, subject: Subject, record_id: uuid.UUID) -> ColumnElement[bool]:
        """Return the clause for one record, where it is about the subject."""
        return and_(self.clause(subject), self.record_key == record_id)

    def read_locked(self, subject: Subject, record_id: uuid.UUID, *, column: str) -> str | None:
        """Return what a correctable column of the subject's record holds, locked until the unit ends; None: none such."""
        if column not in self.correctable:
            return None
        stored = inspect(self.table.model).local_table.columns[column]
        return db.session.scalar(select(stored).where(self.one(subject, record_id)).with_for_update())

    def read_several(self, subject: Subject, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
        """Return what the correctable columns of some records hold, by record; what is not the subject's is left out."""
        stored = inspect(self.table.model).local_table.columns
        columns = [stored[name] for name in self.correctable]
        which = and_(self.clause(subject), self.record_key.in_(ids))
        found = db.session.execute(select(self.record_key, *columns).where(which))
        return {record_id: dict(zip(self.correctable, values, strict=True)) for record_id, *values in found}

    def correct(self, subject: Subject, record_id: uuid.UUID, *, column: str, value: str) -> bool:
        """Write what a correctable column of the subject's record should say, and tell whether it was written."""
        return column in self.correctable and self.table.correct_row(self.one(subject, record_id), column, value) == 1

    def clause(self, subject: Subject | AnyOne) -> ColumnElement[bool]:
        """Return the clause for the rows that are about the subject."""
        if self.party is None:
            return false()
        subjects = subject if isinstance(subject, AnyOne) else [subject]
        clause, action = self.party.whose(subjects), self.party.on_erasure
        return clause & action.where() if isinstance(action, ExemptWhile) and action.where else clause

    def erasable(self, subject: Subject | AnyOne) -> ColumnElement[bool]:
        """Return the clause for the rows in which an erasure has something to do."""
        action = self.party.on_erasure if self.party else None
        if isinstance(action, DeleteRow):
            return self.table.unless_exempt(self.clause(subject))
        if isinstance(action, BlankColumns):
            return self.table.unless_exempt(self.clause(subject)) & self.table.differs(action.columns)
        return false()

    def erase(self, subject: Subject, *, batch: int) -> int:
        """Delete or blank at most `batch` of the subject's rows, and return how many."""
        if self.party and isinstance(self.party.on_erasure, BlankColumns):
            return self.table.blank_rows(self.erasable(subject), self.party.on_erasure.columns, batch)
        return self.table.delete_rows(self.erasable(subject), batch)

    def row(self) -> RegisterRow:
        """Return the line of the register, in the reader's language."""
        shown = self.party.shows if self.party else None
        columns = [each for name, each in self.columns.items() if each.personal and (shown is None or name in shown)]
        return RegisterRow(
            area=self.claim.area,
            table=self.table.name,
            party=self.party.name if self.party else "",
            what=self.what,
            personal=list(dict.fromkeys(str(column.label) for column in columns)),
            purpose=str(self.table.purpose),
            ground=str(self.table.ground.value),
            kept=" · ".join(dict.fromkeys(rule.sentence() for rule in self.table.rules)),
            on_erasure=self._said_of_erasure(),
            effect=self.effect,
            staff=[str(right.why) for right in self.table.staff_rights],
            writers={name: _writers_of(self.table, name) for name in self.table.columns},
        )

    def _said_of_erasure(self) -> str:
        if self.party is None:
            return str(_("Nothing: no entry is about anyone"))
        action = self.party.on_erasure
        if isinstance(action, DeleteRow):
            return str(_("Deleted"))
        return str(action.words if isinstance(action, BlankColumns) else action.reason)


def _writers_of(table: Table, column: str) -> list[str]:
    """Return who may write a column, each in one word; staff by their role, those who may add or delete whole rows too."""
    rights = [right for right in table.staff_rights if right.adds or right.deletes or column in right.columns]
    staff = [f"staff.{role.value}" for role in Role if any(role in right.roles for right in rights)]
    return [*(writer.value for writer in table.writers_of(column)), *staff]


def _left_out(column: Column, party: Party) -> Column:
    is_named = column.personal or column.label
    return replace(column, withheld=column.withheld or party.withheld) if is_named else column
