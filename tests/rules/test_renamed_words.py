"""What was stored under a name that was changed since is found under the new one, and comes back on the way down."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.rules.test_moved_rows import put, rows, stored

AT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
EMAIL, JOB, ENTRY, PERSON, DECISION, SCRUB, VISIT, CLOSED = (uuid.UUID(int=number) for number in range(1, 9))

BEFORE = {
    "letter": {
        "id": EMAIL, "kind": "accounts/email_change_asked", "to_address": "Ada@example.com", "to_key": "ada@example.com",
        "subject_line": "Grüße", "text": "t", "html": "h", "headers": {"X-Lab": "1"}, "message_id": "<1@example.com>",
        "state": "waiting", "created_at": AT,
    },
    "job": {
        "id": JOB, "kind": "mail.deliver", "payload": {"letter_id": str(EMAIL)}, "state": "waiting", "created_at": AT,
        "run_at": AT, "attempts": 0, "progress_done": 0, "progress_total": 0,
    },
    "schedule": {"name": "privacy.scrub", "next_at": AT, "noted_at": AT, "ran_at": AT},
    "audit_entry": {"id": ENTRY, "at": AT, "event": "recovery.reset_asked", "facts": {}},
    "consent_decision": {
        "id": DECISION, "subject_id": PERSON, "purpose": "newsletter", "choice": "denied", "revision": 1,
        "mechanism": "letter", "text_hash": "x", "decided_at": AT,
    },
    "visit": {
        "id": VISIT, "at": AT, "sealed_on": AT.date(), "endpoint": "support.settle", "method": "POST", "status": 303,
        "sealed_address": b"x",
    },
    "person": {
        "id": PERSON, "name": "Ada", "email": "ada@example.com", "email_key": "ada@example.com", "language": "en",
        "time_zone": "UTC", "password_set_at": AT, "reset_asked_at": AT, "terms_version": "1", "terms_accepted_at": AT,
        "created_at": AT,
    },
}  # fmt: skip


def as_stored(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose ids are as the database takes them without our types."""
    return {name: stored(value) if isinstance(value, uuid.UUID) else value for name, value in row.items()}


@pytest.fixture
def renamed(up):
    """What an earlier release stored, walked up past the migration that renames it."""
    up("0010")
    for table, row in BEFORE.items():
        put(table, as_stored(row))
    up("0011")


def one(table: str) -> dict[str, Any]:
    (row,) = rows(table)
    return row


def test_an_email_that_waits_goes_out_after_the_upgrade(renamed):
    email, job = one("email"), one("job")
    assert (email["kind"], email["to_key"]) == ("accounts/email_change_requested", "ada@example.com")
    assert (email["subject_line"], email["headers"], email["state"]) == ("Grüße", {"X-Lab": "1"}, "waiting")
    assert job["payload"] == {"email_id": str(EMAIL)}


def test_what_was_stored_is_said_in_the_words_of_today(renamed):
    assert one("audit_entry")["event"] == "recovery.reset_requested"
    assert one("schedule")["name"] == "privacy.purge_free_space"
    assert one("consent_decision")["mechanism"] == "email"
    assert one("visit")["endpoint"] == "support.close"
    assert one("person")["reset_requested_at"].replace(tzinfo=UTC) == AT


def test_on_the_way_down_everything_is_as_it_was(renamed, down):
    down("0010")
    for table, before in BEFORE.items():
        after = one(table)
        assert {name: after[name] for name in before if not isinstance(before[name], datetime)} == {
            name: value for name, value in as_stored(before).items() if not isinstance(value, datetime)
        }, table
