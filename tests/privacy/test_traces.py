"""After a deletion the address is nowhere: not in the tables, the files of the database, the storage or the mailbox."""

import time

import pytest
from sqlalchemy import String, Text, cast, func, select, text

from portal.jobs import service as jobs
from portal.jobs import worker
from portal.jobs.models import Job
from portal.kit import db as database
from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.scopes import across
from portal.mail import service as mail
from portal.mail import transport
from portal.privacy import service
from tests.databases import content

pytestmark = pytest.mark.both_databases

NEEDLE = "findme-8d1f77"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
VACUUMED = text("SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'person'")


@pytest.fixture
def erased(app, cast, outbox, clock, run_jobs):
    """Plant an address wherever a customer's life leaves it, delete the account, and take the receipt out of the mailbox."""
    eve = cast.make(f"Eve {NEEDLE}", f"{NEEDLE}@example.com", "eve leaves her traces in here")
    browser = cast.sign_in(eve)
    browser.submit("/settings/privacy", action="/settings/privacy/export")
    run_jobs()
    with app.app_context(), worker.unit_of_work():
        mail.send("privacy/deletion_undone", to=mail.Recipient(eve.email, name=NEEDLE), url="", password_url="")
    cast.sign_in(eve).submit("/settings/privacy/delete", confirm="y")
    assert outbox.to(eve.email)
    assert set(everything(app)) >= {"person.name", "person.email", "person.email_key"}
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    run_jobs()
    with app.app_context():
        # The receipt lies in the reader's own mailbox, which development keeps for them.
        (receipt,) = [(key, email) for key, email in transport.mailbox() if email["to"] == eve.email]
        assert receipt[1]["subject"].startswith("Receipt")
        storage().remove(receipt[0])
    return eve


def everything(app):
    """Return every value of every table that holds the needle, by its column."""
    found = {}
    with app.app_context(), across("the test looks at every row"):
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                value = func.lower(cast(column, Text if app_is_postgres() else String))
                if rows := db.session.scalar(select(func.count()).select_from(table).where(value.contains(NEEDLE))):
                    found[str(column)] = rows
    return found


def app_is_postgres():
    """Tell which database is under test."""
    return db.engine.dialect.name == "postgresql"


def test_no_column_of_any_table_holds_the_address(app, erased):
    assert everything(app) == {}


def test_no_stored_file_holds_the_address(app, erased):
    with app.app_context():
        files = [path for path in storage().folder.rglob("*") if path.is_file()]
        assert [str(path) for path in files if NEEDLE.encode() in content(path)] == []
        assert list(storage().keys("export")) == []


@ON_SQLITE
def test_no_file_of_the_database_holds_the_address_write_ahead_log_included(app, erased):
    with app.app_context():
        folder = storage().folder.parent
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "portal.db" for path in files)
    assert [path.name for path in files if NEEDLE.encode() in content(path)] == []


def test_the_page_beforehand_and_the_receipt_state_what_postgresql_keeps(app, cast, outbox, clock, run_jobs, client):
    page = cast.sign_in(cast.ada).get("/settings/privacy/delete")
    foretold = "unreadable traces" in page.text
    assert "until it’s delivered, or fails after 7 days" in page.text
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    email = outbox.last(cast.ada.email)
    said = "unreadable traces" in email.text
    page = client.get(email.link("/privacy/receipt/"))
    with app.app_context():
        assert foretold == said == app_is_postgres() == ("unreadable traces" in page.text)


@ON_POSTGRESQL
def test_dead_rows_are_vacuumed(app, unit, run_jobs):
    with unit():
        before = db.session.scalar(VACUUMED)
        jobs.enqueue("privacy.purge_free_space")
    run_jobs()
    for _wait in range(50):
        with unit():
            if (after := db.session.scalar(VACUUMED)) != before:
                break
        time.sleep(0.1)
    assert after is not None and after != before


@ON_SQLITE
def test_a_busy_log_is_tried_again(app, cast, run_jobs, clock, unit, monkeypatch):
    assert cast.ada
    with app.app_context():
        monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 10)
        db.engine.dispose()
        reader = db.engine.connect()
        reader.execute(select(1).select_from(Base.metadata.tables["person"])).all()
    with unit():
        jobs.enqueue("privacy.purge_free_space")
    run_jobs()
    with app.app_context():
        (job,) = db.session.scalars(select(Job).where(Job.kind == "privacy.purge_free_space")).all()
        assert (job.attempts, job.error) == (1, "LogBusy")
    reader.close()
    clock.forward(minutes=1)
    run_jobs()
    with app.app_context():
        assert db.session.scalars(select(Job).where(Job.kind == "privacy.purge_free_space")).all() == []
        monkeypatch.undo()
        db.engine.dispose()
