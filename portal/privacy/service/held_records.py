"""Records that a hold may keep: found for the privacy officer by their dates alone, copied field by field, read back."""

import json
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import null, select

from portal.accounts import service as accounts
from portal.kit import clock, keys, staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.claims import Holding, RegisterRow, RetainFor, Subject, person_ids, plain, register
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.files import parts_of, storage
from portal.kit.i18n import DEFAULT, _
from portal.kit.refusals import NotFound, Refusal
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.privacy.models import SEALED_FIELDS, Hold, HoldGround

HANDLE = "privacy.hold_subject"
MOST_RECORDS = 50


class HeldForOther(Refusal):
    """What is held is read for the reason that it is held for, and for no other."""


@dataclass(frozen=True)
class Held:
    """What was copied of a record: its fields as JSON knows them, and a copy of its file."""

    values: Mapping[str, Any]
    file_key: str | None
    language: str
    """What its person reads, where the record knows."""


@dataclass(frozen=True)
class Record:
    """One record without what it says: its id, and since when it is there."""

    id: uuid.UUID
    at: datetime | None


def find_line(name: str) -> Holding | None:
    """Return a line of the register by its name, where its person is told of it and its records can be held one by one."""
    return next(
        (each for each in register().holdings() if each.name == name and each.is_disclosed and _id_of(each) is not None),
        None,
    )


def label_of(line: Holding, *, name: str) -> str:
    """Return what a person calls a field; the file itself is one."""
    if name == _file_column(line):
        return _("The file")
    column = line.columns.get(name)
    return str(column.label) if column and column.label else name


def fields_of(line: Holding) -> dict[str, str]:
    """Return the fields that can be held, each with its label: what a copy hands out, and the file."""
    shown = [name for name, column in line.columns.items() if column.label and not column.withheld]
    file = _file_column(line)
    return {name: label_of(line, name=name) for name in [*shown, *([file] if file else [])]}


def copy(subject: Subject, *, line: str, record_id: uuid.UUID, fields: Sequence[str]) -> Held:
    """Copy fields of a record that is about the subject. Raises NotFound when it is not, or has no such field."""
    found = find_line(line)
    if found is None or not fields or not set(fields) <= set(fields_of(found)):
        raise NotFound
    model = found.table.model
    row = db.session.scalar(select(model).where(found.clause(subject), _id_of(found) == record_id).with_for_update())
    if row is None:
        raise NotFound
    file = _file_column(found)
    key = getattr(row, file) if file and file in fields else None
    copied = storage().store("hold", parts_of(storage().open(key))) if key and storage().exists(key) else None
    return Held(
        {name: plain(getattr(row, name)) for name in fields if name != file}, copied, getattr(row, "language", DEFAULT)
    )


@for_staff(Role.PRIVACY)
def handle_of(email: str, *, by: Staff) -> str:
    """Return what stands for somebody in an address, sealed: whoever has the account, else whoever uses the address."""
    person = accounts.find_by_email(email)
    whom = {"person": str(person.id)} if person else {"email": lookup_key(email)}
    return urlsafe_b64encode(keys.seal(HANDLE, json.dumps(whom).encode())).decode()


def subject_of(handle: str) -> Subject:
    """Return whom a handle stands for. Raises NotFound for one that is not ours, or when the account is gone."""
    try:
        whom = json.loads(keys.open_sealed(HANDLE, urlsafe_b64decode(handle.encode())))
    except (keys.CannotOpen, ValueError):
        raise NotFound from None
    if "email" in whom:
        return Subject.of(emails=[whom["email"]])
    return accounts.subject_of(accounts.get_person(uuid.UUID(whom["person"])))


@for_staff(Role.PRIVACY)
@before_writes
def list_holdable(subject: Subject, *, by: Staff) -> list[tuple[RegisterRow, int | None]]:
    """Return the lines of the register with records of somebody that can be held, and how many; on record before."""
    staff_reads.record(Hold, by=by, subjects=person_ids(subject), basis=Basis.HOLD)
    return [(row, rows) for row, rows in register().held(subject) if rows != 0 and find_line(row.name)]


@for_staff(Role.PRIVACY)
@before_writes
def list_records(subject: Subject, *, line: str, by: Staff) -> list[Record]:
    """Return the newest records of a line, by their dates alone; the look is on record before. Raises NotFound."""
    found = find_line(line)
    if found is None:
        raise NotFound
    key, since = _id_of(found), _since(found)
    order = [since.desc(), key] if since is not None else [key]
    newest = select(key, since if since is not None else null()).where(found.clause(subject)).order_by(*order)
    rows = [Record(*row) for row in db.session.execute(newest.limit(MOST_RECORDS))]
    staff_reads.record(found.table.model, by=by, subjects=person_ids(subject), basis=Basis.HOLD, how_many=len(rows))
    return rows


@for_staff(Role.PRIVACY)
@before_writes
def read_kept(hold_id: uuid.UUID, *, purpose: HoldGround, by: Staff) -> dict[str, Any]:
    """Return what a hold keeps, by the labels of its fields, for its own purpose; the read is on record before.

    Raises HeldForOther for another purpose, NotFound when it is over.
    """
    hold = db.session.get(Hold, hold_id)
    if hold is None or hold.release_at <= clock.now() or hold.kept is None:
        raise NotFound
    if hold.ground is not purpose:
        raise HeldForOther(ground=hold.ground.label)
    line, kept = find_line(hold.line), opened(hold)["fields"]
    subjects = [hold.subject_id] if hold.subject_id else []
    staff_reads.record(Hold, by=by, subjects=subjects, basis=Basis.HOLD, basis_id=hold_id)
    return {label_of(line, name=name) if line else name: value for name, value in kept.items()}


def opened(hold: Hold) -> Mapping[str, Any]:
    """Return what a hold keeps: its `fields`, and of somebody without an account whom to tell (`guest`)."""
    return cast("Mapping[str, Any]", json.loads(SEALED_FIELDS.open(hold.kept or b"", of=hold.id)))


def _id_of(line: Holding) -> Any:
    """Return the column by which a record is told from the others; None where that takes more than a random id."""
    return line.record_key


def _since(line: Holding) -> Any:
    """Return the column that says from when a record is, as far as its retention or its list knows one."""
    names = [rule.since for rule in line.table.rules if isinstance(rule, RetainFor)] + ["updated_at", "at", "created_at"]
    return next((getattr(line.table.model, name) for name in names if hasattr(line.table.model, name)), None)


def _file_column(line: Holding) -> str | None:
    stored = {column.key for column in line.claim.stored.values() if column.class_ is line.table.model}
    return next(iter(stored), None)
