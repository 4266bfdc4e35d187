"""The checks of rights see what they are for: kept when it is so, broken when it is not."""

from datetime import timedelta

import pytest

from portal.kit import audit
from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.claims import DataClaim, Ground, RetainFor, Table, personal, technical
from portal.kit.claims.register import Register
from portal.kit.db import db
from portal.privacy.checks import CHECKS
from portal.privacy.models import Deletion
from portal.privacy.service import bags, datasets


def look(name):
    """Run the check of that name, and return what it says."""
    (check,) = [check for check in CHECKS if check.name == name]
    return said(check, check.run())


def said(check, finding):
    return " ".join(check.say(finding.statements))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_each_check_finds_its_promise_kept(unit, cast, check):
    assert cast.ada
    with unit():
        finding = check.run()
        assert finding.ok, said(check, finding)
        assert len(check.say(finding.statements)) == len(finding.statements) > 0
        assert not db.session.dirty and not db.session.new


def test_a_column_that_nobody_classified_is_seen(unit, monkeypatch):
    monkeypatch.setattr(Register, "faults", lambda self, metadata: ["person.shoe_size: not classified"])
    with unit():
        assert look("all_classified") == "Not fully classified: person.shoe_size."


def test_a_personal_column_that_a_copy_forgets_is_seen(unit, monkeypatch):
    monkeypatch.setattr(datasets, "_schema_of", lambda dataset: {"items": {"properties": {}}})
    with unit():
        assert "audit_entry.subject_id" in look("copy_complete")


def test_a_wrong_hash_is_seen(unit, monkeypatch):
    manifest = bags._manifest
    monkeypatch.setattr(bags, "_manifest", lambda files: manifest(dict.fromkeys(files, "0" * 64)))
    with unit():
        assert "data/audit_entry.csv" in look("copy_structured")


def test_a_deletion_that_is_overdue_is_seen(unit, cast):
    with unit():
        deletion = Deletion(person_id=cast.ada.id, number="X", due_at=time.now() - timedelta(hours=2))
        db.session.add(deletion)
        db.session.flush()
        assert look("deletions_on_time") == "No deletion is overdue."
        deletion.due_at -= timedelta(hours=2)
        db.session.flush()
        assert look("deletions_on_time") == "1 deletion is overdue."


def test_what_an_erasure_left_behind_is_seen(unit, cast):
    with unit():
        audit.record("privacy.person_erased", subject_id=cast.ada.id)
        db.session.flush()
        assert "person" in look("nothing_left")


def test_a_row_past_its_period_is_seen(unit):
    with unit():
        db.session.add(AuditEntry(event="test.planted", facts={}, at=time.now() - timedelta(days=731)))
        db.session.flush()
        assert look("periods_kept") == "1 entry in audit_entry is past its period."


def test_the_register_names_what_is_wrong_with_a_claim(app):
    columns = {"id": technical(), "at": technical(), "event": personal(""), "no_such": technical()}
    table = Table(
        AuditEntry, what="x", purpose="x", ground=Ground.CONTRACT, retention=RetainFor("audit", since="at"), columns=columns
    )
    with app.app_context():
        claim = DataClaim(area="x", tables=[table, table])
        faults = Register([claim, DataClaim(area="silent")]).faults(db.metadata)
    assert "silent: no table, and no word why" in faults
    assert "audit_entry: claimed twice, again by x" in faults
    assert "audit_entry.facts: not classified" in faults
    assert "audit_entry.no_such: claimed but not stored" in faults
    assert "audit_entry: personal, but nobody's" in faults
    assert "audit_entry.event: personal, but without a name that a person understands" in faults
    assert "person.email: not classified" in faults
