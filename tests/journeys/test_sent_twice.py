"""A form that adds something is taken once, however often it is sent; the second time shows what the first did (B36)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import SignUp
from portal.kit import form_uses
from portal.kit.db import db
from portal.kit.form_uses import FormUse
from portal.support.models import Message, Ticket
from tests.conftest import Outbox, Page, Visitor
from tests.people import Cast
from tests.support import samples

pytestmark = pytest.mark.both_databases

CONTACT = {"name": "Mei Lin", "email": "mei@example.com", "subject": "Sizes", "message": "Which one fits?"}
SIGN_UP = {"name": "Mei Lin", "email": "mei@example.com", "password": "seven quiet looms at dawn", "accept_terms": "y"}
OPENED_BY_A_BROWSER = {"Upgrade-Insecure-Requests": "1"}
Count = Callable[[Any], int]


@pytest.fixture
def count(unit: Callable[[], AbstractContextManager[None]]) -> Count:
    """`count(Ticket)` says how many rows a table has."""

    def rows(model: Any) -> int:
        with unit():
            return db.session.scalar(select(func.count()).select_from(model)) or 0

    return rows


def twice(visitor: Visitor, page: Page, **fields: Any) -> tuple[Page, Page]:
    """Send the form of an open page, go Back, and send it again."""
    return visitor.send(page, **fields), visitor.send(page, **fields)


def same(first: Page, second: Page) -> bool:
    """Tell whether two pages say the same to a person, at the same address."""
    return (first.path, first.text) == (second.path, second.text)


def test_a_message_makes_one_ticket_and_one_email(client: Visitor, outbox: Outbox, count: Count) -> None:
    first, second = twice(client, client.get("/contact"), **CONTACT)
    assert "Your reference is" in first.text
    assert same(first, second)
    assert count(Ticket) == 1
    assert len(outbox.to("mei@example.com")) == 1


def test_a_customers_message_too_with_its_files(cast: Cast, count: Count) -> None:
    ada = cast.sign_in(cast.ada)
    page = ada.get("/contact")
    first = ada.send(page, subject="S", message="M", files=samples.chosen(("a.pdf", samples.pdf())))
    second = ada.send(page, subject="S", message="M", files=samples.chosen(("a.pdf", samples.pdf())))
    assert same(first, second)
    assert count(Ticket) == 1
    ada.send(page, subject="S", message="M", files=samples.chosen(("a.pdf", samples.pdf() + b"% other")))
    assert count(Ticket) == 2


def test_a_reply_and_an_answer_stand_in_the_ticket_once(cast: Cast, outbox: Outbox, count: Count) -> None:
    ada, sam = cast.sign_in(cast.ada), cast.sign_in_staff(cast.sam)
    ticket = ada.submit("/contact", subject="S", message="M").path
    desk = ticket.replace("/support", "/admin/tickets")
    assert same(*twice(ada, ada.get(ticket), message="And another thing."))
    assert count(Message) == 2
    page = sam.get(desk)
    before = len(outbox.to(cast.ada.email))
    first, second = twice(sam, page, message="In the drawer.")
    assert "Reply sent." in first.text
    assert "Reply sent." in second.text
    assert count(Message) == 3
    assert len(outbox.to(cast.ada.email)) == before + 1


def test_a_sign_up_is_one_and_its_page_warns_of_nobody(client: Visitor, outbox: Outbox, count: Count) -> None:
    first, second = twice(client, client.get("/signup"), **SIGN_UP)
    assert first.title == "Check your email"
    assert same(first, second)
    assert count(SignUp) == 1
    (sent,) = outbox.to("mei@example.com")
    assert "someone else" not in client.get(sent.link("/verify-email/")).text.lower()


def test_a_members_sign_up_leaves_as_many_marks_as_a_strangers(cast: Cast, client: Visitor, count: Count) -> None:
    twice(client, client.get("/signup"), **{**SIGN_UP, "email": cast.ada.email})
    member = count(FormUse)
    twice(client, client.get("/signup"), **SIGN_UP)
    assert (member, count(FormUse)) == (1, 2)


def test_a_report_of_misuse_is_one(client: Visitor, count: Count) -> None:
    assert same(*twice(client, client.get("/report-misuse"), email="ada@example.com", message="Somebody is in."))
    assert count(Ticket) == 1


def test_what_was_changed_before_sending_again_is_a_message_of_its_own(client: Visitor, count: Count) -> None:
    page = client.get("/contact")
    client.send(page, **CONTACT)
    client.send(page, **{**CONTACT, "message": "Which one fits me?"})
    assert count(Ticket) == 2


def test_the_same_words_count_again_after_an_hour_and_in_another_browser(
    client: Visitor, new_client: Callable[[], Visitor], count: Count, clock: Any
) -> None:
    def sends(browser: Visitor) -> None:
        """Open the page, as a browser also does on going Back, and send the same words."""
        browser.send(browser.get("/contact", headers=OPENED_BY_A_BROWSER), **CONTACT)

    for browser in (client, client, new_client()):
        sends(browser)
    assert count(Ticket) == 2
    clock.forward(hours=1, minutes=1)
    for _each in range(2):
        sends(client)
    assert count(Ticket) == 3


def test_the_same_words_in_a_reply_count_again_when_the_ticket_was_opened_again(cast: Cast, count: Count) -> None:
    """Whoever sees their reply and writes it once more means it."""
    ada = cast.sign_in(cast.ada)
    ticket = ada.submit("/contact", subject="S", message="M").path
    for _each in range(2):
        ada.submit(ticket, message="Yes.")
    assert count(Message) == 3


def test_what_a_clock_ahead_has_noted_holds_nothing_back(unit: Any, clock: Any) -> None:
    use = form_uses.use_of("mark", b"content")
    clock.forward(days=400)
    with unit():
        form_uses.note(use, form_uses.Answer("/ahead", []))
    clock.forward(days=-400)
    with unit():
        assert form_uses.find(use) is None
        form_uses.note(use, form_uses.Answer("/now", [("success", "Sent.")]))
    with unit(), pytest.raises(form_uses.SentMeanwhile):
        form_uses.note(use, form_uses.Answer("/again", []))
    with unit():
        assert form_uses.find(use) == form_uses.Answer("/now", [("success", "Sent.")])


def test_a_form_that_was_refused_is_not_used_up(client: Visitor, count: Count) -> None:
    page = client.get("/contact")
    refused = client.send(page, **{**CONTACT, "email": "no address"})
    assert refused.status == 422
    assert count(FormUse) == 0
    assert "Your reference is" in client.send(refused, email="mei@example.com").text
    assert count(Ticket) == 1


@pytest.mark.parametrize("mark", [None, "", "x", "x" * 39, "x" * 65])
def test_without_a_mark_of_ours_each_sending_is_its_own(client: Visitor, count: Count, mark: str | None) -> None:
    page = client.get("/contact")
    for _each in range(2):
        client.send(page, **CONTACT, form_mark=mark)
    assert count(FormUse) == 0


def test_the_mark_tells_the_database_nothing_and_goes_in_time(
    client: Visitor, unit: Any, clock: Any, command: Callable[..., Any], count: Count
) -> None:
    page = client.get("/contact")
    client.send(page, **CONTACT)
    with unit():
        (row,) = db.session.scalars(select(FormUse))
    assert b"reference" not in row.answer
    assert b"contact" not in row.answer
    clock.forward(hours=1, minutes=1)
    assert command("sweep").exit_code == 0
    assert count(FormUse) == 0


def test_another_person_is_never_shown_the_answer_to_the_first(cast: Cast, client: Visitor) -> None:
    ada = cast.sign_in(cast.ada)
    page = ada.get("/contact")
    fields = {**page.fields(), "subject": "S", "message": "M"}
    shown = ada.post("/contact", **fields)
    other = cast.sign_in(cast.ben)
    token = other.get("/contact").fields()["csrf_token"]
    fields |= {"csrf_token": token, "person_stamp": other.get("/contact").fields()["person_stamp"]}
    assert other.post("/contact", **fields).path != shown.path


def test_many_sendings_at_the_same_moment_are_one(app: Flask, client: Visitor, outbox: Outbox, count: Count) -> None:
    page = client.get("/contact")
    fields = {**page.fields(), **CONTACT}
    cookie = client.client.get_cookie("portal")
    assert cookie is not None
    start, said = threading.Barrier(4), []

    def send() -> None:
        tab = Visitor(app)
        tab.client.set_cookie("portal", cookie.value)
        start.wait()
        said.append(tab.post("/contact", **fields).text)

    threads = [threading.Thread(target=send) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 4
    assert len(set(said)) == 1
    assert "Your reference is" in said[0]
    assert count(Ticket) == 1
    assert len(outbox.to("mei@example.com")) == 1


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_in_a_browser_that_goes_back_and_sends_again(open_page: Callable[..., Any], count: Count, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/contact")
    for label, text in (("Your name", "Mei Lin"), ("Email address", "mei@example.com"), ("Subject", "S"), ("Message", "M")):
        page.get_by_role("main").get_by_label(label, exact=True).fill(text)
    shown = []
    for _each in range(2):
        page.get_by_role("main").get_by_role("button", name="Send").click()
        page.wait_for_url("**/contact/received")
        shown.append(page.get_by_role("status").inner_text())
        page.go_back()
    assert "Your reference is" in shown[0]
    assert shown[0] == shown[1]
    assert count(Ticket) == 1
