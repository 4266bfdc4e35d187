"""The register itself: all claims together, read for pages, exports, erasures and sweeps."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, MetaData, func, select

from portal.kit.claims.dataset import Dataset
from portal.kit.claims.subjects import Subject
from portal.kit.claims.vocabulary import Claim, Kept, Table
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.i18n import _
from portal.kit.running import App, Installed

BATCH = 500


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
    is_retained: bool
    """Whether the rows outlive an erasure."""


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
        faults += [f"{name}: claimed but not stored" for name in named if name not in metadata.tables]
        faults += [
            f"{claim.area}: no table, and no word why" for claim in self.claims if not (claim.tables or claim.why_nothing)
        ]
        return faults + [fault for table in named.values() for fault in _faults_of(table)]

    def claim_of(self, model: Any) -> tuple[Claim, Table]:
        """Return the claim that holds a model's table, and the table. Raises KeyError when there is none."""
        for claim, table in self.tables():
            if table.model is model:
                return claim, table
        raise KeyError(model.__name__)

    def rows(self) -> list[RegisterRow]:
        """Return the register in the reader's language: the table on /privacy and the output of `portal register`."""
        return [_row(claim, table) for claim, table in self.tables()]

    def held(self, subject: Subject) -> list[tuple[RegisterRow, int]]:
        """Return each line of the register with the number of rows that are about the subject, in one statement."""
        lines = [(claim, table) for claim, table in self.tables() if table.whose]
        counts = _counts(subject, [table for _claim, table in lines])
        return [(_row(claim, table), counts[table.name]) for claim, table in lines]

    def export(self, subject: Subject) -> Iterator[Dataset]:
        """Yield everything held about the subject, one dataset a table, in constant memory (P24)."""
        for _claim, table in self.tables():
            if table.whose:
                yield Dataset(table, subject)

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

    def retained(self, subject: Subject) -> list[tuple[RegisterRow, int]]:
        """Return the lines of the register that an erasure leaves behind, with the number of rows."""
        lines = [(claim, table) for claim, table in self.tables() if table.whose and table.on_erasure]
        counts = _counts(subject, [table for _claim, table in lines])
        return [(_row(claim, table), counts[table.name]) for claim, table in lines if counts[table.name]]

    def holds(self, subject: Subject) -> list[str]:
        """Say what stays after an erasure, why and until when (P30, P31)."""
        stays = [
            _("%(what)s: %(reason)s How long we keep it: %(time)s.", what=row.what, reason=row.on_erasure, time=row.kept)
            for row, _count in self.retained(subject)
        ]
        return stays + [str(text) for claim in self.claims for text in claim.holds(subject)]

    def erase(self, subject: Subject, *, batch: int = BATCH) -> dict[str, int]:
        """Erase at most one batch, the highest area first; return table -> rows gone. Empty: only what goes last is left.

        The rows by which all others are found stay until `finish_erasure` (P28).
        """
        gone: dict[str, int] = {}
        for table in self._erasable():
            left = batch - sum(gone.values())
            if left and not table.goes_last and (rows := table.delete_rows(table.clause(subject), left)):
                gone[table.name] = rows
        return gone

    def finish_erasure(self, subject: Subject) -> dict[str, int]:
        """Erase what goes last and what stands beside the tables; return table -> rows gone. Then ask for `residue`."""
        gone: dict[str, int] = {}
        for table in self._erasable():
            if table.goes_last and (rows := table.delete_rows(table.clause(subject), BATCH)):
                gone[table.name] = rows
        for claim in reversed(self.claims):
            if claim.erase_beside:
                claim.erase_beside(subject)
        return gone

    def residue(self, subject: Subject) -> list[str]:
        """Read back after an erasure and name whatever is still there; empty when it is complete."""
        counts = _counts(subject, list(self._erasable()))
        beside = [name for claim in self.claims for name in claim.residue(subject)]
        return [name for name, rows in counts.items() if rows] + beside

    def sweep(self, *, batch: int = BATCH, dry_run: bool = False) -> dict[str, int]:
        """Delete rows whose time is up, at most one batch a rule; return table -> rows gone (or that would go)."""
        return self._ended(lambda table, ended: _count_where(table, ended) if dry_run else table.delete_rows(ended, batch))

    def overdue(self, *, grace: timedelta) -> dict[str, int]:
        """Count rows that a sweep should have deleted more than `grace` ago: the evidence that periods are kept."""
        return self._ended(_count_where, grace=grace)

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

    def _erasable(self) -> Iterator[Table]:
        for claim in reversed(self.claims):
            yield from (table for table in claim.tables if table.whose and not table.on_erasure)

    def _ended(self, act: Callable[[Table, ColumnElement[bool]], int], *, grace: timedelta = timedelta()) -> dict[str, int]:
        touched: dict[str, int] = {}
        for _claim, table in self.tables():
            for rule in table.rules:
                if not isinstance(rule, Kept) and (rows := act(table, rule.ended(table.model, grace=grace))):
                    touched[table.name] = touched.get(table.name, 0) + rows
        return touched


def _faults_of(table: Table) -> list[str]:
    faults = []
    if table.whose is None and any(column.personal for column in table.columns.values()):
        faults.append(f"{table.name}: personal, but nobody's")
    for name, column in table.columns.items():
        if column.personal and not column.label:
            faults.append(f"{table.name}.{name}: personal, but without a name that a person understands")
    return faults


def _counts(subject: Subject, tables: Sequence[Table]) -> Mapping[str, int]:
    if not tables:
        return {}
    counts = [
        select(func.count()).select_from(table.model).where(table.clause(subject)).scalar_subquery() for table in tables
    ]
    return dict(zip((table.name for table in tables), db.session.execute(select(*counts)).one(), strict=True))


def _count_where(table: Table, clause: ColumnElement[bool]) -> int:
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
    known = set(db.session.scalars(select(column).where(column.in_(keys))))
    return [key for key in keys if key not in known]


def _row(claim: Claim, table: Table) -> RegisterRow:
    return RegisterRow(
        area=claim.area,
        table=table.name,
        what=str(table.what),
        personal=list(dict.fromkeys(str(column.label) for column in table.columns.values() if column.personal)),
        purpose=str(table.purpose),
        ground=str(table.ground.value),
        kept=" · ".join(dict.fromkeys(rule.sentence() for rule in table.rules)),
        on_erasure=str(table.on_erasure.reason) if table.on_erasure else _("Deleted"),
        is_retained=table.on_erasure is not None,
    )


_REGISTER = Installed[Register]("register")


def init_app(app: App, claims: Sequence[Claim]) -> None:
    """Hand the register to the areas that execute it."""
    _REGISTER.install(app, Register(claims))


def register() -> Register:
    """Return the register of the running app."""
    return _REGISTER.get()
