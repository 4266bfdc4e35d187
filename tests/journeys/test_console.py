"""Staff answer twenty tickets by keyboard alone; what they work with is dense, valid, and fits every window."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.staff_reads import StaffRead
from portal.kit.unit import unit_of_work
from portal.support.models import Author, Message, Ticket
from tests.browser import axe, focused, html_faults, overflows, sign_in, tab_to
from tests.conftest import Outbox, Visitor
from tests.people import Cast
from tests.support import samples

# Keys and windows work the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TICKETS = 20
CLOSED = (4, 9, 14, 19)
"""Which of them are closed with their answer; of the others the next one is opened."""
MOST_TABS = 8


@pytest.fixture
def tickets(app: Flask) -> dict[str, uuid.UUID]:
    """Twenty tickets that wait for us, by subject, the one that waits longest first."""
    made = {}
    with app.app_context(), unit_of_work():
        for number in range(TICKETS):
            at, email = clock.now() - timedelta(days=TICKETS - number), f"customer{number}@example.com"
            row = Ticket(id=uuid.uuid4(), reference=f"AAAAA-{number:05}", name=f"Customer {number}", email=email,
                         email_key=email, subject=f"Question {number}", opened_at=at, updated_at=at)  # fmt: skip
            db.session.add(row)
            db.session.flush()
            db.session.add(Message(ticket_id=row.id, author=Author.CUSTOMER, body=f"How do I do {number}?", at=at))
            made[row.subject] = row.id
    return made


def open_first(page: Page, subject: str) -> None:
    """Open the first ticket of the list that is shown."""
    expect(page.locator("h1")).to_have_text("Tickets")
    tab_to(page, subject, limit=30)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(subject)


def test_twenty_tickets_are_answered_by_keyboard_alone(
    page: Page, app: Flask, cast: Cast, tickets: dict[str, uuid.UUID], outbox: Outbox
) -> None:
    sign_in(page, cast.sign_in_staff(cast.sam))
    page.goto("/admin/")
    tab_to(page, "Open tickets")
    page.keyboard.press("Enter")
    open_first(page, "Question 0")
    for number, subject in enumerate(tickets):
        expect(page.locator("h1")).to_have_text(subject)
        # The page opens at the newest message; a few Tabs lead to the reply.
        tab_to(page, "Your reply", limit=MOST_TABS)
        page.keyboard.type(f"This is how you do {number}.")
        if number in CLOSED:
            page.keyboard.press("Control+Enter")
            expect(page.get_by_role("status")).to_contain_text("Reply sent and ticket closed.")
            if number + 1 < TICKETS:
                open_first(page, f"Question {number + 1}")
        else:
            tab_to(page, "Send and next", limit=MOST_TABS)
            page.keyboard.press("Enter")
            expect(page.get_by_role("status")).to_contain_text("Reply sent. This is the next ticket.")
    expect(page.get_by_text("No tickets in this queue.")).to_be_visible()
    with app.app_context():
        states = dict(db.session.execute(select(Ticket.subject, Ticket.state)).all())
        opened = set(db.session.scalars(select(StaffRead.basis_id).where(StaffRead.basis == "ticket")))
    assert states == {f"Question {n}": "closed" if n in CLOSED else "waiting" for n in range(TICKETS)}
    assert opened == set(tickets.values())
    sent = {email.to: email.text for email in outbox.all()}
    assert all(f"This is how you do {n}." in sent[f"customer{n}@example.com"] for n in range(TICKETS))


def test_the_list_is_reached_at_once_after_a_ticket_was_closed(
    page: Page, cast: Cast, tickets: dict[str, uuid.UUID]
) -> None:
    sign_in(page, cast.sign_in_staff(cast.sam))
    page.goto(f"/admin/tickets/{tickets['Question 0']}#newest")
    page.get_by_label("Your reply").fill("Done.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Tickets")
    page.keyboard.press("Tab")
    assert focused(page) == "Question 1"


def test_without_a_script_the_buttons_do_the_same(
    open_page: Callable[..., Page], cast: Cast, tickets: dict[str, uuid.UUID]
) -> None:
    page = open_page(javascript=False)
    sign_in(page, cast.sign_in_staff(cast.sam))
    page.goto("/admin/tickets")
    page.get_by_role("link", name="Question 0", exact=True).click()
    expect(page.locator("h1")).to_have_text("Question 0")
    page.get_by_label("Your reply").fill("Done.")
    page.get_by_role("button", name="Send and next").click()
    expect(page.locator("h1")).to_have_text("Question 1")
    page.get_by_label("Your reply").fill("Done.")
    page.get_by_role("button", name="Send and close").click()
    expect(page.locator("h1")).to_have_text("Tickets")
    expect(page.locator("#list tbody tr")).to_have_count(TICKETS - 2)


def test_a_line_is_28_px_high(page: Page, app: Flask, cast: Cast, tickets: dict[str, uuid.UUID]) -> None:
    with app.app_context(), unit_of_work():
        row = db.session.get(Ticket, tickets["Question 3"])
        assert row is not None
        row.subject, row.name, row.urgent = "A very long subject that goes on " * 4, "W" * 90, True
    sign_in(page, cast.sign_in_staff(cast.sam))
    page.goto("/admin/tickets")
    heights = page.locator("#list tbody tr").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert heights == [28] * TICKETS


def test_on_a_wide_window_the_conversation_stands_beside_the_facts(
    page: Page, cast: Cast, tickets: dict[str, uuid.UUID]
) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    sign_in(page, cast.sign_in_staff(cast.sam))
    page.goto(f"/admin/tickets/{tickets['Question 0']}")
    said, facts = (page.locator(each).first.bounding_box() for each in (".said", ".aside"))
    assert said is not None and facts is not None
    assert facts["x"] >= said["x"] + said["width"]
    assert facts["y"] < said["y"] + said["height"]


@pytest.fixture
def looked(cast: Cast, tickets: dict[str, uuid.UUID]) -> list[tuple[str, str]]:
    """The pages of a long ticket with a file, and a full list: who sees each, and where."""
    ada = cast.sign_in(cast.ada)
    sent = samples.chosen(("a-file-with-quite-a-long-name-that-does-not-break.pdf", samples.pdf()))
    own = ada.submit("/contact", subject="Zips", message="Where are they? " * 40, files=sent).path
    for number in range(7):
        ada.submit(own, message=f"More {number}")
    desk = own.replace("/support", "/admin/tickets")
    page = cast.sign_in_staff(cast.sam).get(desk)
    removals = [str(each["href"]) for each in page.soup.select("details.menu a")]
    return [("staff", "/admin/tickets"), ("staff", desk), ("ada", own), ("staff", removals[0]), ("staff", removals[1])]


def browsers(cast: Cast) -> dict[str, Visitor]:
    return {"staff": cast.sign_in_staff(cast.sam), "ada": cast.sign_in(cast.ada)}


@pytest.mark.parametrize(("device", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: Callable[..., Page], cast: Cast, looked: list[tuple[str, str]], device: str, scheme: str
) -> None:
    faults = []
    visitors = browsers(cast)
    for who, path in looked:
        page = open_page(device=device, scheme=scheme)
        sign_in(page, visitors[who])
        page.goto(path)
        page.locator("main details").evaluate_all("all => all.forEach(each => { each.open = true; })")
        faults += [f"{path}: {fault}" for fault in axe(page)]
        for width in (320, 390, 820, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{path}: wider than {width} px"] if overflows(page) else []
    assert not faults, "\n".join(faults)


def test_every_page_is_valid_html(cast: Cast, looked: list[tuple[str, str]]) -> None:
    visitors = browsers(cast)
    pages = {path: visitors[who].client.get(path).text for who, path in looked}
    assert html_faults(pages) == []
