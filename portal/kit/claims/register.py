"""The register itself: all claims together, read for pages, exports, erasures and sweeps."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, MetaData, Select, func, select

from portal.kit import i18n, periods
from portal.kit.claims import gathered
from portal.kit.claims.chapters import EVERY, Chapter
from portal.kit.claims.conversations import Conversation
from portal.kit.claims.counting import MOST_COUNTED, MOST_PARENTS, counting
from portal.kit.claims.dataset import Dataset, Span
from portal.kit.claims.faults import find_faults
from portal.kit.claims.holdings import Effect, Holding, RegisterRow
from portal.kit.claims.orders import OrderRule
from portal.kit.claims.retention import DatedRule
from portal.kit.claims.subjects import AnyOne, Subject
from portal.kit.claims.vocabulary import Blocker, DataClaim, Table
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.running import App, Installed
from portal.kit.scopes import across
from portal.kit.unit import rows

BATCH = 500
SWEPT_AT_ONCE = {"sqlite": 2_000, "postgresql": 100_000}
"""Rows that one transaction of a sweep deletes. SQLite has one writer, so its pieces take some 30 ms. On PostgreSQL
nobody waits for rows that are over, and few large pieces keep the speed of its own DELETE."""


class Register:
    """All claims, in the order of the layers (low to high)."""

    def __init__(self, claims: Sequence[DataClaim]) -> None:
        self.claims = tuple(claims)
        # A person's page asks for each of them: to build one takes ten times as long as to run it.
        self._statements: dict[tuple[object, ...], tuple[AnyOne, Select[*tuple[Any, ...]]]] = {}
        self._words: dict[tuple[object, ...], list[RegisterRow]] = {}

    def tables(self) -> Iterator[tuple[DataClaim, Table]]:
        """Yield every table with its claim."""
        for claim in self.claims:
            for table in claim.tables:
                yield claim, table

    def holdings(self) -> Iterator[Holding]:
        """Yield every table once for each of its parties; one that is about nobody is left out."""
        for claim, table in self.tables():
            yield from (Holding(claim, table, party) for party in table.parties)

    def faults(self, metadata: MetaData) -> list[str]:
        """Name every column that no claim classifies, every one named twice or too much, and contradictions (P02)."""
        return find_faults(self.claims, metadata)

    def claim_of(self, model: Any) -> tuple[DataClaim, Table]:
        """Return the claim that holds a model's table, and the table. Raises KeyError when there is none."""
        for claim, table in self.tables():
            if table.model is model:
                return claim, table
        raise KeyError(model.__name__)

    def rows(self) -> list[RegisterRow]:
        """Return the register in the reader's language: the table on /privacy and the output of `portal register`."""
        return [Holding(claim, table, party).row() for claim, table in self.tables() for party in (table.parties or (None,))]

    def held(self, subject: Subject) -> list[tuple[RegisterRow, int | None]]:
        """Return each line of the register with the number of rows that are about the subject, in one statement.

        A number beyond `MOST_COUNTED` says only that there are more, and None that they were not all looked for: they are
        found through another line, which has more. What a page costs does not grow with what is held.
        """
        lines = self._disclosed()
        counts = self._counts(subject, lines, stop_at=MOST_COUNTED + 1, for_a_page=True)
        through = {each.name: each.party.through for each in lines if each.party}
        return [(row, _as_far_as_known(row.name, counts, through)) for row in self._said(lines)]

    def count(self, subject: Subject) -> int:
        """Return how many rows an export hands out, exactly."""
        return sum(self._counts(subject, self._disclosed()).values())

    def find_table(self, name: str) -> Table | None:
        """Return the table of this name."""
        return next((table for _claim, table in self.tables() if table.name == name), None)

    def table_after(self, name: str) -> str | None:
        """Return the name of the table that a sweep comes to after this one."""
        names = [table.name for _claim, table in self.tables()]
        return next(iter(names[names.index(name) + 1 :]), None)

    def lines(self) -> list[Holding]:
        """Return the lines of which their subjects are told, the lowest area first."""
        return self._disclosed()

    def orders(self) -> Mapping[str, OrderRule]:
        """Return what a person may have deleted by itself, by its kind."""
        return {rule.kind: rule for claim in self.claims for rule in claim.orders}

    def undisclosed(self) -> list[tuple[RegisterRow, str]]:
        """Return the lines of which nobody is told whether they hold something, each with the reason."""
        return [
            (each.row(), str(each.party.undisclosed)) for each in self.holdings() if each.party and each.party.undisclosed
        ]

    def export(
        self, subject: Subject, *, chapters: Collection[Chapter] = EVERY, span: Span = (None, None)
    ) -> Iterator[Dataset]:
        """Yield everything held about the subject, one dataset a line of the register, in constant memory (P24)."""
        for holding in self._disclosed():
            if holding.chapter in chapters:
                yield Dataset(holding, subject, span)

    def files(self, subject: Subject, *, chapters: Collection[Chapter] = EVERY) -> Iterator[tuple[str, BinaryIO]]:
        """Yield the subject's files: (name, stream)."""
        for claim in self.claims:
            if claim.chapter_of_files in chapters:
                yield from claim.files(subject)

    def conversations(self, subject: Subject, *, chapters: Collection[Chapter] = EVERY) -> Iterator[Conversation]:
        """Yield what was said in the subject's matters."""
        for claim in self.claims:
            if claim.chapter in chapters:
                yield from claim.conversations(subject)

    def blockers(self, subject: Subject) -> list[Blocker]:
        """Say what must happen before an erasure, and where."""
        return [each for claim in self.claims for each in claim.blockers(subject)]

    def production_stays(self, subject: Subject) -> bool:
        """Tell whether what the subject made in the company's products outlives them: it is somebody else's too (P41)."""
        return any(claim.production_stays(subject) for claim in self.claims)

    def consequences(self, subject: Subject) -> list[str]:
        """Say what an erasure takes away."""
        return [str(text) for claim in self.claims for text in claim.consequences(subject)]

    def retained(self, subject: Subject) -> list[tuple[RegisterRow, int]]:
        """Return the lines of the register that an erasure leaves behind, with the number of rows (P30, P31)."""
        lines = self._retained()
        counts = self._counts(subject, lines)
        return [(each.row(), counts[each.name]) for each in lines if counts[each.name]]

    def retains(self, subject: Subject) -> list[RegisterRow]:
        """Return the lines of the register that an erasure leaves behind, without counting their rows."""
        lines = self._retained()
        counts = self._counts(subject, lines, stop_at=1)
        return [each.row() for each in lines if counts[each.name]]

    def stays_besides(self, subject: Subject) -> list[str]:
        """Say what stays after an erasure besides rows, why and until when."""
        return [str(text) for claim in self.claims for text in claim.stays_besides(subject)]

    def erase(self, subject: Subject, *, batch: int = BATCH, lines: Sequence[str] | None = None) -> dict[str, int]:
        """Erase at most one batch, the highest area first; return line of the register -> rows deleted or blanked.

        It looks at those `lines` alone of which `erasable` has told; without, it asks for them.
        Empty after a look at all: only the anchor is left, by which all others are found, until `erase_anchor` (P28).
        """
        names = self.erasable(subject) if lines is None else lines
        gone: dict[str, int] = {}
        for holding in self._erasable():
            left = batch - sum(gone.values())
            if left and holding.name in names and (rows := holding.erase(subject, batch=left)):
                gone[holding.name] = rows
        return gone

    def erasable(self, subject: Subject) -> list[str]:
        """Return the lines in which an erasure has something to do besides the anchor, in its order, by one question."""
        lines = [each for each in self._erasable() if not each.table.is_anchor]
        counts = self._counts(subject, lines, stop_at=1, of=Holding.erasable)
        return [each.name for each in lines if counts[each.name]]

    def erase_anchor(self, subject: Subject) -> dict[str, int]:
        """Erase the anchor and what stands outside the tables; return line -> rows gone. Then ask for `residue`."""
        gone: dict[str, int] = {}
        for holding in self._erasable():
            if holding.table.is_anchor and (rows := holding.erase(subject, batch=BATCH)):
                gone[holding.name] = rows
        for claim in reversed(self.claims):
            if claim.erase_external:
                claim.erase_external(subject)
        return gone

    def disclosed(self, gone: Mapping[str, int]) -> dict[str, int]:
        """Return what of an erasure may be told to its subject."""
        told = {each.name for each in self._disclosed()}
        return {name: rows for name, rows in gone.items() if name in told}

    def residue(self, subject: Subject) -> list[str]:
        """Read back after an erasure and name whatever is still there; empty when it is complete."""
        counts = self._counts(subject, self._erasable(), stop_at=1, of=Holding.erasable)
        external = [name for claim in self.claims for name in claim.residue(subject)]
        return [name for name, rows in counts.items() if rows] + external

    def sweep(self, *, batch: int | None = None, start: str = "") -> dict[str, int]:
        """Delete at most `batch` rows whose time is up, from the table `start` on; return table -> rows gone.

        Where they are as many as that, the last table may hold more: go on there.
        """
        gone: dict[str, int] = {}
        most = batch or swept_at_once()
        for table, ended in self._ended(start=start):
            if rows := table.delete_rows(ended, most - sum(gone.values())):
                gone[table.name] = gone.get(table.name, 0) + rows
            if sum(gone.values()) >= most:
                break
        return gone

    def count_ended(self, *, grace: timedelta = timedelta()) -> dict[str, int]:
        """Return table -> rows whose time has been up for longer than `grace`: what a sweep would delete now."""
        found: dict[str, int] = {}
        for table, ended in self._ended(grace=grace):
            if rows := _count_where(table, ended):
                found[table.name] = found.get(table.name, 0) + rows
        return found

    def orphans(self, *, older_than: timedelta, dry_run: bool = False) -> dict[str, int]:
        """Delete stored files that no row knows any more, and drafts of a killed process; return kind -> files gone."""
        gone = {"drafts": storage().sweep_drafts(older_than=older_than, dry_run=dry_run)}
        for claim in self.claims:
            for kind, column in claim.stored.items():
                lost = list(_without_row(storage().keys(kind, older_than=older_than), column))
                gone[kind] = len(lost)
                for key in lost if not dry_run else ():
                    storage().remove(key)
        return {kind: files for kind, files in gone.items() if files}

    def _counts(
        self,
        subject: Subject,
        lines: Sequence[Holding],
        *,
        stop_at: int | None = None,
        for_a_page: bool = False,
        of: Callable[[Holding, AnyOne], ColumnElement[bool]] = Holding.clause,
    ) -> Mapping[str, int]:
        if not lines:
            return {}
        names = tuple(each.name for each in lines)
        key = (of, names, stop_at, for_a_page, len(subject.former_emails))
        if key not in self._statements:
            anyone = AnyOne(former_emails=len(subject.former_emails), most_parents=MOST_PARENTS + 1 if for_a_page else None)
            clauses = [(each.table.model, of(each, anyone)) for each in lines]
            self._statements[key] = (anyone, counting(clauses, stop_at=stop_at))
        anyone, statement = self._statements[key]
        ((*counts,),) = rows(statement, anyone.values(subject))
        return dict(zip(names, counts, strict=True))

    def _said(self, lines: Sequence[Holding]) -> list[RegisterRow]:
        """Return lines in words, which are the same for everybody who reads this language."""
        key = (i18n.code(), periods.lengths(), *(each.name for each in lines))
        if key not in self._words:
            self._words[key] = [each.row() for each in lines]
        return self._words[key]

    def _disclosed(self) -> list[Holding]:
        return [each for each in self.holdings() if each.is_disclosed]

    def _retained(self) -> list[Holding]:
        return [each for each in self._disclosed() if each.effect is Effect.RETAINED]

    def _erasable(self) -> list[Holding]:
        return [
            each
            for claim in reversed(self.claims)
            for each in (Holding(claim, table, party) for table in claim.tables for party in table.parties)
            if each.effect is not Effect.RETAINED
        ]

    def _ended(self, *, grace: timedelta = timedelta(), start: str = "") -> Iterator[tuple[Table, ColumnElement[bool]]]:
        begun = not start
        for _claim, table in self.tables():
            begun = begun or table.name == start
            for rule in table.rules if begun else ():
                if isinstance(rule, DatedRule):
                    yield table, table.unless_exempt(rule.ended(table.model, grace=grace))


