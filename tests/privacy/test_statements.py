"""Disputed data carries its person's statement: beside the data, before staff, in the copy; theirs alone to change (P26)."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.kit.audit import AuditEntry
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.staff_reads import StaffRead
from portal.privacy import service
from portal.privacy.models import Outcome, Reason, Request, Right, Statement
from portal.privacy.service import Archive, statements
from portal.privacy.service.requests import corrections
from portal.support.models import Message, Ticket
from tests.privacy.conftest import Copy
from tests.privacy.desk import open_of, plant, staff

pytestmark = pytest.mark.both_databases
TICKET, MESSAGE = uuid.UUID("0a0a0a0a-0000-4000-8000-000000000001"), uuid.UUID("0b0b0b0b-0000-4000-8000-000000000002")
PATH = f"/settings/privacy/data/support/ticket/{TICKET}/statement"
SAYS = "It was the attic,\n=never the basement."


@pytest.fixture
def ada(cast, unit):
    """Ada, with a ticket and two messages in it."""
    with unit():
        values = {"name": "Ada", "email": cast.ada.email, "email_key": cast.ada.email, "subject": "The basement"}
        db.session.add(Ticket(id=TICKET, reference="AB-1", subject_id=cast.ada.account_id, **values))
        db.session.flush()
        db.session.add(Message(id=MESSAGE, ticket_id=TICKET, author="staff", body="You are in the basement."))
        db.session.add(Message(ticket_id=TICKET, author="customer", body="I am not."))
    return cast.ada


def say(browser, body: str = SAYS, field: str = "subject", path: str = PATH):
    """Say something of a field, as the page does."""
    return browser.submit(path, field=field, body=body)


def said(unit) -> list[str]:
    with unit():
        return list(db.session.scalars(select(Statement.body)))


def test_it_stands_beside_the_data_and_is_replaced_and_withdrawn(ada, cast, unit):
    browser = cast.sign_in(ada)
    page = say(browser)
    assert page.path == "/settings/privacy/data/support"
    assert "never the basement" in page.soup.find(id="line-ticket").text
    whole = browser.get("/settings/privacy/data/support/ticket")
    assert "never the basement" in whole.text
    form = browser.get(f"{PATH}?field=subject")
    assert form.soup.find("textarea").text.strip() == SAYS, "it can be changed from where it stands"
    say(browser, "The attic.")
    assert said(unit) == ["The attic."]
    say(browser, "")
    assert said(unit) == []


def test_what_cannot_be_corrected_carries_one_too_at_once(ada, cast, unit):
    browser = cast.sign_in(ada)
    links = [each["href"] for each in browser.get("/settings/privacy/data/support").soup.select("#line-ticket_message a")]
    path = f"/settings/privacy/data/support/ticket_message/{MESSAGE}/statement"
    assert path in links
    say(browser, "I never was.", "body", path)
    assert "I never was." in browser.get("/settings/privacy/data/support").soup.find(id="line-ticket_message").text


def test_each_page_offers_the_fields_of_its_own_entry(ada, cast):
    """What one may choose among is drawn for each page anew, never as it was drawn for somebody before."""
    browser = cast.sign_in(ada)
    paths = (PATH, f"/settings/privacy/data/support/ticket_message/{MESSAGE}/statement")
    offered = [{each["value"] for each in browser.get(path).soup.select("[name=field] option")} for path in paths]
    assert "subject" in offered[0] and "subject" not in offered[1] and "body" in offered[1]


@pytest.mark.parametrize(
    "fields",
    [{"field": "email_hash_no"}, {"field": ""}, {"body": "x" * 2001}, {"body": "a\x00b"}],
    ids=lambda each: [*each][0],
)
def test_what_cannot_be_so_is_said(ada, cast, unit, fields):
    page = cast.sign_in(ada).submit(PATH, **{"field": "subject", "body": SAYS, **fields})
    assert page.status == 422 and said(unit) == []


def test_nobody_says_anything_of_somebody_elses_data(ada, cast, unit):
    ben = cast.sign_in(cast.ben)
    token = ben.get("/settings/privacy/requests/new").fields()["csrf_token"]
    for path in (PATH, PATH.replace("/ticket/", "/ticket-named/"), PATH.replace("/ticket/", "/nothing/")):
        assert ben.get(path).status == 404
        assert ben.post(path, csrf_token=token, field="subject", body=SAYS).status == 404
    assert said(unit) == []


def test_there_is_a_limit(ada, cast, unit, monkeypatch):
    monkeypatch.setattr(statements, "MOST", 1)
    browser = cast.sign_in(ada)
    say(browser)
    page = say(browser, field="name")
    assert page.status == 422 and len(said(unit)) == 1
    assert say(browser, "Other words.").status == 200, "what stands is changed all the same"


def test_it_is_in_the_copy_beside_its_entry_in_every_form(ada, cast, unit):
    say(cast.sign_in(ada))
    with unit():
        subject = accounts.subject_of(accounts.get_person(ada.account_id))
        copy = Copy.of(b"".join(Archive(subject)))
    (ticket,) = copy.json("data/ticket.json")
    assert SAYS in ticket["your_statement"] and ticket["subject"] == "The basement"
    (row,) = csv.DictReader(io.StringIO(copy.text("data/ticket.csv")))
    assert SAYS in row["your_statement"]
    assert "your_statement" in copy.json("schema.json")["$defs"]["ticket"]["items"]["properties"]
    assert "your_statement" not in copy.json("data/ticket_message.json")[0]
    assert "never the basement" in copy.text("index.html")
    (own,) = copy.json("data/statement.json")
    assert (own["body"], own["record_id"], own["line"]) == (SAYS, str(TICKET), "ticket")


def test_staff_see_it_where_they_see_the_data_and_that_is_on_record(ada, cast, unit):
    say(cast.sign_in(ada))
    support = cast.sign_in_staff(cast.sam)
    assert "never the basement" in support.get(f"/admin/tickets/{TICKET}").text
    with unit():
        looks = select(func.count()).select_from(StaffRead).where(StaffRead.table_name == "statement")
        assert db.session.scalar(looks) == 1
        request = plant(**open_of(ada, Right.CORRECTION))
        wanted = service.Proposal("ticket", TICKET, "subject", "The attic")
        corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted, by=None)
        request_id = request.id
    assert "never the basement" in cast.sign_in_staff(cast.pia).get(f"/admin/requests/{request_id}").text


def test_no_correction_is_ticked_beforehand(ada, cast, unit):
    with unit():
        request = plant(**open_of(ada, Right.CORRECTION))
        wanted = service.Proposal("ticket", TICKET, "subject", "The attic")
        corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted, by=None)
        path = f"/admin/requests/{request.id}/corrections"
    (box,) = cast.sign_in_staff(cast.pia).get(path).soup.select("[name=applied]")
    assert not box.has_attr("checked")


def test_declining_offers_it(ada, cast, unit):
    officer = staff(cast, "privacy")
    with unit():
        request = plant(**open_of(ada, Right.CORRECTION))
        wanted = service.Proposal("ticket", TICKET, "subject", "The attic")
        corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted, by=None)
        seen, request_id = corrections.mark_of(corrections.waiting(request)), request.id
    with unit():
        decided = {"seen": seen, "reason": Reason.NOT_SHOWN, "answer": "No."}
        service.decide_corrections(request_id, applied=[], **decided, by=officer)
        assert db.session.get(Request, request_id).outcome == Outcome.REFUSED
    page = cast.sign_in(ada).get(f"/settings/privacy/requests/{request_id}")
    assert f"{PATH}?field=subject" in [link["href"] for link in page.soup.select("#corrections a")]


def test_it_goes_with_its_record_and_with_its_person(ada, cast, unit):
    browser = cast.sign_in(ada)
    say(browser)
    say(browser, "I never was.", "body", f"/settings/privacy/data/support/ticket_message/{MESSAGE}/statement")
    with unit():
        assert statements.end_statements() == 0
        db.session.delete(db.session.get(Message, MESSAGE))
        db.session.flush()
        assert statements.end_statements() == 1
    assert said(unit) == [SAYS]
    with unit():
        subject = accounts.subject_of(accounts.get_person(ada.account_id))
        while register().erase(subject):
            pass
    assert said(unit) == []


def test_the_trail_says_that_it_was_set_and_not_what(ada, cast, unit):
    browser = cast.sign_in(ada)
    say(browser)
    say(browser, "")
    with unit():
        found = db.session.scalars(select(AuditEntry).where(AuditEntry.event.like("privacy.statement%"))).all()
    assert sorted(each.event for each in found) == ["privacy.statement_set", "privacy.statement_withdrawn"]
    assert "basement" not in str([each.facts for each in found])
