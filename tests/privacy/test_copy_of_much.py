"""A hundred times the data costs time, not memory."""

import tracemalloc

import pytest
from sqlalchemy import insert

from portal.kit import clock
from portal.kit.audit import AuditEntry
from portal.kit.claims import Subject
from portal.kit.db import db
from portal.privacy.service.archive import Archive
from portal.privacy.service.readable import READABLE_ROWS
from tests.privacy.conftest import Copy

pytestmark = pytest.mark.both_databases


def plant(person_id, rows):
    """Write many audit rows about somebody."""
    line = {"event": "accounts.signed_in", "subject_id": person_id, "by_id": None, "facts": {"device": "x" * 60}}
    db.session.execute(insert(AuditEntry), [{**line, "at": clock.now()} for _row in range(rows)])


def peak(person_id):
    """Return the most memory that building a copy takes."""
    tracemalloc.start()
    try:
        for _part in Archive(Subject(person_id)):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_what_is_held(cast, unit):
    ada, ben = cast.ada.account_id, cast.ben.account_id
    with unit():
        plant(ada, 100)
        plant(ben, 5000)
    with unit():
        peak(ada)
        little, much = peak(ada), peak(ben)
    assert much < little + 1_000_000, "the rows alone would take several times as much"


def test_the_readable_page_shows_the_first_rows_and_says_where_all_stand(cast, unit):
    with unit():
        plant(cast.ada.account_id, 2000)
    with unit():
        copy = Copy.of(b"".join(Archive(Subject(cast.ada.account_id))))
    page = copy.text("index.html")
    shown, in_full = page.count(">Signed in<"), copy.text("data/audit_entry.csv").count("accounts.signed_in")
    assert shown == READABLE_ROWS - 1, "the account's own first line stands before them"
    assert in_full == 2000
    assert "All of them are in data/audit_entry.csv" in page
