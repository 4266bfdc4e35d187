"""The words in which an area declares what it holds: claims, their tables and their columns."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, BinaryIO, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    false,
    func,
    inspect,
    literal_column,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from portal.kit.claims.chapters import Chapter
from portal.kit.claims.conversations import Conversation
from portal.kit.claims.gathered import AreaWords, RowWords, Words
from portal.kit.claims.orders import OrderRule
from portal.kit.claims.parties import ExemptWhile, Party
from portal.kit.claims.retention import Rule, Sentence
from portal.kit.claims.subjects import Subject
from portal.kit.claims.writers import StaffRight, Writer, corrected_by_staff
from portal.kit.db import db
from portal.kit.i18n import _l
from portal.kit.immutable import SWEEP
from portal.kit.scopes import across


class Ground(Enum):
    """The lawful ground of holding data, by its usual name."""

    CONTRACT = _l("Needed to provide what you asked for")
    CONSENT = _l("Your consent")
    LEGITIMATE_INTEREST = _l("Our legitimate interest, which you can object to")
    LEGAL_DUTY = _l("A legal obligation")


_NO_WORDS: Words = {}


@dataclass(frozen=True)
class Column:
    """What one column is. `withheld` says why an export leaves the value out, `words` what its values mean to people."""

    personal: bool
    label: Sentence = ""
    withheld: Sentence | None = None
    words: Words = field(default_factory=dict)
    row_words: RowWords | None = None
    """The words of one row, where others of its columns say what the value is of."""
    correctable: bool = False
    """Whether its text is corrected when its person credibly shows that it is wrong (P26)."""
    never_by_staff: bool = False
    """Whether no right of staff may ever name it (P09): passwords, factors, who is an Owner."""


def personal(
    label: Sentence,
    *,
    withheld: Sentence | None = None,
    words: Words = _NO_WORDS,
    correctable: bool = False,
    never_by_staff: bool = False,
) -> Column:
    """Classify a column as personal data, under a name that the person understands."""
    return Column(True, label, withheld, words, correctable=correctable, never_by_staff=never_by_staff)


def technical(
    label: Sentence = "", *, words: Words = _NO_WORDS, row_words: RowWords | None = None, never_by_staff: bool = False
) -> Column:
    """Classify a column as saying nothing about a person by itself; with a label it is exported all the same."""
    return Column(False, label, None, words, row_words, never_by_staff=never_by_staff)


_BY_CLAIM = "whoever executes claims writes the rows of each table alike, whosever they are"


@dataclass(frozen=True)
class Table:
    """One table of a claim. Its `parties` are whom its rows are about; none says that no row is about anybody."""

    model: Any
    what: Sentence
    purpose: Sentence
    ground: Ground
    retention: Rule | Sequence[Rule]
    columns: Mapping[str, Column]
    parties: Sequence[Party] = ()
    before_delete: Callable[[Sequence[Any]], None] | None = None
    is_anchor: bool = False
    """The row by which all others are found, such as the account: erased in the unit that verifies the erasure."""
    fixed: Sentence = _l("It’s a record of what happened, kept as it was noted.")
    """Why what isn't correctable in it stays as it is. Its person's statement can stand beside it (P26)."""
    by_person: Collection[str] = ()
    """Columns whose values the person chooses; the portal writes all others, and carries out every deletion."""
    by_owner: Collection[str] = ()
    """Columns whose values an Owner of the organisation chooses."""
    by_staff: Sequence[StaffRight] = ()
    """What staff may write, each with its reason: by default nothing (P09)."""
    never_by_staff: bool = False
    """Whether no right of staff may ever name any of its columns."""

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return str(self.model.__tablename__)

    @property
    def rules(self) -> Sequence[Rule]:
        """Every retention rule of the table."""
        return self.retention if isinstance(self.retention, Sequence) else (self.retention,)

    def writers_of(self, column: str) -> list[Writer]:
        """Return who writes a column, besides staff."""
        chosen = {Writer.PERSON: self.by_person, Writer.OWNER: self.by_owner}
        return [writer for writer, columns in chosen.items() if column in columns] or [Writer.SYSTEM]

    @property
    def staff_rights(self) -> Sequence[StaffRight]:
        """What staff may write: what is listed, and corrections that were asked for and decided (P26)."""
        corrected = [name for name, column in self.columns.items() if column.correctable]
        return [*self.by_staff, *([corrected_by_staff(corrected)] if corrected else [])]

    @property
    def never_written_by_staff(self) -> frozenset[str]:
        """The columns that no right of staff may ever name."""
        return frozenset(name for name, each in self.columns.items() if self.never_by_staff or each.never_by_staff)

    def unless_exempt(self, clause: ColumnElement[bool]) -> ColumnElement[bool]:
        """Return the clause for those of the rows that no reason keeps."""
        reasons = [
            each.on_erasure.where()
            for each in self.parties
            if isinstance(each.on_erasure, ExemptWhile) and each.on_erasure.where
        ]
        return and_(clause, not_(func.coalesce(or_(*reasons), false()))) if reasons else clause

    @across(_BY_CLAIM)
    def delete_rows(self, clause: ColumnElement[bool], batch: int) -> int:
        """Delete at most `batch` rows and return how many; `before_delete` sees them first (files go with their row)."""
        if not self.before_delete:
            return self._delete(self._where_they_lie(clause, batch))
        rows = db.session.scalars(select(self.model).where(clause).limit(batch).with_for_update(skip_locked=True)).all()
        self.before_delete(rows)
        identities = [inspect(row).identity for row in rows]
        for row in rows:
            db.session.expunge(row)
        return self._delete(self._is_one_of(identities)) if identities else 0

    @across(_BY_CLAIM)
    def blank_rows(self, clause: ColumnElement[bool], values: Mapping[str, Any], batch: int) -> int:
        """Write the values into at most `batch` rows that hold something else, and return how many."""
        identities = self._identities(and_(clause, self.differs(values)), batch)
        if identities:
            statement = update(self.model).where(tuple_(*self._key).in_(identities)).values(dict(values))
            db.session.execute(statement, execution_options={"synchronize_session": "fetch"})
        return len(identities)

    @across(_BY_CLAIM)
    def correct_row(self, clause: ColumnElement[bool], column: str, value: str) -> int:
        """Write what a text column should have said into the one row of the clause; return how many were written."""
        statement = update(self.model).where(clause).values({column: value})
        return db.affected(statement.execution_options(synchronize_session="fetch"))

    def differs(self, values: Mapping[str, Any]) -> ColumnElement[bool]:
        """Return the clause for rows in which any of these columns holds something else."""
        return or_(*(getattr(self.model, name).is_distinct_from(value) for name, value in values.items()))

    @property
    def _key(self) -> Sequence[Any]:
        return tuple(inspect(self.model).primary_key)

    def _delete(self, which: ColumnElement[bool]) -> int:
        statement = delete(self.model).where(which)
        return db.affected(statement.execution_options(synchronize_session=False, **{SWEEP: True}))

    def _where_they_lie(self, clause: ColumnElement[bool], batch: int) -> ColumnElement[bool]:
        """Say which rows go, for one statement that goes to each by its place, with no look into an index."""
        on_postgresql = db.engine.dialect.name == "postgresql"
        place: ColumnElement[Any] = literal_column(f"{self.name}.{'ctid' if on_postgresql else 'rowid'}")
        found = select(place).select_from(self.model).where(clause).limit(batch)
        return place == func.any(func.array(found.scalar_subquery())) if on_postgresql else place.in_(found)

    def _is_one_of(self, keys: Any) -> ColumnElement[bool]:
        if len(self._key) > 1:
            return tuple_(*self._key).in_(keys)
        return cast("ColumnElement[bool]", self._key[0].in_([key for (key,) in keys] if isinstance(keys, list) else keys))

    def _some(self, clause: ColumnElement[bool], batch: int) -> Select[Any]:
        return select(*self._key).where(clause).limit(batch).with_for_update(skip_locked=True)

    def _identities(self, clause: ColumnElement[bool], batch: int) -> list[Any]:
        return [tuple(row) for row in db.session.execute(self._some(clause, batch))]


def _nothing(_subject: Subject) -> list[Any]:
    return []


def _no(_subject: Subject) -> bool:
    return False


@dataclass(frozen=True)
class Blocker:
    """What must happen before an erasure, and the page on which its person does it."""

    sentence: Sentence
    way: Sentence = ""
    """What that page is called; empty where there is none."""
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DataClaim:
    """The data of one area. An area that holds nothing says so with no tables and a `why_nothing`."""

    area: str
    tables: Sequence[Table] = ()
    title: Sentence = ""
    """What a person calls this part of what is held."""
    chapter: Chapter = Chapter.LOGS
    """Where a copy shows it. The row by which all others are found stands in the first chapter, whatever this says."""
    why_nothing: Sentence = ""
    words: AreaWords = field(default_factory=AreaWords)
    """What people call what the area names in the tables of others."""
    blockers: Callable[[Subject], Sequence[Blocker]] = _nothing
    """What must happen before an erasure (a sole Owner must hand over)."""
    production_stays: Callable[[Subject], bool] = _no
    """Whether what the person made in the company's products is somebody else's too, and outlives them (P41)."""
    consequences: Callable[[Subject], Sequence[Sentence]] = _nothing
    """What the person loses by an erasure."""
    stays_besides: Callable[[Subject], Sequence[Sentence]] = _nothing
    """What stays after an erasure besides the rows of the tables, why and until when."""
    stored: Mapping[str, Any] = field(default_factory=dict)
    """Kind of stored file -> the column that holds its keys. A file whose key stands in no row is an orphan."""
    files: Callable[[Subject], Iterable[tuple[str, BinaryIO]]] = _nothing
    """Files to hand out with an export: (name in the archive, stream)."""
    conversations: Callable[[Subject], Iterable[Conversation]] = _nothing
    """What was said in the subject's matters, to hand out with an export as people read it."""
    orders: Sequence[OrderRule] = ()
    """What a person may have deleted by itself once it is old."""
    erase_external: Callable[[Subject], None] | None = None
    """Erases what stands outside the tables."""
    residue: Callable[[Subject], Sequence[str]] = _nothing
    """Names what is still there outside the tables after an erasure."""

    @property
    def chapter_of_files(self) -> Chapter:
        """The chapter of its files: those beside the row by which all others are found are of the first one."""
        return Chapter.YOU if any(table.is_anchor for table in self.tables) else self.chapter
