"""Migrations that move rows: what was stored before stands at its new place, and comes back on the way down."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from sqlalchemy import MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError

from portal.kit.db import db
from portal.privacy.service.receipts import read as read_receipt

pytestmark = pytest.mark.both_databases

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ADA, SAM, TICKET, FILE = (uuid.UUID(int=number) for number in range(1, 5))
READ, HIDDEN, FILE_READ, OTHER = (uuid.UUID(int=number) for number in range(11, 15))


def rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a table as the database has it now."""
    with db.engine.connect() as connection:
        table = Table(name, MetaData(), autoload_with=connection)
        return [dict(row._mapping) for row in connection.execute(select(table))]


def put(name: str, *values: dict[str, Any]) -> None:
    """Put rows into a table as the database has it now."""
    with db.engine.begin() as connection:
        connection.execute(insert(Table(name, MetaData(), autoload_with=connection)), list(values))


def uid(value: Any) -> uuid.UUID | None:
    """Return an id that was read without our types."""
    return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(value)


def stored(value: uuid.UUID | None) -> Any:
    """Return an id as a table of that database takes it."""
    return value.hex if value and db.engine.dialect.name == "sqlite" else value


def entry(entry_id: uuid.UUID, event: str, subject_id: uuid.UUID | None, **facts: str) -> dict[str, Any]:
    """Make a row of the audit trail."""
    ids = {"id": stored(entry_id), "subject_id": stored(subject_id), "by_id": stored(SAM)}
    return {**ids, "at": AT, "event": event, "facts": facts}


TRAIL = (
    (READ, "support.ticket_read", ADA, {"role": "support", "ticket": str(TICKET), "reference": "ABC"}),
    (HIDDEN, "support.ticket_read", None, {"role": "senior", "ticket": str(TICKET)}),
    (FILE_READ, "support.file_read", ADA, {"role": "support", "ticket": str(TICKET), "file": str(FILE)}),
    (OTHER, "support.ticket_closed", ADA, {"ticket": str(TICKET)}),
)


@pytest.fixture
def moved(up):
    """A trail with staff reads in it, walked up past the migration that moves them."""
    up("0001")
    put("audit_entry", *(entry(key, event, subject_id, **facts) for key, event, subject_id, facts in TRAIL))
    up("0002")


def test_staff_reads_leave_the_trail_for_their_own_table(moved):
    assert [row["event"] for row in rows("audit_entry")] == ["support.ticket_closed"]
    reads = {uid(row["id"]): row for row in rows("staff_read")}
    said = {key: (row["role"], row["table_name"], uid(row["basis_id"]), uid(row["staff_id"])) for key, row in reads.items()}
    assert said == {
        READ: ("support", "ticket", TICKET, SAM),
        HIDDEN: ("senior", "ticket", TICKET, SAM),
        FILE_READ: ("support", "ticket_attachment", TICKET, SAM),
    }
    assert {row["at"].replace(tzinfo=UTC) for row in reads.values()} == {AT}
    assert {(row["basis"], row["claim"], row["how_many"]) for row in reads.values()} == {("ticket", "support", 1)}
    assert [len(salt) for salt in {bytes(row["salt"]) for row in reads.values()}] == [16, 16, 16]


def test_whom_they_were_about_goes_along_and_nobody_is_made_up(moved):
    about = {uid(row["read_id"]): uid(row["subject_id"]) for row in rows("staff_read_subject")}
    assert about == {READ: ADA, FILE_READ: ADA}


@pytest.mark.parametrize("table", ["staff_read", "staff_read_subject"])
def test_their_rows_are_immutable_in_the_newest_schema_too(moved, up, table):
    up("heads")
    column = "role" if table == "staff_read" else "subject_id"
    with pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = {column}"))


def test_on_the_way_down_they_are_in_the_trail_again(moved, down):
    down("0001")
    trail = {
        (row["event"], uid(row["subject_id"]), uid(row["by_id"]), row["facts"]["role"], row["facts"]["ticket"])
        for row in rows("audit_entry")
        if row["event"] != "support.ticket_closed"
    }
    assert trail == {(event, subject, SAM, facts["role"], facts["ticket"]) for _key, event, subject, facts in TRAIL[:3]}
    assert {row["at"].replace(tzinfo=UTC) for row in rows("audit_entry")} == {AT}


