"""Sweeping: every period ends by itself, in batches, and a file without a row does not outlive an hour."""

import json
import os
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from portal import cli
from portal.jobs import service as jobs
from portal.kit import audit
from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.claims import register, walking
from portal.kit.claims.register import SWEPT_AT_ONCE
from portal.kit.db import db
from portal.kit.files import storage
from portal.privacy import service
from portal.privacy.service import sweeps

pytestmark = pytest.mark.both_databases

TWO_YEARS = timedelta(days=2 * 365)


@pytest.fixture
def old_lines(unit):
    """Plant audit rows whose period ended a while ago."""

    def plant(rows, *, ago=TWO_YEARS + timedelta(days=1)):
        with unit():
            for _row in range(rows):
                db.session.add(AuditEntry(event="test.planted", facts={}, at=time.now() - ago))

    return plant


def lines(unit):
    """Count the planted rows."""
    with unit():
        return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "test.planted"))


@pytest.fixture
def portal(app, monkeypatch):
    """Run a command of the operator on the app under test."""

    def run(*arguments):
        monkeypatch.setattr(cli, "create_app", lambda settings: app)
        monkeypatch.setattr(cli, "load", lambda: None)
        return CliRunner().invoke(cli.main, arguments, catch_exceptions=False)

    return run


def test_what_is_past_its_period_goes_and_the_rest_stays(unit, old_lines, run_jobs):
    old_lines(3)
    old_lines(2, ago=TWO_YEARS - timedelta(days=1))
    with unit():
        jobs.enqueue("privacy.sweep")
    run_jobs()
    assert lines(unit) == 2


def test_much_goes_in_bounded_batches_until_nothing_is_left(unit, old_lines, run_jobs, monkeypatch):
    for each in SWEPT_AT_ONCE:
        monkeypatch.setitem(SWEPT_AT_ONCE, each, 500)
    old_lines(1200)
    with unit():
        swept = service.sweep_batch()
        assert (swept.gone, swept.go_on) == ({"audit_entry": 500}, "audit_entry")
    with unit():
        jobs.enqueue("privacy.sweep")
    assert run_jobs() >= 2
    assert lines(unit) == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_much_goes_stretch_by_stretch_where_the_database_would_read_the_whole_table(unit, old_lines, run_jobs, monkeypatch):
    monkeypatch.setitem(SWEPT_AT_ONCE, "postgresql", 50)
    monkeypatch.setattr(walking, "PAGES", 2)
    old_lines(600)
    old_lines(7, ago=TWO_YEARS - timedelta(days=1))
    with unit():
        db.session.execute(text("ANALYZE audit_entry"))
        assert service.sweep_batch().go_on == "audit_entry"
        jobs.enqueue("privacy.sweep", start="audit_entry")
    pieces = []
    monkeypatch.setattr(sweeps, "walk", lambda table, *, page: pieces.append(page) or walking.walk(table, page=page))
    run_jobs()
    assert pieces == [*range(0, 2 * len(pieces), 2)]
    assert len(pieces) > 2
    assert lines(unit) == 7


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_little_is_looked_up_in_a_large_table(unit, old_lines):
    old_lines(2)
    old_lines(600, ago=timedelta())
    with unit():
        db.session.execute(text("ANALYZE audit_entry"))
        assert not walking.is_walked(register().find_table("audit_entry"))


def test_after_the_last_stretch_of_a_table_the_next_table_is_swept(unit):
    with unit():
        names = [table.name for _claim, table in register().tables()]
        assert [register().table_after(name) for name in names] == [*names[1:], None]


def test_the_check_sees_a_sweep_that_stood_still(unit, old_lines):
    old_lines(1, ago=TWO_YEARS + timedelta(hours=1))
    with unit():
        assert register().count_ended(grace=timedelta(hours=3)) == {}
    old_lines(2)
    with unit():
        assert register().count_ended(grace=timedelta(hours=3)) == {"audit_entry": 2}


def test_the_command_sweeps_and_says_how_much(unit, old_lines, portal):
    old_lines(7)
    dry = portal("sweep", "--dry-run", "--json")
    assert (dry.exit_code, json.loads(dry.stdout)["audit_entry"]) == (0, 7)
    assert lines(unit) == 7
    said = portal("sweep")
    assert "audit_entry: 7 deleted" in said.stdout
    assert lines(unit) == 0
    assert json.loads(portal("sweep", "--json").stdout) == {}


def test_the_command_carries_out_deletions_that_are_due(app, cast, clock, portal, outbox):
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    assert json.loads(portal("sweep", "--dry-run", "--json").stdout)["accounts"] == 1
    assert portal("sweep").exit_code == 0
    assert outbox.last(cast.ada.email).subject.startswith("Receipt")


def test_a_file_without_a_row_goes_after_an_hour(app, cast, unit):
    assert cast.ada
    with unit():
        fresh, lost = (storage().store("export", [b"x"]) for _file in range(2))
        avatar = storage().store("avatar", [b"x"])
        mailbox = storage().store("mailbox", [b"{}"])
        draft = storage().path(lost).with_suffix(".part")
        draft.write_bytes(b"x")
        for path in (storage().path(lost), storage().path(avatar), storage().path(mailbox), draft):
            long_ago = (time.now() - timedelta(hours=2)).timestamp()
            os.utime(path, (long_ago, long_ago))
    with unit():
        assert service.sweep_files(dry_run=True) == {"drafts": 1, "export": 1, "avatar": 1}
        assert storage().exists(lost)
        assert service.sweep_files() == {"drafts": 1, "export": 1, "avatar": 1}
        assert [storage().exists(key) for key in (fresh, lost, avatar, mailbox)] == [True, False, False, True]
        assert not draft.exists()


def test_a_file_with_its_row_stays_however_old(app, cast, unit, run_jobs):
    cast.sign_in(cast.ada).submit("/settings/privacy", action="/settings/privacy/export")
    run_jobs()
    with unit():
        (key,) = storage().keys("export")
        os.utime(storage().path(key), (0, 0))
        assert service.sweep_files() == {}
        assert storage().exists(key)


def test_a_name_that_is_no_key_of_ours_is_never_touched(unit):
    with unit():
        audit.record("test.planted")
        stranger = storage().folder / "export" / "zz" / "notes"
        stranger.parent.mkdir(parents=True)
        stranger.write_text("x")
        os.utime(stranger, (0, 0))
        assert service.sweep_files() == {}
        assert stranger.exists()
