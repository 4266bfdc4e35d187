"""Writing to us, with and without an account (P13)."""

import pytest
from sqlalchemy import select

from portal.kit.db import db
from portal.support.models import Message, Ticket

FIELDS = {"name": "Mallory", "email": "mallory@example.com", "subject": "Zips", "message": "Line one\nLine two"}


@pytest.fixture
def tickets(unit):
    """Return every ticket with its messages."""

    def read():
        with unit():
            return list(db.session.execute(select(Ticket, Message).join(Message, Message.ticket_id == Ticket.id)))

    return read


def test_a_stranger_writes_and_gets_an_email_with_the_reference(client, outbox, tickets):
    page = client.submit("/contact", **FIELDS)
    assert page.path == "/contact/received"
    ((ticket, message),) = tickets()
    assert (ticket.name, ticket.email, ticket.subject, ticket.state) == ("Mallory", FIELDS["email"], "Zips", "open")
    assert message.body.replace("\r\n", "\n") == FIELDS["message"]
    assert ticket.subject_id is None
    email = outbox.last("mallory@example.com")
    assert ticket.reference in email.subject
    assert ticket.reference in page.text
    assert email.link("/ticket/")


def test_the_email_repeats_nothing_that_was_typed(client, outbox):
    spam = "Buy cheap zips at https://evil.example.com"
    client.submit("/contact", name=spam, email="victim@example.com", subject=spam, message=spam)
    email = outbox.last("victim@example.com")
    assert "evil" not in email.text + email.html + email.subject


def test_a_customer_finds_name_and_address_filled_in_and_the_ticket_among_their_own(cast, outbox, tickets):
    ada = cast.sign_in(cast.ada)
    assert ada.get("/contact").fields()["email"] == "ada@example.com"
    page = ada.submit("/contact", subject="Zips", message="Where?")
    assert page.path.startswith("/support/")
    ((ticket, _message),) = tickets()
    assert ticket.subject_id == cast.ada.id
    assert outbox.last("ada@example.com").link("/support/") == page.path
    assert ticket.reference in ada.get("/support").text


def test_somebody_with_an_account_who_is_not_signed_in_sees_the_same_page(client, cast, new_client):
    known = client.submit("/contact", **{**FIELDS, "email": cast.ada.email})
    unknown = new_client().submit("/contact", **FIELDS)
    assert known.path == unknown.path
    assert known.text[: known.text.index("reference is")] == unknown.text[: unknown.text.index("reference is")]


def test_the_page_says_where_else_to_find_us(client):
    text = client.get("/contact").text
    for fact in ("1300 794 220", "contact@3clicksapparel.com", "contact@3clickscloud.com", "Loggia Corp", "72 275 176 798"):
        assert fact in text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Mallory\r\nBcc: all@example.com"),
        ("subject", "Zips\nBcc: all@example.com"),
        ("email", "m@example.com\r\nBcc: all@example.com"),
        ("email", "not an address"),
        ("subject", "x" * 151),
        ("name", "x" * 101),
        ("message", "x" * 10_001),
        ("message", ""),
        ("message", "\u200b"),
        ("message", " \u2800\r\n\u3164"),
        ("subject", "\u200b\u2800"),
        ("name", "\u3164"),
        ("message", "nul\0"),
        ("name", ""),
    ],
)
def test_what_is_not_one_plain_thing_is_refused_and_nothing_is_lost(client, tickets, field, value):
    page = client.submit("/contact", **{**FIELDS, field: value})
    assert page.status == 422
    others = {name for name in FIELDS if name != field}
    assert {name: page.fields()[name].strip() for name in others} == {name: FIELDS[name] for name in others}
    assert tickets() == []


def test_fields_that_are_not_on_the_form_change_nothing(client, cast, tickets):
    client.submit("/contact", **FIELDS, urgent="1", state="closed", subject_id=str(cast.ada.id), kind="account_frozen")
    ((ticket, _message),) = tickets()
    assert (ticket.urgent, ticket.state, ticket.subject_id, ticket.kind) == (False, "open", None, "contact")


def test_the_sixth_message_in_an_hour_has_to_wait(client, tickets, outbox):
    statuses = [client.submit("/contact", **FIELDS).status for _each in range(6)]
    assert statuses == [200] * 5 + [429]
    assert len(tickets()) == 5
    assert len(outbox.to("mallory@example.com")) == 5


def test_a_reference_is_drawn_at_random_and_easily_read(client, tickets):
    for _each in range(3):
        client.submit("/contact", **FIELDS)
    references = {ticket.reference for ticket, _message in tickets()}
    assert len(references) == 3
    assert all(len(each) == 11 and not set(each) & set("01OIL") for each in references)


def test_markup_is_shown_as_it_was_typed(cast):
    ada = cast.sign_in(cast.ada)
    page = ada.submit("/contact", subject="<img src=x onerror=alert(1)>", message="<script>alert(1)</script>\n{{ 7*7 }}")
    assert page.soup.select("main script, main img") == []
    assert page.title == "<img src=x onerror=alert(1)>"
    assert "{{ 7*7 }}" in page.text


def test_no_mailbox_is_flooded_by_the_form_and_nobody_is_told_so(client, outbox, monkeypatch):
    from portal.support.service import tickets

    monkeypatch.setattr(tickets, "TICKETS", "100 per hour")
    pages = [
        client.submit("/contact", name="Eve", email="ada@example.com", subject="Zips", message="Where?")
        for _each in range(7)
    ]
    assert {(page.status, page.path) for page in pages} == {(200, "/contact/received")}
    assert len(outbox.to("ada@example.com")) == 5
