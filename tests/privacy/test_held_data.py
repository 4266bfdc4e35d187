"""The data itself: every line in one part, small ones whole, of large ones the newest and a way to all; one's own only."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import SignInEvent, SignInOutcome
from portal.kit import clock as now
from portal.kit.claims import Gathered, Vocabulary, entries, register
from portal.kit.claims.counting import MOST_COUNTED
from portal.kit.db import db
from portal.privacy.service.held_data import NEWEST, PAGE, WHOLE
from portal.support.models import Message, Ticket
from portal.traffic.routes import recorder
from tests.pages.test_budget import cost

DATA = "/settings/privacy/data"


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def parts(page) -> dict[str, str]:
    """Return the parts that a page leads to: address -> title and figure."""
    return {link["href"]: link.get_text(" ") for link in page.soup.find("nav", class_="parts").find_all("a")}


def line(page, name: str) -> str:
    return page.soup.find(id=f"line-{name}").get_text(" ", strip=True)


def tries(person, count: int) -> None:
    """Let somebody have a history of sign-ins, each from a device of its own, the newest with the highest number."""
    db.session.add_all(
        SignInEvent(
            person_id=person.account_id,
            outcome=SignInOutcome.FAILED,
            device=f"Loom {number:04}",
            last_at=now.now() + timedelta(minutes=number),
        )
        for number in range(count)
    )


def test_the_account_is_open_first_and_shows_what_stands_in_it(ada):
    page = ada.get(DATA)
    assert page.title == "What we hold about you"
    account = line(page, "person")
    assert "Ada Threadgold" in account and "ada@example.com" in account
    assert "Until you delete it" in account, "for how long"
    assert page.soup.find(id="line-person").find("details"), "purpose, ground and period are behind details"


def test_what_is_never_shown_says_why(ada):
    account = line(ada.get(DATA), "person")
    assert "Not shown: " in account and "It’s a hash." in account
    assert "$argon2" not in ada.get(DATA).response.text


def test_every_line_that_is_told_stands_in_exactly_one_part(app, ada):
    first = ada.get(DATA)
    told = "".join(ada.get(path).soup.find("main").get_text(" ") for path in parts(first))
    with app.app_context(), app.test_request_context():
        lines = [holding.what for holding in register().holdings()]
    assert len(lines) > 10
    assert [what for what in lines if what not in told] == []


def test_a_small_line_is_shown_whole_and_a_large_one_leads_to_all(ada, cast, unit):
    with unit():
        tries(cast.ada, WHOLE - 1)
    page = ada.get(DATA)
    assert line(page, "sign_in_event").count("Loom") == WHOLE - 1
    assert "Show all" not in line(page, "sign_in_event")
    with unit():
        tries(cast.ada, 60)
    shown = line(ada.get(DATA), "sign_in_event")
    assert shown.count("Loom") == NEWEST and "Loom 0059" in shown
    assert "Show all: " in shown


def test_all_of_a_line_are_paged_by_key(ada, cast, unit):
    with unit():
        tries(cast.ada, 60)
    seen, path = [], f"{DATA}/accounts/sign_in_event"
    while path:
        page = ada.get(path)
        found = [value.text for value in page.soup.find_all(class_="value") if value.text.startswith("Loom")]
        assert len(found) <= PAGE
        seen += found
        older = [link for link in page.soup.find_all("a", class_="button") if link.text == "Older"]
        path = older[0]["href"] if older else None
    assert seen == [f"Loom {number:04}" for number in reversed(range(60))]


def test_words_are_shown_in_place_of_the_programs(ada, cast, unit):
    with unit():
        tries(cast.ada, 1)
    assert "Failed attempt" in line(ada.get(DATA), "sign_in_event")


def test_counting_stops(ada, cast, unit):
    with unit():
        tries(cast.ada, MOST_COUNTED + 5)
    page = ada.get(DATA)
    assert "more than 1,000 entries" in line(page, "sign_in_event")
    assert "1,000+" in parts(page)[DATA]


def test_a_part_costs_one_statement_a_line_however_much_it_holds(app, ada, cast, unit):
    with unit():
        ticket = Ticket(
            reference="AB-1", subject_id=cast.ada.account_id, name="A", email="x@x.x", email_key="x@x.x", subject="A"
        )
        db.session.add(ticket)
        db.session.flush()
        db.session.add(Message(ticket_id=ticket.id, author="customer", body="Where is my marker?"))
    for path in parts(ada.get(DATA)):
        held = len(ada.get(path).soup.find_all(id=lambda each: each and each.startswith("line-")))
        assert len(cost(app, ada, path)) <= 4 + held, path
    before = len(cost(app, ada, f"{DATA}/support"))
    with unit():
        db.session.add_all(Message(ticket_id=ticket.id, author="customer", body=f"Again {n}") for n in range(50))
    assert len(cost(app, ada, f"{DATA}/support")) == before
    assert len(cost(app, ada, f"{DATA}/support/ticket_message")) <= 4


def test_nobody_elses_data_is_shown(ada, cast, unit):
    with unit():
        tries(cast.ben, 40)
        db.session.add(
            Ticket(
                reference="AB-2", subject_id=cast.ben.account_id, name="Ben", email="ben@example.com",
                email_key="ben@example.com", subject="Ben’s secret buttons",
            )
        )  # fmt: skip
    for path in parts(ada.get(DATA)):
        text = ada.get(path).response.text
        assert "Loom" not in text and "buttons" not in text and str(cast.ben.id) not in text
    assert "Loom" not in ada.get(f"{DATA}/accounts/sign_in_event").response.text


def test_a_report_about_the_account_is_not_given_away(ada, cast, unit):
    before = {path: ada.get(path).soup.find("main").get_text() for path in (f"{DATA}/support",)}
    with unit():
        db.session.add(
            Ticket(
                reference="AB-3", kind="misuse_reported", about_id=cast.ada.account_id, name="", email="ada@example.com",
                email_key="ada@example.com", subject="Somebody is in my account",
            )
        )  # fmt: skip
    assert {path: ada.get(path).soup.find("main").get_text() for path in before} == before
    assert ada.get(f"{DATA}/support/ticket-named").status == 404


@pytest.mark.parametrize("path", ["nowhere", "legal", "accounts/ticket", "support/ticket-named", "jobs/job_schedule", "x/y"])
def test_what_is_not_there_is_not_found(ada, path):
    assert ada.get(f"{DATA}/{path}").status == 404


@pytest.mark.parametrize("word", ["x", "2026", "'; DROP TABLE person; --", "20261123T000000000000-zz", "0" * 32])
def test_a_word_that_no_page_gave_out_is_not_found(ada, word):
    assert ada.get(f"{DATA}/accounts/sign_in_event", query_string={"after": word}).status == 404


def test_a_stranger_and_a_visitor_see_nothing(client):
    for path in (DATA, f"{DATA}/support", f"{DATA}/accounts/person"):
        assert client.get(path).path == "/login"


def test_markup_in_what_people_wrote_stays_text(ada, cast, unit):
    with unit():
        ticket = Ticket(
            reference="AB-4", subject_id=cast.ada.account_id, name="A", email="x@x.x", email_key="x@x.x",
            subject="<script>alert(1)</script>\u202eesrever",
        )  # fmt: skip
        db.session.add(ticket)
    page = ada.get(f"{DATA}/support")
    assert "<script>alert(1)" not in page.response.text
    assert "<script>alert(1)" in line(page, "ticket")
    assert page.soup.find("bdi", string=lambda text: text and "esrever" in text)


def test_each_line_has_an_order_that_no_row_falls_out_of(app):
    with app.app_context():
        undated = [each.name for each in register().lines() if entries.order_of(each.table)[0] is None]
    assert undated == ["staff_read_subject", "erasure_step"], "by the key alone"


def test_entries_without_an_instant_are_paged_by_their_key(ada, cast):
    for _again in range(PAGE + 1):
        cast.have_read(cast.ada)
    page = ada.get(f"{DATA}/kit/staff_read_subject")
    (older,) = [link for link in page.soup.find_all("a", class_="button") if link.text == "Older"]
    assert ada.get(older["href"]).status == 200
    assert ada.get(f"{DATA}/kit/staff_read_subject", query_string={"after": "x"}).status == 404


def test_what_the_program_calls_things_is_said_in_words(ada, fetch, run_jobs):
    ada.submit("/settings/profile", name="Ada T", language="en", time_zone="Europe/Paris")
    ada.submit("/contact", subject="Zips", message="Where are my zips?")
    recorder(ada.client.application).flush()
    shown = [ada.get(f"{DATA}/{area}").soup.find("main").get_text(" ") for area in ("kit", "mail", "traffic", "privacy")]
    run_jobs()
    copy = fetch(ada)
    shown.append(copy.text("index.html"))
    for text in (shown[0], shown[-1]):
        assert "Profile changed" in text and "Changed fields: Name and Time zone" in text and "Ticket opened" in text
    assert "We’ve received your message" in shown[1] and "/contact" in shown[2]
    with ada.client.application.app_context():
        named = {*Gathered(Vocabulary.EVENTS), *Gathered(Vocabulary.EMAILS), *Gathered(Vocabulary.TASKS)}
    assert [name for name in named for text in shown if name in text] == []
    assert "accounts.profile_changed" in copy.text("data/audit_entry.json"), "files for programs keep the name"
    words = copy.json("schema.json")["$defs"]["audit_entry"]["items"]["properties"]["event"]["x-words"]
    assert words["accounts.profile_changed"] == "Profile changed"
