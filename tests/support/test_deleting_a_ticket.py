"""One ticket is deleted by its customer: shown first, then gone with all that was said in it (P14, P28)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.files import storage
from portal.mail import transport
from portal.support.models import Attachment, Message, Ticket, TicketKind
from tests.privacy.conftest import traces_of
from tests.support import samples

pytestmark = pytest.mark.both_databases
MARK = "findme-b3d19a"


@pytest.fixture
def ticket(cast):
    """Ada's ticket with a file; return its address."""
    files = samples.chosen((f"{MARK}.txt", MARK.encode()))
    return cast.sign_in(cast.ada).submit("/contact", subject=f"Zips {MARK}", message=f"Where? {MARK}", files=files).path


def test_it_is_shown_first_and_then_gone_with_its_messages_and_files(app, cast, ticket, run_jobs):
    other = cast.sign_in(cast.ada).submit("/contact", subject="Buttons", message="Which?").path
    run_jobs()
    ada = cast.sign_in(cast.ada)
    page = ada.get(ticket)
    link = next(a for a in page.soup.find_all("a") if "Delete ticket" in a.text)
    page = ada.get(link["href"])
    assert page.title == "Delete this ticket" and f"Zips {MARK}" in page.text
    with app.app_context():
        assert len(db.session.scalars(select(Ticket)).all()) == 2, "looking deletes nothing"
    page = ada.send(page)
    assert page.path == "/support" and "Ticket deleted." in page.text and MARK not in page.text
    with app.app_context():
        assert len(db.session.scalars(select(Ticket)).all()) == 1
        assert db.session.scalars(select(Attachment)).all() == [] and list(storage().keys("attachment")) == []
        assert len(db.session.scalars(select(Message)).all()) == 1
        (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "support.ticket_deleted"))
        assert (entry.subject_id, entry.facts["files"]) == (cast.ada.id, 1)
        for key, email in transport.mailbox():
            assert email["to"] == cast.ada.email, "the confirmation lies in her own mailbox, which development keeps"
            storage().remove(key)
    assert {name for name in traces_of(app, MARK) if not name.startswith("portal.db")} == set()
    assert ada.get(ticket).status == 404 and ada.get(other).status == 200


def test_staff_find_it_no_more(cast, ticket):
    cast.sign_in(cast.ada).submit(f"{ticket}/delete")
    assert cast.sign_in_staff(cast.sam).get(ticket.replace("/support/", "/admin/tickets/")).status == 404


def test_nobody_deletes_anothers_ticket(app, cast, ticket):
    ben = cast.sign_in(cast.ben)
    assert ben.get(f"{ticket}/delete").status == 404
    token = ben.get("/settings/profile").fields()["csrf_token"]
    assert ben.post(f"{ticket}/delete", csrf_token=token).status == 404
    assert ben.get(f"/support/{uuid.uuid4()}/delete").status == 404
    with app.app_context():
        assert len(db.session.scalars(select(Ticket)).all()) == 1


def test_a_thief_does_not_delete_the_report_by_which_the_account_was_secured(app, cast, unit, ticket):
    with unit():
        db.session.scalars(select(Ticket)).one().kind = TicketKind.ACCOUNT_FROZEN
    ada = cast.sign_in(cast.ada)
    assert "Delete ticket" not in ada.get(ticket).text
    token = ada.get("/settings/profile").fields()["csrf_token"]
    assert ada.post(f"{ticket}/delete", csrf_token=token).status == 404
    assert ada.get(f"{ticket}/delete").status == 404


def test_a_session_that_is_not_fresh_must_prove_itself_first(cast, ticket, clock):
    ada = cast.sign_in(cast.ada)
    page = ada.get(f"{ticket}/delete")
    clock.forward(minutes=31)
    assert ada.send(page).path == "/confirm-identity"
    assert ada.get(ticket).path in (ticket, "/confirm-identity")


def test_two_tabs_delete_it_once_and_a_reply_finds_nothing(cast, ticket):
    tab, other, third = (cast.sign_in(cast.ada) for _each in range(3))
    open_page, reply = other.get(f"{ticket}/delete"), third.get(ticket)
    tab.submit(f"{ticket}/delete")
    assert other.send(open_page).status == 404
    assert third.send(reply, message="Still there?").status == 404
