"""The data register: what each area holds of whom, why, on which ground and how long.

An area declares a `Claim`. Export, erasure, verification, retention sweeps, the data table of the policy and the record
of processing are all read from the claims (P02, P24, P28). A column that no claim names fails the tests.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, BinaryIO, cast

from flask import Flask, current_app
from sqlalchemy import ColumnElement, MetaData, Select, delete, false, func, inspect, select, tuple_

from portal.kit import clock, periods
from portal.kit.db import db
from portal.kit.i18n import _, _l

Sentence = Any
"""A translatable sentence, said in the reader's language when shown."""


class Ground(Enum):
    """The lawful ground of holding data, by its usual name."""

    CONTRACT = _l("needed to serve you, as you asked")
    CONSENT = _l("your consent")
    LEGITIMATE_INTEREST = _l("our legitimate interest, which you may object to")
    LEGAL_DUTY = _l("a legal duty")


@dataclass(frozen=True)
class Subject:
    """Whose data: a person's id, the addresses that are proven to be theirs, or both."""

    person_id: uuid.UUID | None = None
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Column:
    """What one column is. `withheld` says why an export leaves the value out."""

    personal: bool
    label: Sentence = ""
    withheld: Sentence | None = None


def personal(label: Sentence, *, withheld: Sentence | None = None) -> Column:
    """Classify a column as personal data, under a name that the person understands."""
    return Column(True, label, withheld)


def technical(label: Sentence = "") -> Column:
    """Classify a column as saying nothing about a person by itself; with a label it is exported all the same."""
    return Column(False, label)


@dataclass(frozen=True)
class Keep:
    """How long: a period of the policy after the instant in column `since`, for the rows that `where` selects."""

    period: str
    since: str
    where: Callable[[], ColumnElement[bool]] | None = None

    def ended(self, model: Any) -> ColumnElement[bool]:
        """Return the clause for rows whose time is up."""
        clause = getattr(model, self.since) < clock.now() - periods.period(self.period)
        return clause & self.where() if self.where else clause

    def sentence(self) -> str:
        """Say the period."""
        return periods.describe(periods.period(self.period))


@dataclass(frozen=True)
class Kept:
    """Kept without a date; `words` say for how long."""

    words: Sentence

    def sentence(self) -> str:
        """Say so."""
        return str(self.words)


@dataclass(frozen=True)
class Until:
    """Kept until the instant that each row carries in column `at`; `words` say when that is."""

    at: str
    words: Sentence
    where: Callable[[], ColumnElement[bool]] | None = None

    def ended(self, model: Any) -> ColumnElement[bool]:
        """Return the clause for rows whose time is up."""
        clause = cast("ColumnElement[bool]", getattr(model, self.at) <= clock.now())
        return clause & self.where() if self.where else clause

    def sentence(self) -> str:
        """Say when."""
        return str(self.words)


UNTIL_ERASED = Kept(_l("until you delete it"))
SAYS_NOTHING = Kept(_l("as long as the portal runs; it says nothing about anybody"))
Rule = Kept | Keep | Until


@dataclass(frozen=True)
class Retain:
    """On erasure these rows stay, for this reason, until their own period ends."""

    reason: Sentence


@dataclass(frozen=True)
class Table:
    """One table of a claim. `whose` finds a subject's rows; None says that no row is about anybody."""

    model: Any
    what: Sentence
    purpose: Sentence
    ground: Ground
    keep: Rule | Sequence[Rule]
    columns: Mapping[str, Column]
    whose: Callable[[Subject], ColumnElement[bool]] | None = None
    on_erasure: Retain | None = None
    before_delete: Callable[[Sequence[Any]], None] | None = None

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return str(self.model.__tablename__)

    @property
    def rules(self) -> Sequence[Rule]:
        """Every retention rule of the table."""
        return self.keep if isinstance(self.keep, Sequence) else (self.keep,)

    def clause(self, subject: Subject) -> ColumnElement[bool]:
        """Return the clause for the subject's rows."""
        return self.whose(subject) if self.whose else false()

    def delete_rows(self, clause: ColumnElement[bool], batch: int) -> int:
        """Delete at most `batch` rows and return how many; `before_delete` sees them first (files go with their row)."""
        rows = db.session.scalars(select(self.model).where(clause).limit(batch)).all()
        if not rows:
            return 0
        if self.before_delete:
            self.before_delete(rows)
        key = inspect(self.model).primary_key
        identities = [inspect(row).identity for row in rows]
        for row in rows:
            db.session.expunge(row)
        db.session.execute(
            delete(self.model).where(tuple_(*key).in_(identities)), execution_options={"synchronize_session": False}
        )
        return len(rows)