def _as_far_as_known(name: str, counts: Mapping[str, int], through: Mapping[str, str]) -> int | None:
    """Return the number of a line's rows, None where not all through which they are found were looked at."""
    parent = through[name]
    if parent and counts[name] <= MOST_COUNTED:
        rows = _as_far_as_known(parent, counts, through)
        return counts[name] if rows is not None and rows <= MOST_PARENTS else None
    return counts[name]


def _count_where(table: Table, clause: ColumnElement[bool]) -> int:
    with across("what is past its time is counted in each table alike"):
        return db.session.scalar(select(func.count()).select_from(table.model).where(clause)) or 0


def _without_row(keys: Iterable[str], column: Any) -> Iterator[str]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == BATCH:
            yield from _unknown(batch, column)
            batch = []
    yield from _unknown(batch, column)


def _unknown(keys: Sequence[str], column: Any) -> list[str]:
    with across("a file is looked up by its key, whosever it is"):
        known = set(db.session.scalars(select(column).where(column.in_(keys))))
    return [key for key in keys if key not in known]


def swept_at_once() -> int:
    """Return how many rows one piece of a sweep deletes at most on this database."""
    return SWEPT_AT_ONCE[db.engine.dialect.name]


_REGISTER = Installed[Register]("register")


def init_app(app: App, claims: Sequence[DataClaim]) -> None:
    """Hand the register to the areas that execute it."""
    whole = Register(claims)
    _REGISTER.install(app, whole)
    lines = {table.name: table.what for _claim, table in whole.tables()}
    lines |= {each.name: (each.party and each.party.what) or each.table.what for each in whole.holdings()}
    areas = {claim.area: claim.title for claim in claims if claim.title}
    gathered.init_app(app, [claim.words for claim in claims], areas=areas, lines=lines)


def register() -> Register:
    """Return the register of the running app."""
    return _REGISTER.get()
