"""What seniors see: which cases are open, naming nobody; and one of them, logged before it is shown (P37)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from portal.accounts import service as accounts
from portal.disabling.models import Disabling, DisablingState, Rule
from portal.disabling.service.decisions import OPEN
from portal.kit import staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes

MOST = 100


@dataclass(frozen=True)
class CaseLine:
    """A case in the list, without whose it is."""

    id: uuid.UUID
    rule: Rule
    state: DisablingState
    proposed_at: datetime
    waits: bool
    """Whether somebody is to decide, or to answer an appeal."""


@dataclass(frozen=True)
class Case:
    """One case as a senior sees it; `mine` says whether they had a part in it."""

    line: CaseLine
    name: str
    email: str
    reason: str
    is_proposer: bool
    decided_at: datetime | None
    appeal: str
    appealed_at: datetime | None
    answer: str
    answered_at: datetime | None


def _waits() -> ColumnElement[bool]:
    unanswered = Disabling.appealed_at.is_not(None) & Disabling.answered_at.is_(None)
    return (Disabling.state == DisablingState.PROPOSED) | ((Disabling.state == DisablingState.IN_FORCE) & unanswered)


@for_staff(Role.SENIOR)
def count_open(*, by: Staff) -> int:
    """Return how many cases wait for a senior, up to the most that are listed."""
    some = select(Disabling.id).where(_waits()).limit(MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


@for_staff(Role.SENIOR)
def list_open(*, by: Staff) -> list[CaseLine]:
    """Return the cases that are proposed or in force; first those that wait, the oldest at the top."""
    found = select(Disabling).where(Disabling.state.in_(OPEN))
    rows = db.session.scalars(found.order_by(_waits().desc(), Disabling.proposed_at).limit(MOST))
    return [_line(row) for row in rows]


def _line(row: Disabling) -> CaseLine:
    is_open_appeal = row.appealed_at is not None and row.answered_at is None
    waits = row.state is DisablingState.PROPOSED or (row.state is DisablingState.IN_FORCE and is_open_appeal)
    return CaseLine(row.id, row.rule, row.state, row.proposed_at, waits)


@for_staff(Role.SENIOR)
@before_writes
def read_disabling(disabling_id: uuid.UUID, *, by: Staff) -> Case:
    """Return one case with whose it is; on record before. Raises NotFound."""
    row = db.session.get(Disabling, disabling_id)
    if row is None:
        raise NotFound
    person = accounts.get_person(row.person_id)
    case = Case(
        _line(row), person.name, person.email, row.reason, row.proposed_by == by.person_id, row.decided_at,
        row.appeal or "", row.appealed_at, row.answer or "", row.answered_at,
    )  # fmt: skip
    staff_reads.record(Disabling, by=by, subjects=[row.person_id], basis=Basis.DISABLING, basis_id=disabling_id)
    return case
