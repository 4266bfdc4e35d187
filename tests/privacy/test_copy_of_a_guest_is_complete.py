"""A value is planted in every row that somebody without an account can have: their copy holds each, for every party."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from portal.kit.claims import Subject
from portal.kit.db import db
from portal.privacy.service import Archive
from tests.privacy.conftest import Copy
from tests.privacy.desk import GUEST
from tests.privacy.test_copy_is_complete import disclosed, faults, personal, planted

pytestmark = pytest.mark.both_databases
ACCOUNTS = {"subject_id", "person_id", "by_id"}
"""Columns that name an account: of somebody without one they hold nothing."""
NOBODY = SimpleNamespace(email=GUEST, account_id=uuid.UUID(int=7))


def test_every_personal_column_of_every_line_that_finds_a_guest_is_in_their_copy(unit):
    rows: dict[str, dict[str, Any]] = {}
    subject = Subject.of(emails=[GUEST])
    with unit():
        parents: dict[str, uuid.UUID] = {}
        for holding in disclosed():
            table = holding.table.model.__table__
            columns = [column for column in table.columns if not column.nullable]
            needed = {key.column.table.name for column in columns for key in column.foreign_keys}
            if holding.table.is_anchor or not needed <= parents.keys() or holding.party.name in ("actor", "staff"):
                continue
            if holding.table.name in parents:
                rows[holding.name] = rows[holding.table.name]
                continue
            row = without_account(planted(holding, NOBODY, {"person": NOBODY.account_id, **parents}), table)
            if table.name == "export":
                row["request_id"] = parents["request"]
            db.session.execute(insert(table).values(row))
            parents[holding.table.name] = row.get("id") or next(iter(row.values()))
            rows[holding.name] = row
    with unit():
        found = [
            holding
            for holding in disclosed()
            if db.session.scalar(select(func.count()).select_from(holding.table.model).where(holding.clause(subject)))
        ]
        copy = Copy.of(b"".join(Archive(subject))).verified()
        lost = [fault for each in found if personal(each) for fault in faults(each, copy, rows.get(each.name))]
    assert [fault for fault in lost if fault.partition(":")[0].partition(".")[2] not in ACCOUNTS] == []
    assert {"ticket", "ticket_message", "newsletter_subscriber", "request", "sign_up", "statement", "export"} <= {
        each.name for each in found
    }


def without_account(row: dict[str, Any], table: Any) -> dict[str, Any]:
    """Return a row that names no account, where it may name none."""
    return {name: None if name in ACCOUNTS and table.columns[name].nullable else value for name, value in row.items()}
