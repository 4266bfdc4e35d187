"""Somebody without an account says what is wrong with data that was not corrected: by their link, with a code (P26)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.kit.audit import AuditEntry
from portal.kit.claims import Subject
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.models import Reason, Request, Statement
from portal.privacy.service import Archive, statements
from portal.privacy.service.requests import corrections
from portal.support.models import Message, Ticket
from tests.privacy.conftest import Copy
from tests.privacy.desk import GUEST, staff
from tests.privacy.guest_copies import write_ticket
from tests.privacy.test_asking import code_in, proven

pytestmark = pytest.mark.both_databases
SAYS = "It was the attic,\n=never the basement."


@pytest.fixture
def declined(client, outbox, cast, unit):
    """The page of a guest's request whose correction of a ticket's subject was declined."""
    write_ticket(client)
    page = proven(client, outbox, kind="correction", message="It was the attic.").path
    officer = staff(cast, "privacy")
    with unit():
        request = db.session.scalars(select(Request)).one()
        ticket = db.session.scalars(select(Ticket.id)).one()
        wanted = service.Proposal("ticket", ticket, "subject", "The attic")
        service.stage_correction(request.id, wanted=wanted, by=officer)
    with unit():
        seen = corrections.mark_of(corrections.waiting(db.session.get(Request, request.id)))
        decided = {"seen": seen, "reason": Reason.NOT_SHOWN, "answer": "No."}
        service.decide_corrections(request.id, applied=[], **decided, by=officer)
    return page


@pytest.fixture
def at_statement(client, outbox, declined):
    """The address of the form, opened by a code."""
    return opened(client, outbox, declined)


def opened(browser, outbox, page):
    form = browser.send(browser.get(f"{page}/statement"), action=f"{page}/statement/code")
    assert form.path == f"{page}/statement"
    return browser.send(form, action=f"{page}/statement", code=code_in(outbox)).path


def say(browser, address, body):
    chosen = [each["value"] for each in browser.get(address).soup.select("[name=field] option, [name=field][value]")][-1]
    return browser.submit(address, field=chosen, body=body)


def said(unit):
    with unit():
        return [(each.subject_id, each.email_key, each.body) for each in db.session.scalars(select(Statement))]


def test_they_write_it_change_it_and_remove_it(client, declined, at_statement, unit):
    assert client.get(declined).soup.find("a", {"href": f"{declined}/statement"})
    page = say(client, at_statement, SAYS)
    assert "Statement saved." in page.text and "never the basement" in page.text
    assert said(unit) == [(None, GUEST, SAYS)]
    say(client, at_statement, "The attic.")
    assert said(unit) == [(None, GUEST, "The attic.")]
    assert "Statement removed." in say(client, at_statement, "").text
    assert said(unit) == []
    with unit():
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.event.like("privacy.statement%"))).all()
    assert len(found) == 3 and "attic" not in str([each.facts for each in found])


def test_it_goes_wherever_a_customers_goes(client, outbox, cast, at_statement, unit):
    page = say(client, at_statement, SAYS)
    assert "Statement saved." in page.text, page.text
    with unit():
        ticket = db.session.scalars(select(Ticket.id)).one()
        copy = Copy.of(b"".join(Archive(Subject.of(emails=[GUEST]))))
    assert SAYS in copy.json("data/ticket.json")[0]["your_statement"]
    assert "never the basement" in copy.text("index.html")
    assert "never the basement" in cast.sign_in_staff(cast.sam).get(f"/admin/tickets/{ticket}").text
    proven(client, outbox, kind="correction", message="Once more.")
    officer = staff(cast, "privacy", "Pola")
    with unit():
        again = db.session.scalars(select(Request.id).where(Request.closed_at.is_(None))).one()
        wanted = service.Proposal("ticket", ticket, "subject", "The attic")
        service.stage_correction(again, wanted=wanted, by=officer)
    assert "never the basement" in cast.sign_in_staff(cast.pia).get(f"/admin/requests/{again}").text


def test_the_link_without_the_code_says_nothing(declined, new_client, outbox, unit, clock, at_statement):
    thief = new_client()
    page = thief.get(f"{declined}/statement")
    assert "What you wanted it to say" not in page.text and "attic" not in page.text
    assert "2 tries left" in thief.fill_in(code="22222222").text or "no longer works" in thief.shown.text
    assert thief.client.get(f"{declined}/statement/x").status_code == 410
    clock.forward(minutes=31)
    assert thief.client.get(at_statement).status_code == 410, "the pass is of half an hour"
    assert said(unit) == []


def test_the_pass_is_of_one_request_and_the_field_of_its_own(client, outbox, declined, at_statement, unit):
    page = client.submit(at_statement, field="00000000-0000-4000-8000-000000000001", body=SAYS)
    assert page.status == 422 and said(unit) == []
    other = proven(client, outbox, kind="complaint").path
    assert client.client.get(f"{other}/statement").status_code == 410, "nothing was declined"
    assert client.client.get(f"{other}/statement/{at_statement.rpartition('/')[2]}").status_code == 410


def test_of_what_is_gone_nothing_can_be_said_and_there_is_a_limit(client, at_statement, unit, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(statements, "MOST", 0)
        assert say(client, at_statement, SAYS).status == 422
    with unit():
        for each in (*db.session.scalars(select(Message)), *db.session.scalars(select(Ticket))):
            db.session.delete(each)
    assert say(client, at_statement, SAYS).status in (404, 422)
    assert said(unit) == []


def test_nothing_is_offered_of_what_was_made(client, outbox, cast, unit):
    write_ticket(client)
    page = proven(client, outbox, kind="correction").path
    officer = staff(cast, "privacy")
    with unit():
        request = db.session.scalars(select(Request)).one()
        service.close(request.id, outcome=service.Outcome.REFUSED, reason=Reason.NOT_SHOWN, answer="No.", by=officer)
    assert "Add a statement" not in client.get(page).text
    assert client.client.get(f"{page}/statement").status_code == 410
