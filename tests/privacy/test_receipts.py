"""The receipt of a deletion is frozen when it is done: canonical bytes that no later change of the register reaches."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import rfc8785
from sqlalchemy import select, update

from portal.jobs import worker
from portal.kit import clock as time
from portal.kit.claims import Register, Subject, register
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState
from portal.privacy.service import receipts

pytestmark = pytest.mark.both_databases


@pytest.fixture
def done(app, cast, run_jobs, clock, outbox):
    """Ada's account is deleted; return what opens her receipt."""
    cast.sign_in(cast.ada).submit("/contact", subject="Zips", message="Where?")
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    run_jobs()
    return outbox.last(cast.ada.email).link("/privacy/receipt/")


def document(app) -> bytes:
    """Return the bytes that are stored."""
    with app.app_context():
        return db.session.scalars(select(Deletion.receipt).where(Deletion.state == DeletionState.DONE)).one()


def redeclared(app, change) -> Register:
    with app.app_context():
        claims = register().claims
    return Register([replace(claim, tables=[change(table) for table in claim.tables]) for claim in claims])


def test_it_is_canonical_json_and_says_what_the_page_says(app, done, client, cast):
    stored = document(app)
    said = json.loads(stored)
    assert rfc8785.dumps(said) == stored
    assert (said["type"], said["version"], said["language"]) == ("deletion_receipt", 2, "en")
    deleted = {line["line"]: (line["what"], line["rows"]) for line in said["deleted"]}
    assert deleted["person"] == ("Your User Account", 1) and deleted["ticket"] == ("Support tickets", 1)
    page = client.get(done)
    for what, rows in deleted.values():
        assert f"{what} {rows}" in page.text
    for line in said["retained"]:
        assert f"{line['what']}: {line['why']} How long we keep it: {line['kept']}." in page.text
    assert all(text in page.text for text in said["stays_besides"])
    assert str(cast.ada.id) not in stored.decode() and cast.ada.email not in stored.decode()


def test_a_renamed_table_and_a_changed_claim_do_not_change_an_old_receipt(app, done, client, monkeypatch):
    before, stored = client.get(done).text, document(app)

    def change(table):
        model = type("Renamed", (), {"__tablename__": f"new_{table.name}"})
        return replace(table, model=model, what="Something else", retention=table.retention, parties=())

    monkeypatch.setitem(app.extensions, "portal.register", redeclared(app, change))
    assert client.get(done).text == before
    assert document(app) == stored


def test_a_changed_period_does_not_change_an_old_receipt(app, done, client, monkeypatch):
    before = client.get(done).text
    periods = app.extensions["portal.periods"]
    monkeypatch.setitem(app.extensions, "portal.periods", {**periods, "backups": periods["backups"] * 2})
    assert client.get(done).text == before


def test_a_table_that_was_renamed_while_the_deletion_ran_is_still_told_of(app):
    with app.app_context():
        running = Deletion(number="ABC", requested_at=time.now(), gone={"a_table_of_before": 3, "ticket": 1})
        receipt = receipts.read(receipts.freeze(running, retained=[], stays_besides=[], steps=[]))
    assert {(line.line, line.what, line.rows) for line in receipt.deleted} == {
        ("a_table_of_before", "a_table_of_before", 3),
        ("ticket", "Support tickets", 1),
    }


def test_what_was_blanked_for_somebody_else_to_keep_is_told_apart(app, cast, clock, run_jobs, outbox, client):
    ticket = cast.sign_in(cast.ada).submit("/contact", subject="Zips", message="Where?").path
    sam = cast.sign_in_staff(cast.sam)
    sam.submit(ticket.replace("/support/", "/admin/tickets/"), message="In the drawer.")
    sam.submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    run_jobs()
    email = outbox.last(cast.sam.email)
    words = "Replies you wrote as a member of our team: 1 entry. The reply stays in its customer’s ticket."
    assert words in email.text
    assert words in client.get(email.link("/privacy/receipt/")).text
    assert "ticket_message-staff" not in {line.line for line in receipts.read(document(app)).deleted}


def test_a_report_that_named_the_account_stands_in_no_receipt(app, cast, new_client, clock, run_jobs):
    new_client().submit("/report-misuse", email=cast.ada.email, message="Somebody else is in there.")
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    run_jobs()
    stored = document(app).decode()
    assert "ticket-named" not in stored and "misuse" not in stored
    with app.app_context():
        assert register().residue(Subject.of(cast.ada.id, emails=[cast.ada.email])) in ([], ["mailbox"])


def test_the_page_speaks_the_language_of_the_document(app, done, client):
    page = client.get(done, headers={"Accept-Language": "zh-CN"})
    assert page.soup.find("html")["lang"] == "en"


def test_a_receipt_from_before_there_were_steps_is_shown_as_it_was(app, done, client, unit):
    said = json.loads(document(app))
    del said["steps"]
    with unit():
        db.session.execute(update(Deletion).values(receipt=rfc8785.dumps({**said, "version": 1})))
    page = client.get(done)
    assert page.soup.find(id="confirmed") is None and "Your User Account 1" in page.text
