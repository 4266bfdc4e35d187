"""The words in which an area declares what it holds: claims, their tables and columns, and how long each is kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, delete, false, inspect, select, tuple_

from portal.kit import clock, periods
from portal.kit.claims.subjects import Subject, Whose
from portal.kit.db import db
from portal.kit.i18n import _, _l
from portal.kit.immutable import SWEEP

AT_ONCE = timedelta()

Sentence = Any
"""A translatable sentence, said in the reader's language when shown."""


class Ground(Enum):
    """The lawful ground of holding data, by its usual name."""

    CONTRACT = _l("Needed to provide what you asked for")
    CONSENT = _l("Your consent")
    LEGITIMATE_INTEREST = _l("Our legitimate interest, which you can object to")
    LEGAL_DUTY = _l("A legal obligation")


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
    """How long: a period of the policy after the instant in column `since`, for the rows that `where` selects.

    `what` says which rows those are, where another rule says something else about the rest.
    """

    period: str
    since: str
    where: Callable[[], ColumnElement[bool]] | None = None
    what: Sentence = ""

    def ended(self, model: Any, *, grace: timedelta = AT_ONCE) -> ColumnElement[bool]:
        """Return the clause for rows whose time has been up for longer than `grace`."""
        clause: ColumnElement[bool] = getattr(model, self.since) < clock.now() - periods.period(self.period) - grace
        return clause & self.where() if self.where else clause

    def sentence(self) -> str:
        """Say the period."""
        length = periods.describe(periods.period(self.period))
        return _("%(what)s: %(length)s", what=self.what, length=length) if self.what else length


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

    def ended(self, model: Any, *, grace: timedelta = AT_ONCE) -> ColumnElement[bool]:
        """Return the clause for rows whose time has been up for longer than `grace`."""
        clause: ColumnElement[bool] = getattr(model, self.at) <= clock.now() - grace
        return clause & self.where() if self.where else clause

    def sentence(self) -> str:
        """Say when."""
        return str(self.words)


UNTIL_ERASED = Kept(_l("Until you delete it"))
SAYS_NOTHING = Kept(_l("As long as the portal runs; it says nothing about anyone"))
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
    whose: Whose | None = None
    on_erasure: Retain | None = None
    before_delete: Callable[[Sequence[Any]], None] | None = None
    goes_last: bool = False
    """The row by which all others are found, such as the account: erased in the unit that verifies the erasure."""

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
        return self.whose([subject]) if self.whose else false()

    def delete_rows(self, clause: ColumnElement[bool], batch: int) -> int:
        """Delete at most `batch` rows and return how many; `before_delete` sees them first (files go with their row)."""
        key = inspect(self.model).primary_key
        if self.before_delete:
            rows = db.session.scalars(select(self.model).where(clause).limit(batch)).all()
            self.before_delete(rows)
            identities = [inspect(row).identity for row in rows]
            for row in rows:
                db.session.expunge(row)
        else:
            identities = [tuple(row) for row in db.session.execute(select(*key).where(clause).limit(batch))]
        if identities:
            statement = delete(self.model).where(tuple_(*key).in_(identities))
            db.session.execute(statement, execution_options={"synchronize_session": False, SWEEP: True})
        return len(identities)


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
    stored: Mapping[str, Any] = field(default_factory=dict)
    """Kind of stored file -> the column that holds its keys. A file whose key stands in no row is an orphan."""
    files: Callable[[Subject], Iterable[tuple[str, BinaryIO]]] = _nothing
    """Files to hand out with an export: (name in the archive, stream)."""
    erase_beside: Callable[[Subject], None] | None = None
    """Erases what stands outside the tables."""
    residue: Callable[[Subject], Sequence[str]] = _nothing
    """Names what is still there outside the tables after an erasure."""