def _nothing(_subject: Subject) -> list[Any]:
    return []


@dataclass(frozen=True)
class Claim:
    """The data of one area. An area that holds nothing says so with no tables and a `why_nothing`."""

    area: str
    tables: Sequence[Table] = ()
    why_nothing: Sentence = ""
    blockers: Callable[[Subject], Sequence[Sentence]] = _nothing
    """What must happen before an erasure (a sole Owner must hand over)."""
    consequences: Callable[[Subject], Sequence[Sentence]] = _nothing
    """What the person loses by an erasure."""
    holds: Callable[[Subject], Sequence[Sentence]] = _nothing
    """What must be kept for now, why and until when."""
    files: Callable[[Subject], Iterable[tuple[str, BinaryIO]]] = _nothing
    """Files to hand out with an export: (name in the archive, stream)."""
    erase_beside: Callable[[Subject], None] | None = None
    """Erases what stands outside the tables."""
    residue: Callable[[Subject], Sequence[str]] = _nothing
    """Names what is still there outside the tables after an erasure."""


@dataclass(frozen=True)
class RegisterRow:
    """One line of the register, in words."""

    area: str
    table: str
    what: str
    personal: list[str]
    purpose: str
    ground: str
    kept: str
    on_erasure: str


@dataclass(frozen=True)
class Dataset:
    """The rows of one table that an export hands out: column name -> label, rows as JSON-ready values, what is left out."""

    name: str
    what: str
    labels: Mapping[str, str]
    rows: Iterator[dict[str, Any]]
    withheld: Mapping[str, str] = field(default_factory=dict)


