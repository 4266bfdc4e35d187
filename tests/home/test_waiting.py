"""What waits for a person stands first on their home; what it says is true, and it costs no more than before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from portal.kit import clock
from portal.kit.db import db
from portal.legal import documents
from portal.promises import service as promises
from portal.promises.models import CheckResult
from portal.support.models import Ticket, TicketState
from tests.accounts.walk import confirm_removal, enrol, request_removal
from tests.pages.test_budget import OVERVIEWS, cost

pytestmark = pytest.mark.both_databases

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def write(cast, unit):
    """Have somebody open a ticket, and our team answer it or not."""

    def open_one(person, *, subject="Hems", answered=True, closed=False):
        visitor = cast.sign_in(person)
        address = visitor.submit("/contact", subject=subject, message="How?").path
        with unit():
            state = TicketState.CLOSED if closed else TicketState.WAITING if answered else TicketState.OPEN
            newest = update(Ticket).where(Ticket.subject == subject).values(state=state, updated_at=clock.now())
            db.session.execute(newest)
        return address

    return open_one


def waiting(visitor):
    """Return what waits: the words of each link -> where it leads."""
    part = visitor.get("/home").soup.find(id="waiting")
    return {link.get_text(): link["href"] for link in part.find_all("a")}


def test_an_answered_ticket_waits_for_its_customer_and_is_one_click_away(cast, write):
    address = write(cast.ada, subject="Hems")
    write(cast.ada, subject="Buttons", answered=False)
    write(cast.ada, subject="Zips", closed=True)
    ada = cast.sign_in(cast.ada)
    assert waiting(ada)["We’ve replied: Hems"] == address
    assert not any("Buttons" in words or "Zips" in words for words in waiting(ada))
    assert "1 ticket waits for our reply" in ada.get("/home").text
    ada.post(f"{address}/close", **ada.get(address).fields(f"{address}/close"))
    assert "We’ve replied: Hems" not in waiting(ada)


def test_of_many_answered_tickets_the_newest_three_are_named_and_the_rest_counted(cast, write, clock):
    for number in range(5):
        write(cast.ada, subject=f"Question {number}")
        clock.forward(minutes=40)
    found = waiting(cast.sign_in(cast.ada))
    assert list(found)[:4] == [*(f"We’ve replied: Question {number}" for number in (4, 3, 2)), "All my tickets"]
    assert "We’ve replied to 5 of them." in cast.sign_in(cast.ada).get("/home").text


def test_somebody_else_s_ticket_never_waits_here(cast, write):
    write(cast.ben, subject="Ben’s own matter")
    page = cast.sign_in(cast.ada).get("/home")
    assert "Ben’s own matter" not in page.text
    assert "No ticket waits for our reply" in page.text
    assert "We’ve replied: Ben’s own matter" in waiting(cast.sign_in(cast.ben))


def test_a_subject_is_text_and_nothing_else(cast, write):
    write(cast.ada, subject=HOSTILE)
    page = cast.sign_in(cast.ada).get("/home")
    assert f"We’ve replied: {HOSTILE}" in waiting(cast.sign_in(cast.ada))
    assert page.soup.find("img", src="x") is None


def test_a_step_that_protects_the_account_waits_until_it_is_taken(cast):
    ada = cast.sign_in(cast.ada)
    assert waiting(ada) == {"Set up two-step verification": "/settings/second-factor"}
    enrol(ada)
    assert waiting(ada) == {}
    assert "Nothing is waiting for you." in ada.get("/home").text
    assert "Two-step verification is on" in ada.get("/home").text


def test_few_recovery_codes_wait_too(cast):
    cast.give_factor(cast.ada)
    ada = cast.sign_in(cast.ada, by_second_factor=True)
    assert waiting(ada) == {"Create new recovery codes": "/settings/second-factor/codes"}


def test_that_two_step_verification_is_about_to_go_stands_first(cast, client, outbox, clock, write):
    cast.give_factor(cast.ada)
    clock.forward(days=30)
    write(cast.ada)
    request_removal(client, cast.ada)
    confirm_removal(client, outbox, cast.ada)
    first, link = next(iter(waiting(cast.sign_in(cast.ada, by_second_factor=True)).items()))
    assert first.startswith("Two-step verification will be turned off on ")
    assert link == "/settings/security#factor"


@pytest.mark.parametrize(
    ("significance", "begins", "is_news"),
    [("SIGNIFICANT", -1, True), ("SIGNIFICANT", 20, True), ("SIGNIFICANT", -31, False), ("WORDING", -1, False)],
)
def test_news_of_the_policy_wait_for_a_month(cast, monkeypatch, significance, begins, is_news):
    old = documents.get("privacy")
    effective_on = clock.today() + timedelta(days=begins)
    kind = documents.Significance[significance]
    newer = documents.Version(9, effective_on, kind, "We delete visits sooner.", "", "")
    documented = documents.Document(old.key, old.title, (newer, *old.versions))
    monkeypatch.setattr(documents, "DOCUMENTS", {**documents.DOCUMENTS, "privacy": documented})
    page = cast.sign_in(cast.ada).get("/home")
    said = [link for words, link in waiting(cast.sign_in(cast.ada)).items() if words.startswith("Privacy policy: version 9")]
    assert said == (["/privacy/history"] if is_news else [])
    assert ("We delete visits sooner." in page.text) is is_news


def test_what_is_news_ends_by_the_calendar():
    assert documents.news(date(2126, 1, 1)) == []


def test_deleting_begins_one_click_further_down(cast):
    page = cast.sign_in(cast.ada).get("/home")
    assert [link["href"] for link in page.soup.find_all("a", href=True) if "delete" in link["href"]] == []
    assert any(
        link["href"] == "/settings/privacy" and "deleting your account" in link.text for link in page.soup("a", href=True)
    )


@pytest.mark.parametrize("path", ["/", "/home"])
def test_no_number_reads_as_half_and_a_broken_promise_is_said_first(cast, client, unit, clock, path):
    visitor = client if path == "/" else cast.sign_in(cast.ada)
    assert "Promises you can check" in visitor.get(path).text
    with unit():
        promises.run_checks()
    with unit():
        kept = promises.standing().count(promises.PromiseStatus.KEPT)
        assert 0 < kept < promises.standing().total
    page = visitor.get(path)
    assert f"All {kept} promises that are fully built are kept" in page.text
    assert f"of {kept}" not in page.text.replace(f"{kept} of {kept}", "")
    with unit():
        db.session.execute(update(CheckResult).where(CheckResult.promise == "P07").values(outcome="failed"))
    assert "1 promise is broken" in visitor.get(path).text
    with unit():
        promises.run_checks()
    clock.forward(hours=4)
    assert "Some promises haven’t been checked recently" in visitor.get(path).text


def test_home_costs_the_same_however_much_waits(app, cast, write):
    cast.give_factor(cast.ada)
    ada = cast.sign_in(cast.ada, by_second_factor=True)
    ada.get("/home")
    before = cost(app, ada, "/home")
    for number in range(4):
        write(cast.ada, subject=f"Question {number}")
    assert len(cost(app, ada, "/home")) == len(before) <= OVERVIEWS["/home"]
    assert len(cost(app, cast.sign_in(cast.ben), "/home")) <= 4, "it cost five before"
