"""The audit trail: ids, counts and words; never an address, a name or a text."""

import uuid

import pytest
from sqlalchemy import select

from portal.kit import audit
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.unit import refuse_unit

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    "fact",
    ["ada@example.com", "Ada Threadgold", "192.0.2.7", "192.0.2.7:443", "192.0.2.0/24", "::1",
     "2001:db8:0:1:1:1:1:1",
     "fe80::1", "a\nb", "x" * 65, "王", "<b>", {"a": 1}, {"a"}, b"x", object(), ["ada@example.com"], float("nan")],
)  # fmt: skip
def test_what_could_be_an_address_a_name_or_a_text_is_refused(fact):
    with pytest.raises(ValueError):
        audit._entry("lab.tried", None, None, {"fact": fact})


@pytest.mark.parametrize(
    "fact",
    [
        None,
        True,
        3,
        1.5,
        "",
        "support",
        "en",
        "Australia/Sydney",
        "mail.deliver",
        "2026-11-23T09:30:00+00:00",
        "1.4.2",
        ["a", 1],
    ],
)
def test_words_and_numbers_are_facts(fact):
    assert audit._entry("lab.tried", None, None, {"fact": fact}).facts == {"fact": fact}


@pytest.mark.parametrize("event", ["tried", "Lab.tried", "lab.tried.twice", "lab tried", "lab.", "", "ada@example.com"])
def test_an_event_is_named_area_and_past_tense(event):
    with pytest.raises(ValueError):
        audit._entry(event, None, None, {})


def test_an_entry_says_who_did_what_to_whom_and_when(lab_unit, lab):
    ada, sam = uuid.uuid4(), uuid.uuid4()
    with lab_unit():
        audit.record("lab.tried", subject_id=ada, by=sam, how=uuid.UUID(int=1), often=2)
    with lab.app_context():
        entry = db.session.scalar(select(AuditEntry))
    assert (entry.event, entry.subject_id, entry.by_id) == ("lab.tried", ada, sam)
    assert entry.facts == {"how": str(uuid.UUID(int=1)), "often": 2}
    assert entry.at.utcoffset().total_seconds() == 0


def test_a_unit_that_refuses_itself_is_rolled_back(lab_unit, recorded):
    with lab_unit():
        audit.record("lab.undone")
        refuse_unit()
    assert recorded() == []
