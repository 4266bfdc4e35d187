"""Entering a correction for whoever has asked in words, or has no account: the officer finds the entry and sees it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import null, select

from portal.kit import staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.claims import entries, person_ids, register
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.privacy.models import Request, Right
from portal.privacy.service.requests import corrections, execution, identity, rows

MOST_ENTRIES = 20
"""Of each line of the register, the newest."""


@dataclass(frozen=True)
class CorrectableEntry:
    """An entry in which something can be corrected, by its date alone."""

    line: str
    what: str
    record_id: uuid.UUID
    at: datetime | None


@dataclass(frozen=True)
class CorrectableField:
    """A field that can be corrected, and what it says."""

    name: str
    label: str
    value: str


@for_staff(Role.PRIVACY)
@before_writes
def list_correctable(request_id: uuid.UUID, *, by: Staff) -> list[CorrectableEntry]:
    """Return the entries about a request's person in which something can be corrected; on record before.

    Raises NotFound.
    """
    subject = corrections.subject_of(_open(db.session.get(Request, request_id)))
    found: list[CorrectableEntry] = []
    for line in (each for each in register().lines() if each.correctable):
        at, key = entries.order_of(line.table)
        newest = (
            select(key, null() if at is None else at).where(line.clause(subject)).order_by(key if at is None else at.desc())
        )
        found += [CorrectableEntry(line.name, line.what, *row) for row in db.session.execute(newest.limit(MOST_ENTRIES))]
        staff_reads.record(line.table.model, by=by, subjects=person_ids(subject), basis=Basis.REQUEST, basis_id=request_id)
    return found


@for_staff(Role.PRIVACY)
@before_writes
def read_correctable(request_id: uuid.UUID, *, line: str, record_id: uuid.UUID, by: Staff) -> list[CorrectableField]:
    """Return what the correctable fields of an entry say now; on record before. Raises NotFound."""
    subject = corrections.subject_of(_open(db.session.get(Request, request_id)))
    held = corrections.line_of(line)
    values = held.read_several(subject, [record_id]).get(record_id) if held else None
    if held is None or values is None:
        raise NotFound
    staff_reads.record(held.table.model, by=by, subjects=person_ids(subject), basis=Basis.REQUEST, basis_id=request_id)
    return [CorrectableField(name, str(held.columns[name].label), value) for name, value in values.items()]


@for_staff(Role.PRIVACY)
def stage_correction(request_id: uuid.UUID, *, wanted: corrections.Proposal, by: Staff) -> None:
    """Enter what a field should say within an open request of its person.

    Raises NotExecutable, and what `corrections.propose` raises.
    """
    request = rows.get_locked(request_id)
    if not _is_open(request):
        raise execution.NotExecutable
    corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted, by=by.person_id)


def _open(request: Request | None) -> Request:
    if request is None or not _is_open(request):
        raise NotFound
    return request


def _is_open(request: Request) -> bool:
    is_asked = request.kind is Right.CORRECTION and execution.is_executable(request)
    return is_asked and identity.can_be_told_apart(request)
