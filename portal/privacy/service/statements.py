"""A person's statement beside data that they dispute: set and withdrawn by them alone, shown wherever the data is (P26)."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, not_, select

from portal.accounts import service as accounts
from portal.kit import audit, clock, staff_reads
from portal.kit.actor import Actor, Staff, for_staff
from portal.kit.claims import Subject, nobodys, of_subjects, register
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.privacy.models import Statement
from portal.privacy.service.held_records import find_line, label_of
from portal.support import service as support

MOST = 100
"""How many one person may have: they are shown with the data, and kept in memory while a copy is written."""
AT_ONCE = 200

of_statements = of_subjects(
    person=Statement.subject_id,
    email=Statement.email_key,
    since=Statement.stated_at,
    email_only_if=nobodys(Statement.subject_id),
)


class TooManyStatements(Refusal):
    """Somebody has as many as `most` statements."""


@dataclass(frozen=True)
class Stated:
    """A statement as it is shown beside its data."""

    field: str
    label: str
    body: str


ByRecord = Mapping[tuple[str, uuid.UUID], Sequence[Stated]]


@dataclass(frozen=True)
class Place:
    """A field of a record, and the line of the register that the record belongs to."""

    line: str
    record_id: uuid.UUID
    field: str


def state(actor: Actor, *, line: str, record_id: uuid.UUID, field: str, body: str) -> bool:
    """Set the actor's statement on a field of a record about them, or withdraw it by saying nothing; tell whether it stands.

    Raises NotFound for what is not about them or is not shown to them, TooManyStatements.
    """
    person = accounts.lock_person(actor.require_id())
    place, subject = Place(line, record_id, field), accounts.subject_for(actor)
    statement_id, stands = put(subject, place=place, body=body, subject_id=person.id)
    if stands:
        audit.record("privacy.statement_set", subject_id=person.id, by=person.id, statement=statement_id)
    elif statement_id:
        audit.record("privacy.statement_withdrawn", subject_id=person.id, by=person.id, statement=statement_id)
    return stands


def put(subject: Subject, *, place: Place, body: str, **owner: uuid.UUID | str) -> tuple[uuid.UUID | None, bool]:
    """Set or withdraw the subject's statement; return the id of the one that was touched, and whether it stands.

    Raises what `state` raises. The caller has locked whoever says it.
    """
    held = find_line(place.line)
    if held is None or place.field not in _fields_of(place.line):
        raise NotFound
    if not _is_there(held.one(subject, place.record_id), held.table.model):
        raise NotFound
    found = db.session.scalar(_at(place).where(of_statements([subject])).with_for_update())
    if not body.strip():
        if found is not None:
            db.session.delete(found)
        return (found.id if found else None), False
    if found is None and len(_all(subject)) >= MOST:
        raise TooManyStatements(most=MOST)
    where = {"line": place.line, "record_id": place.record_id, "field": place.field}
    found = found or Statement(id=uuid.uuid4(), **where, **owner)
    found.body, found.stated_at = body, clock.now()
    db.session.add(found)
    return found.id, True


def said_of(subject: Subject, *, place: Place) -> str:
    """Return what the subject says of a field; empty where there is nothing."""
    return db.session.scalar(_at(place).where(of_statements([subject])).with_only_columns(Statement.body)) or ""


def _at(place: Place) -> Select[Statement]:
    here = (Statement.line == place.line, Statement.record_id == place.record_id, Statement.field == place.field)
    return select(Statement).where(*here)


def _fields_of(name: str) -> list[str]:
    line = find_line(name)
    return [each for each, column in line.columns.items() if column.label and not column.withheld] if line else []


def _is_there(clause: ColumnElement[bool], model: Any) -> bool:
    return bool(db.session.scalar(select(exists().select_from(model).where(clause))))


def _all(subject: Subject) -> Sequence[Statement]:
    mine = select(Statement).where(of_statements([subject])).order_by(Statement.stated_at, Statement.id)
    return db.session.scalars(mine.limit(MOST)).all()


def statements_of(subject: Subject) -> ByRecord:
    """Return all statements of somebody, by the records that they are about."""
    found: dict[tuple[str, uuid.UUID], list[Stated]] = defaultdict(list)
    for each in _all(subject):
        found[each.line, each.record_id].append(_stated(each))
    return found


@for_staff(*support.TICKET_ROLES)
@before_writes
def read_statements(ticket_id: uuid.UUID, *, records: Collection[uuid.UUID], by: Staff) -> list[Stated]:
    """Return what is said of the records of a ticket that staff have opened; the read is on record before."""
    mine = select(Statement).where(Statement.record_id.in_([ticket_id, *records])).order_by(Statement.stated_at)
    found = db.session.scalars(mine.limit(MOST)).all()
    if found:
        subjects = {each.subject_id for each in found if each.subject_id}
        staff_reads.record(Statement, by=by, subjects=subjects, basis=Basis.TICKET, basis_id=ticket_id, how_many=len(found))
    return [_stated(each) for each in found]


def _stated(each: Statement) -> Stated:
    line = find_line(each.line)
    return Stated(each.field, label_of(line, name=each.field) if line else each.field, each.body)


def end_statements() -> int:
    """Delete statements whose record is gone, a bounded number; return how many."""
    gone: list[uuid.UUID] = []
    for name in db.session.scalars(select(Statement.line).distinct()).all():
        lost = select(Statement.id).where(Statement.line == name)
        if line := next((each for each in register().lines() if each.name == name), None):
            lost = lost.where(not_(exists().where(line.record_key == Statement.record_id)))
        gone += db.session.scalars(lost.limit(AT_ONCE)).all()
    return db.affected(delete(Statement).where(Statement.id.in_(gone))) if gone else 0