def test_down_and_up_again_loses_none(moved, down, up):
    down("0001")
    up("0002")
    assert len(rows("staff_read")) == 3
    assert len(rows("staff_read_subject")) == 2


def test_every_letter_and_every_change_of_address_gets_the_key_of_its_address(up, down):
    up("0003")
    letters = [a_letter(f"ADA{number}@BÜCHER.example") for number in range(501)]
    put("letter", *letters, a_letter(""))
    account = {"email": "b@example.com", "email_key": "b@example.com", "language": "en", "time_zone": "UTC"}
    dates = {"password_set_at": AT, "terms_version": "1", "terms_accepted_at": AT, "created_at": AT}
    put("person", {"id": stored(ADA), "name": "Ada", **account, **dates})
    change = {"old_email": "A@Example.com", "new_email": "B@example.com", "new_email_key": "b@example.com"}
    put("email_change", {"id": stored(READ), "person_id": stored(ADA), "state": "x", "requested_at": AT, **change})
    up("0004")
    keys = {row["to_address"]: row["to_key"] for row in rows("letter")}
    assert keys["ADA500@BÜCHER.example"] == "ada500@xn--bcher-kva.example"
    assert (len(keys), keys[""]) == (502, "")
    assert [row["old_email_key"] for row in rows("email_change")] == ["a@example.com"]
    down("0003")
    assert {row["to_address"] for row in rows("letter")} == set(keys)
    assert [row["old_email"] for row in rows("email_change")] == ["A@Example.com"]
    assert not {"to_key", "old_email_key"} & {*rows("letter")[0], *rows("email_change")[0]}


def a_letter(to_address: str) -> dict[str, Any]:
    """Make a row of the outbox from before keys were stored."""
    words = {"kind": "x/y", "subject_line": "s", "text": "t", "html": "h", "state": "waiting", "headers": {}}
    ids = {"id": stored(uuid.uuid4()), "message_id": f"<{uuid.uuid4()}@x>"}
    return {**ids, **words, "to_address": to_address, "created_at": AT}


def test_a_report_of_misuse_is_nobodys_any_more_and_knows_which_account_it_names(up, down):
    up("0004")
    dates = {"opened_at": AT, "updated_at": AT}
    words = {"name": "", "language": "en", "subject": "", "state": "open", "urgent": True}
    account = {"email": "b@example.com", "email_key": "b@example.com", "language": "en", "time_zone": "UTC"}
    ages = {"password_set_at": AT, "terms_version": "1", "terms_accepted_at": AT, "created_at": AT}
    put("person", {"id": stored(SAM), "name": "Sam", **account, **ages})
    for number, (kind, subject_id, address) in enumerate(
        [
            ("misuse_reported", ADA, "a@example.com"),
            ("misuse_reported", None, "b@example.com"),
            ("misuse_reported", None, "c@example.com"),
            ("contact", ADA, "a@example.com"),
        ]
    ):
        ids = {"id": stored(uuid.uuid4()), "reference": str(number), "subject_id": stored(subject_id)}
        put("ticket", {**ids, **dates, **words, "kind": kind, "email": address, "email_key": address})
    up("0005")
    told = {row["reference"]: (uid(row["subject_id"]), uid(row["about_id"])) for row in rows("ticket")}
    assert told == {"0": (None, ADA), "1": (None, SAM), "2": (None, None), "3": (ADA, None)}
    down("0004")
    whose = {row["reference"]: uid(row["subject_id"]) for row in rows("ticket")}
    assert whose == {"0": None, "1": None, "2": None, "3": ADA}


def test_results_of_checks_keep_their_outcome_up_and_down(up, down):
    up("0006")
    seen = {"promise": "P05", "detail": "seen", "checked_at": AT, "since_at": AT}
    put("check_result", {"name": "good", "ok": True, **seen}, {"name": "bad", "ok": False, **seen})
    up("0007")
    assert {row["name"]: row["outcome"] for row in rows("check_result")} == {"good": "passed", "bad": "failed"}
    put("check_result", {"name": "empty", "outcome": "nothing_yet", **seen})
    down("0006")
    assert {row["name"]: bool(row["ok"]) for row in rows("check_result")} == {"good": True, "bad": False, "empty": True}


