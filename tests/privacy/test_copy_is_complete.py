"""A value of its own is planted in every personal column of every claim: each stands in the copy, or why it's left out."""

from __future__ import annotations

import csv
import enum
import io
import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Enum, Float, Integer, LargeBinary, Table, Uuid, insert, update

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.claims import Holding, Subject, register
from portal.kit.db import UtcDateTime, db
from portal.kit.files import storage
from portal.kit.form_owners import owner_of
from portal.kit.spreadsheets import cell
from portal.privacy.service import Archive
from tests.privacy.conftest import Copy

pytestmark = pytest.mark.both_databases

EMAILS = frozenset(("email", "email_key", "to_address", "to_key", "old_email", "old_email_key", "new_email_key"))
EMAILS |= {"agent_email", "agent_email_key"}
"""By these a row is found: they hold the person's own address."""
OF_ANOTHER = {"audit_entry-actor": {"subject_id"}}
"""Line of the register -> the columns that hold somebody else's id, else the row is not this party's."""


def planted(holding: Holding, person: Any, parents: dict[str, uuid.UUID]) -> dict[str, Any]:
    """Return a row that is about somebody, each text in it of a kind of its own."""
    table: Table = holding.table.model.__table__
    named = {name for name, each in holding.table.columns.items() if each.personal}
    row = {
        column.name: _value(column, person, parents) if column.name in named or not column.nullable else None
        for column in table.columns
    }
    row |= {name: uuid.uuid4() for name in OF_ANOTHER.get(holding.name, ())}
    if table.name == "unsent_form":
        row["owner"] = owner_of(person.account_id)
    return row


def _value(column: Column[Any], person: Any, parents: dict[str, uuid.UUID]) -> Any:
    if column.name in EMAILS:
        return person.email
    if column.name == "file_key":
        return storage().store(column.table.name, [f"planted in a file of {column.table.name}".encode()])
    for key in column.foreign_keys:
        return parents[key.column.table.name]
    if isinstance(column.type, Uuid):
        return uuid.uuid4() if column.name in ("id", "job_id") else person.account_id
    return _of_type(column)


def _of_type(column: Column[Any]) -> Any:
    kinds = {Boolean: False, Integer: 7, Float: 7.0, UtcDateTime: clock.now(), Date: date(2026, 2, 3), LargeBinary: b"x"}
    for kind, value in kinds.items():
        if isinstance(column.type, kind) or isinstance(getattr(column.type, "impl", None), kind):
            return value
    if isinstance(column.type, JSON):
        return {"planted": column.table.name}
    if isinstance(column.type, Enum):
        words = column.type.enum_class or column.type.enums
        return next(iter(words)) if issubclass(type(words), enum.EnumMeta) else words[0]
    mark = f"m{uuid.uuid5(uuid.NAMESPACE_DNS, str(column)).hex}"
    return mark[: getattr(column.type, "length", None) or len(mark)]


def disclosed() -> list[Holding]:
    """Return the lines of the register, what hangs on a row behind that row."""
    tables = [table.name for table in db.Model.metadata.sorted_tables]
    lines = [each for each in register().holdings() if each.is_disclosed]
    return sorted(lines, key=lambda each: tables.index(each.table.name))


def withheld(holding: Holding) -> set[str]:
    """Return the columns that are left out with a reason."""
    return {name for name, each in holding.columns.items() if each.withheld and str(each.withheld).strip()}


@pytest.fixture
def person(cast, unit):
    """Ada, with something in each column of her account."""
    with unit():
        photo = storage().store("avatar", [b"planted in a photo"])
        values = {"name": "m-ada-name", "time_zone": "Pacific/Auckland", "avatar_key": photo}
        db.session.execute(update(Person).where(Person.id == cast.ada.account_id).values(values))
    return cast.ada


def test_every_personal_column_of_every_claim_is_in_the_copy_or_left_out_with_a_reason(person, unit):
    rows: dict[str, dict[str, Any]] = {}
    with unit():
        parents = {"person": person.account_id}
        for holding in disclosed():
            if not personal(holding) or holding.table.is_anchor:
                continue
            row = rows[holding.name] = planted(holding, person, parents)
            if holding.party.name and holding.name not in OF_ANOTHER and holding.table.name in rows:
                rows[holding.name] = rows[holding.table.name]
                continue
            db.session.execute(insert(holding.table.model.__table__).values(row))
            parents[holding.table.name] = row.get("id") or next(iter(row.values()))
        subject = accounts.subject_of(accounts.get_person(person.account_id))
    with unit():
        copy = Copy.of(b"".join(Archive(subject)))
        account = accounts.get_person(person.account_id)
        rows["person"] = {column.name: getattr(account, column.name) for column in Person.__table__.columns}
        missing = [fault for holding in disclosed() for fault in faults(holding, copy, rows.get(holding.name))]
    assert missing == []
    assert copy.read("data/files/photo.webp") == b"planted in a photo"
    for table in ("ticket_attachment", "request_file"):
        assert f"planted in a file of {table}".encode() in map(copy.read, copy.names)
    assert len(rows) > 15, "hardly anything was planted: the test would look at nothing"


def personal(holding: Holding) -> list[str]:
    """Return the personal columns that a copy hands out."""
    left_out = withheld(holding)
    return [name for name, each in holding.columns.items() if each.personal and name not in left_out]


def faults(holding: Holding, copy: Copy, row: dict[str, Any] | None) -> list[str]:
    """Name the personal columns of a line whose planted value stands in one of its two files only, or in none."""
    handed_out = copy.json(f"data/{holding.name}.json")
    lines = list(csv.DictReader(io.StringIO(copy.text(f"data/{holding.name}.csv"), newline="")))
    found = []
    for name in personal(holding):
        value = plain(row[name]) if row else "nothing was planted"
        if value not in [each.get(name) for each in handed_out]:
            found.append(f"{holding.name}.{name}: not in the JSON file")
        elif str(cell(value)) not in [each.get(name) for each in lines]:
            found.append(f"{holding.name}.{name}: not in the CSV file")
    return found


def plain(value: Any) -> Any:
    """Return a stored value as JSON has it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def test_the_test_would_see_a_column_that_is_lost(person, unit):
    with unit():
        copy = Copy.of(b"".join(Archive(Subject(person.account_id))))
        (account,) = [each for each in disclosed() if each.name == "person"]
        stored = accounts.get_person(person.account_id)
        row = {column.name: getattr(stored, column.name) for column in Person.__table__.columns}
    assert faults(account, copy, row) == []
    assert faults(account, copy, {**row, "name": "somebody else"}) == ["person.name: not in the JSON file"]