class Register:
    """All claims, in the order of the layers (low to high)."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims = tuple(claims)

    def tables(self) -> Iterator[tuple[Claim, Table]]:
        """Yield every table with its claim."""
        for claim in self.claims:
            for table in claim.tables:
                yield claim, table

    def faults(self, metadata: MetaData) -> list[str]:
        """Name every column that no claim classifies, every one named twice or too much (P02)."""
        named: dict[str, Table] = {}
        faults = []
        for claim, table in self.tables():
            if table.name in named:
                faults.append(f"{table.name}: claimed twice, again by {claim.area}")
            named[table.name] = table
        for name, stored in metadata.tables.items():
            have = set(named[name].columns) if name in named else set()
            real = {column.name for column in stored.columns}
            faults += [f"{name}.{column}: not classified" for column in sorted(real - have)]
            faults += [f"{name}.{column}: claimed but not stored" for column in sorted(have - real)]
        faults += [f"{table.name}: personal, but nobody's" for _claim, table in self.tables() if _is_lost(table)]
        return faults

    def rows(self) -> list[RegisterRow]:
        """Return the register in the reader's language: the table on /privacy and the output of `portal register`."""
        return [_row(claim, table) for claim, table in self.tables()]

    def held(self, subject: Subject) -> list[tuple[RegisterRow, int]]:
        """Return each line of the register with the number of rows that are about the subject."""
        return [(_row(claim, table), _count(table, subject)) for claim, table in self.tables() if table.whose]

    def export(self, subject: Subject) -> Iterator[Dataset]:
        """Yield everything held about the subject, one dataset a table, in constant memory (P24)."""
        for _claim, table in self.tables():
            if table.whose:
                yield _dataset(table, subject)

    def files(self, subject: Subject) -> Iterator[tuple[str, BinaryIO]]:
        """Yield the subject's files: (name, stream)."""
        for claim in self.claims:
            yield from claim.files(subject)

    def blockers(self, subject: Subject) -> list[str]:
        """Say what must happen before an erasure."""
        return [str(text) for claim in self.claims for text in claim.blockers(subject)]

    def consequences(self, subject: Subject) -> list[str]:
        """Say what an erasure takes away."""
        return [str(text) for claim in self.claims for text in claim.consequences(subject)]

    def holds(self, subject: Subject) -> list[str]:
        """Say what stays after an erasure, why and until when (P30, P31)."""
        stays = [
            _(
                "%(what)s: %(reason)s Kept for %(time)s.",
                what=table.what,
                reason=table.on_erasure.reason,
                time=_kept(table),
            )
            for _claim, table in self.tables()
            if table.on_erasure and _count(table, subject)
        ]
        return stays + [str(text) for claim in self.claims for text in claim.holds(subject)]

    def erase(self, subject: Subject, *, batch: int = 500) -> int:
        """Erase at most one batch, the highest area first; return how many rows went. 0 means that all is done (P28)."""
        for claim in reversed(self.claims):
            for table in claim.tables:
                if table.whose and not table.on_erasure and (gone := table.delete_rows(table.clause(subject), batch)):
                    return gone
        for claim in reversed(self.claims):
            if claim.erase_beside:
                claim.erase_beside(subject)
        return 0

    def residue(self, subject: Subject) -> list[str]:
        """Read back after an erasure and name whatever is still there; empty when it is complete."""
        left = [
            table.name for _claim, table in self.tables() if table.whose and not table.on_erasure and _count(table, subject)
        ]
        return left + [name for claim in self.claims for name in claim.residue(subject)]

    def sweep(self, *, batch: int = 500, dry_run: bool = False) -> dict[str, int]:
        """Delete rows whose time is up, at most one batch a table; return table -> rows gone (or that would go)."""
        swept: dict[str, int] = {}
        for _claim, table in self.tables():
            for rule in table.rules:
                if isinstance(rule, Kept):
                    continue
                ended = rule.ended(table.model)
                gone = _count_where(table, ended) if dry_run else table.delete_rows(ended, batch)
                if gone:
                    swept[table.name] = swept.get(table.name, 0) + gone
        return swept

    def overdue(self, *, grace: timedelta) -> dict[str, int]:
        """Count rows that a sweep should have deleted more than `grace` ago: the evidence that periods are kept."""
        late: dict[str, int] = {}
        for _claim, table in self.tables():
            for rule in table.rules:
                if isinstance(rule, Keep):
                    since = getattr(table.model, rule.since)
                    clause = since < clock.now() - periods.period(rule.period) - grace
                    if rows := _count_where(table, clause & rule.where() if rule.where else clause):
                        late[table.name] = late.get(table.name, 0) + rows
        return late


def _is_lost(table: Table) -> bool:
    return table.whose is None and any(column.personal for column in table.columns.values())


def _count(table: Table, subject: Subject) -> int:
    return _count_where(table, table.clause(subject))


def _count_where(table: Table, clause: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(table.model).where(clause)) or 0


def _kept(table: Table) -> str:
    return _(", or ").join(rule.sentence() for rule in table.rules)


def _row(claim: Claim, table: Table) -> RegisterRow:
    return RegisterRow(
        area=claim.area,
        table=table.name,
        what=str(table.what),
        personal=[str(column.label) for column in table.columns.values() if column.personal],
        purpose=str(table.purpose),
        ground=str(table.ground.value),
        kept=_kept(table),
        on_erasure=str(table.on_erasure.reason) if table.on_erasure else _("deleted"),
    )


def _dataset(table: Table, subject: Subject) -> Dataset:
    shown = {name: str(column.label) for name, column in table.columns.items() if column.label and not column.withheld}
    withheld = {str(c.label): str(c.withheld) for c in table.columns.values() if c.withheld}
    attributes = {column.name: prop.key for prop in inspect(table.model).column_attrs for column in prop.columns}
    query: Select[Any] = select(table.model).where(table.clause(subject)).execution_options(yield_per=200)

    def rows() -> Iterator[dict[str, Any]]:
        for row in db.session.scalars(query):
            yield {name: _plain(getattr(row, attributes[name])) for name in shown}
            db.session.expunge(row)

    return Dataset(table.name, str(table.what), shown, rows(), withheld)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def init_app(app: Flask, claims: Sequence[Claim]) -> None:
    """Hand the register to the areas that execute it."""
    app.extensions["portal.register"] = Register(claims)


def register() -> Register:
    """Return the register of the running app."""
    return cast(Register, current_app.extensions["portal.register"])