def test_findings_of_checks_state_nothing_until_the_next_run_and_keep_the_rest(up, down):
    up("0009")
    seen = {"promise": "P05", "outcome": "failed", "checked_at": AT, "since_at": AT}
    put("check_result", {"name": "bad", "detail": "two rows are too old", **seen})
    up("0010")
    (row,) = rows("check_result")
    assert (row["name"], row["outcome"], row["findings"]) == ("bad", "failed", [])
    assert "detail" not in row
    put("check_result", {"name": "new", "findings": [{"code": "seen", "values": {"rows": 2}}], **seen})
    down("0009")
    assert {row["name"]: (row["outcome"], row["detail"]) for row in rows("check_result")} == {
        "bad": ("failed", ""), "new": ("failed", ""),
    }  # fmt: skip


def test_visits_follow_pages_to_their_areas_and_back(up, down):
    up("0007")
    seen = {"at": AT, "sealed_on": AT.date(), "sealed_address": b"x", "method": "GET", "status": 200}
    names = ("settings.email", "settings.undo_email", "settings.communication", "accounts.login", None)
    put("visit", *({"id": stored(uuid.uuid4()), "endpoint": name, **seen} for name in names))
    up("0008")
    moved = {"accounts.email", "recovery.undo_email", "settings.communication", "accounts.login", None}
    assert {row["endpoint"] for row in rows("visit")} == moved
    down("0007")
    assert {row["endpoint"] for row in rows("visit")} == set(names)


COUNTED = {"person": 1, "ticket": 2, "a_table_of_before": 3}
STAYED = {"audit_entry": 4}


@pytest.fixture
def receipts(up):
    """A deletion that was done, and one that waits, walked up past the migration that freezes receipts."""
    up("0012")
    numbers = {"number": "DONE", "state": "done", "ended_at": AT, "gone": COUNTED, "stays": STAYED}
    waiting = {"number": "WAITING", "state": "waiting", "ended_at": None, "gone": {}, "stays": {}}
    for number, values in enumerate((numbers, waiting)):
        put("deletion", {"id": stored(uuid.UUID(int=number)), "requested_at": AT, "due_at": AT, **values})
    up("0013")


def test_the_receipt_of_an_old_deletion_becomes_a_document_that_the_portal_reads(receipts):
    documents = {row["number"]: row["receipt"] for row in rows("deletion")}
    assert documents["WAITING"] is None
    assert rfc8785.dumps(json.loads(documents["DONE"])) == bytes(documents["DONE"])
    receipt = read_receipt(documents["DONE"])
    assert (receipt.number, receipt.verified_at, receipt.days_total) == ("DONE", AT, 60)
    assert {line.line: (line.what, line.rows) for line in receipt.deleted} == {
        "person": ("Your User Account", 1), "ticket": ("Support tickets", 2), "a_table_of_before": ("a_table_of_before", 3),
    }  # fmt: skip
    assert [(line.what, line.rows, line.kept) for line in receipt.retained] == [("Audit trail", 4, "2 years")]


def test_on_the_way_down_a_receipt_is_counts_again(receipts, down, up):
    down("0012")
    found = {row["number"]: (row["gone"], row["stays"]) for row in rows("deletion")}
    assert found == {"DONE": (COUNTED, STAYED), "WAITING": ({}, {})}
    up("0013")
    assert [row["receipt"] is None for row in rows("deletion") if row["number"] == "DONE"] == [False]


def test_a_person_has_one_open_deletion_after_that_step_and_back_too(receipts, down):
    def both_fail():
        one = {"person_id": stored(ADA), "state": "waiting", "requested_at": AT, "due_at": AT, "gone": {}}
        more = {"stays": {}} if "stays" in rows("deletion")[0] else {}
        put("deletion", {"id": stored(uuid.uuid4()), "number": uuid.uuid4().hex, **one, **more})
        with pytest.raises(DBAPIError):
            put("deletion", {"id": stored(uuid.uuid4()), "number": uuid.uuid4().hex, **one, **more})

    both_fail()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM deletion WHERE person_id IS NOT NULL"))
    down("0012")
    both_fail()


def test_copies_from_before_they_were_sealed_go(up, down):
    up("0027")
    one = {"person_id": stored(ADA), "job_id": stored(FILE), "requested_at": AT, "size": 0}
    for state, ready_at, key in (("waiting", None, None), ("ready", AT, "export/of-before")):
        put("export", {"id": stored(uuid.uuid4()), "state": state, "ready_at": ready_at, "file_key": key, **one})
    up("0028")
    assert rows("export") == [], "nobody has the secret of any"
    down("0027")
    assert rows("export") == []
