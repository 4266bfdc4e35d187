"""Rights without a session: one form, one email and one page for every address, until the code is given (P32)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.jobs.models import Job
from portal.kit.db import Base, db
from portal.kit.scopes import across
from portal.mail.models import Email
from portal.newsletter.models import Source as NewsSource
from portal.newsletter.models import Subscriber
from portal.privacy import service
from portal.privacy.models import (
    Outcome,
    PauseReason,
    Reason,
    Request,
    RequestFile,
    RequestState,
    Right,
    Source,
    Verdict,
)
from tests.conftest import Outbox, Page, Visitor
from tests.privacy.desk import GUEST, staff

pytestmark = pytest.mark.both_databases


def ask(browser: Visitor, email: str = GUEST, **fields: Any) -> Page:
    """Send the form, and return the page that asks for the code."""
    page = browser.submit("/privacy/request", **{"kind": "complaint", "email": email, **fields})
    assert page.status == 200, page.text
    return page


def code_in(outbox: Outbox, email: str = GUEST) -> str:
    """Return the newest code that was mailed to an address."""
    found = [re.search(r"\b([2-9A-Z]{4}-[2-9A-Z]{4})\b", each.text) for each in outbox.to(email)]
    return [each[1] for each in found if each][-1]


@pytest.fixture
def only(unit: Callable[..., Any]) -> Callable[..., Request]:
    """Return the one request that meets some conditions."""

    def find(**columns: Any) -> Request:
        with unit():
            return db.session.scalars(select(Request).filter_by(**columns)).one()

    return find


@pytest.fixture
def subscriber(unit: Callable[..., Any]) -> str:
    """Have somebody without an account get the newsletter."""
    with unit():
        db.session.add(Subscriber(email=GUEST, email_key=GUEST, source=NewsSource.FORM, language="en"))
    return GUEST


def proven(browser: Visitor, outbox: Outbox, email: str = GUEST, **fields: Any) -> Page:
    """Ask, and give the code."""
    ask(browser, email, **fields)
    return browser.fill_in(code=code_in(outbox, email))


def test_the_code_opens_the_request_and_its_own_page_shows_until_when(client, outbox, subscriber, only, clock):
    page = proven(client, outbox, kind="correction", message="My name is Wei.")
    request = only()
    assert (request.state, request.source, request.subject_id) == (RequestState.OPEN, Source.FORM, None)
    assert request.reference in page.text and clock.day(days=30) in page.text
    assert "30 days from the moment it reached us" in page.text
    assert "Wei" not in page.text, "the page shows how it stands, and nothing of what is in it"


def test_a_code_is_taken_however_it_is_typed(client, outbox, subscriber, only):
    ask(client)
    client.fill_in(code=f" {code_in(outbox).lower().replace('-', ' ')} ")
    assert only().state == RequestState.OPEN


def _sending(browser: Visitor, page: Page, email: str, said: list[Page]) -> Callable[[], None]:
    """Return what sends the form and keeps the page that comes of it."""
    return lambda: said.append(browser.send(page, kind="deletion", email=email, message="Please."))


def counts(app: Flask) -> dict[str, int]:
    """Count the rows of every table."""
    with app.app_context(), across("the test looks at every row"):
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_nobody_can_tell_a_known_address_from_an_unknown_one(
    app, client, cast, statements_of, outbox, subscriber, new_client
):
    """By the page, its bytes, the statements, the hashes, the jobs or the emails; the addresses are equally long."""
    ada = cast.ada
    known, unknown, told = ada.email, "xyz@example.com", {}
    assert len(known) == len(unknown)
    ask(new_client(), "first@example.com")  # what is made once a day and a process, and the count of this client
    for email in (known, unknown):
        browser = new_client()
        page = browser.get("/privacy/request")
        before = counts(app)
        said = []
        cost = statements_of(_sending(browser, page, email, said))
        after = counts(app)
        shown = re.sub(r"/privacy/request/[\w-]+", "", said[0].response.text.replace(email, ""))
        shown = re.sub(r'value="[^"]*"|nonce="[^"]*"|nonce-[\w=+/-]+|\b[2-9A-Z]{10}\b', "", shown)
        more = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        letter = outbox.last(email)
        written = re.sub(r"[2-9A-Z]{4}-[2-9A-Z]{4}|\b[2-9A-Z]{10}\b|https?://\S+", "", letter.text)
        told[email] = (said[0].status, shown, cost, more, letter.subject[:21], written, len(said[0].response.data))
    assert told[known] == told[unknown]


def test_before_the_code_nothing_is_looked_up(app, client, cast, monkeypatch):
    from portal.accounts import service as accounts

    def never(*_args: Any, **_named: Any) -> None:
        raise AssertionError("somebody was looked for")

    ada = cast.ada
    monkeypatch.setattr(accounts, "find_by_email", never)
    ask(client, ada.email)


def test_of_whom_nothing_is_held_that_is_said_after_the_code(client, outbox, only):
    page = proven(client, outbox, "stranger@example.com", kind="copy")
    assert "We hold nothing about you" in page.text
    assert (only().outcome, only().reason) == (Outcome.NOTHING_HELD, Reason.NOTHING_FOUND)
    assert "We hold nothing about you" in outbox.last("stranger@example.com").text


def test_a_complaint_is_heard_also_of_whom_nothing_is_held(client, outbox, only):
    proven(client, outbox, "stranger@example.com", kind="complaint", message="You called me.")
    assert only().state == RequestState.OPEN


def test_three_wrong_codes_and_the_right_one_is_dead_by_all_ways(client, outbox, subscriber, only):
    ask(client)
    code = code_in(outbox)
    for left in ("2 tries left", "1 try left", "no longer works"):
        assert left in client.fill_in(code="22222222").text
    assert only().code_tries == 3, "each try is counted though the page came back"
    assert "no longer works" in client.fill_in(code=code).text
    assert only().state == RequestState.AWAITING_IDENTITY
    client.send(client.shown, action=f"{client.shown.path}/code")
    client.fill_in(code=code_in(outbox))
    assert only().state == RequestState.OPEN


def test_a_code_is_dead_after_ten_minutes(client, outbox, subscriber, clock, only):
    ask(client)
    code = code_in(outbox)
    clock.forward(minutes=10, seconds=1)
    assert "no longer works" in client.fill_in(code=code).text
    assert only().state == RequestState.AWAITING_IDENTITY


def test_whoever_typed_a_strangers_address_never_sees_what_becomes_of_it(client, new_client, outbox, subscriber):
    """Mallory asks in the name of a subscriber, who then gives the code: the link in Mallory's browser is dead."""
    page = ask(client)
    theirs = new_client()
    theirs.get(outbox.last(GUEST).link("/privacy/request/"))
    own = theirs.fill_in(code=code_in(outbox))
    assert own.status == 200 and own.path != page.path
    assert client.get(page.path).status == 410
    assert theirs.get(own.path).status == 200
    assert theirs.get(outbox.last(GUEST).link("/privacy/request/")).status == 200, "the second email has the new link"


def test_a_code_is_no_good_a_second_time_or_in_another_request(client, new_client, outbox, subscriber, only):
    first, other = ask(client), ask(new_client(), kind="correction")
    code = code_in(outbox)
    stranger = new_client()
    stranger.get(first.path)
    assert "not the code" in stranger.fill_in(code=code).text
    stranger.get(other.path)
    assert stranger.fill_in(code=code).status == 200
    stranger.get(other.path)
    assert stranger.shown.status == 410
    assert only(kind=Right.COMPLAINT).state == RequestState.AWAITING_IDENTITY


def test_two_tabs_with_the_same_code_open_one_request(app, client, outbox, subscriber, only):
    page = ask(client)
    code = code_in(outbox)
    client.fill_in(code=code)
    assert client.send(page, code=code).status == 410
    assert only().state == RequestState.OPEN


def test_an_agent_is_named_and_gets_nothing(client, outbox, subscriber, only):
    page = ask(client, agent_name="Alan Agent", agent_email="alan@agency.example")
    assert "Alan Agent" in page.text
    assert "Alan" not in outbox.last(GUEST).text, "the email carries no words of whoever typed the address"
    client.fill_in(code=code_in(outbox))
    request = only()
    assert (request.source, request.agent_name) == (Source.AGENT, "Alan Agent")
    assert outbox.to("alan@agency.example") == []


def test_an_agent_gives_name_and_address_or_neither(client):
    page = client.submit("/privacy/request", kind="copy", email=GUEST, agent_email="alan@agency.example")
    assert page.status == 422 and "or neither" in page.text


def test_no_inbox_is_flooded_and_nobody_is_told_so(client, outbox, new_client, monkeypatch):
    monkeypatch.setattr("portal.privacy.service.requests.intake.REQUESTS_PER_CLIENT", "1000 per hour")
    pages = [ask(new_client(), GUEST if number % 2 else GUEST.upper()) for number in range(8)]
    assert {page.status for page in pages} == {200}
    received = [email for email in outbox.all() if email.to.lower() == GUEST]
    assert len(received) == 5


def test_the_page_sends_another_code_within_the_same_limit(client, outbox):
    ask(client)
    for _time in range(7):
        client.send(client.shown, action=f"{client.shown.path}/code")
        assert client.shown.status == 200
    assert len(outbox.to(GUEST)) == 5


def test_files_come_along_as_evidence(app, client, outbox, subscriber, unit):
    ask(client, kind="correction", files=[(io.BytesIO(b"My name is Wei."), "name.txt")])
    client.fill_in(code=code_in(outbox))
    with unit():
        row = db.session.scalars(select(RequestFile)).one()
        assert (row.name, row.kind) == ("name.txt", "txt")


def test_an_account_reads_its_request_by_a_sign_in(client, outbox, cast, only):
    ada = cast.ada
    page = proven(client, outbox, ada.email.upper().replace("EXAMPLE.COM", "Example.com"))
    assert page.path == "/login"
    assert only().subject_id == ada.id
    assert "/settings/privacy/requests" in outbox.last(ada.email).text if outbox.to(ada.email) else True


def test_the_officers_answer_goes_to_the_person_with_the_authority_of_their_country(
    client, outbox, subscriber, cast, unit, only
):
    officer = staff(cast, "privacy")
    page = proven(client, outbox, kind="correction", country="DE")
    with unit():
        service.pause(only().id, reason=PauseReason.EVIDENCE, by=officer)
    paused = outbox.last(GUEST)
    assert "shows the mistake" in paused.text
    client.get(paused.link("/privacy/request/"))
    client.get(f"{client.shown.path}/reply")
    client.fill_in(message="Here is my passport.")
    assert only().state == RequestState.OPEN and "passport" in only().message
    with unit():
        service.close(only().id, outcome=Outcome.REFUSED, reason=Reason.NOT_SHOWN, answer="We kept it.", by=officer)
    letter = outbox.last(GUEST)
    assert "Office of the Australian Information Commissioner" in letter.text
    assert "We kept it." in letter.text
    assert "Federal Commissioner for Data Protection" in client.get(page.path).text
    assert "Data Protection Commission" in client.get(f"{page.path}?country=IE").text
    with unit():
        assert "DE" not in [value for value in vars(only()).values() if isinstance(value, str)]


def test_a_no_opens_a_second_look_with_thirty_days_of_its_own(client, outbox, subscriber, cast, unit, only, clock):
    officer, senior = staff(cast, "privacy"), staff(cast, "senior", "Sena")
    page = proven(client, outbox, kind="complaint", message="Too many emails.")
    with unit():
        service.close(only().id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
    clock.forward(days=20)
    client.get(page.path)
    client.fill_in(verdict="no")
    first, second = only(first_id=None), only(first_id=only(first_id=None).id)
    assert (first.verdict, second.state) == (Verdict.NO, RequestState.OPEN)
    assert (second.due_at - second.received_at).days == 30 and second.due_at > first.due_at
    assert "Someone else" in client.get(page.path).text
    assert "Did this answer you?" not in [each.get_text() for each in client.shown.soup.find_all("legend")]
    with unit(), pytest.raises(service.OwnAnswer):
        service.close(second.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
    with unit():
        service.close(second.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=senior)
    client.get(outbox.last(GUEST).link("/privacy/request/"))
    client.fill_in(verdict="no")
    with unit():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 2, "there is no third look"


def test_a_verdict_comes_after_an_answer_and_not_before(client, outbox, subscriber, only):
    page = proven(client, outbox, kind="complaint")
    assert (
        client.post(page.path, verdict="no", csrf_token=client.get("/privacy/request").fields()["csrf_token"]).status == 422
    )
    assert only().verdict is None


def test_a_request_is_withdrawn_by_its_person(client, outbox, subscriber, only):
    page = proven(client, outbox, kind="complaint")
    client.send(page, action=f"{page.path}/withdraw")
    assert (only().outcome, only().reason) == (Outcome.WITHDRAWN, Reason.BY_PERSON)


def test_a_duplicate_leads_to_the_page_of_the_open_one(client, new_client, outbox, subscriber, only):
    proven(client, outbox, kind="complaint")
    again = proven(new_client(), outbox, kind="complaint")
    assert only(state=RequestState.OPEN).reference in again.text
    assert only(state=RequestState.CLOSED).duplicate_of_id == only(state=RequestState.OPEN).id


def test_a_forged_link_opens_nothing(client):
    assert client.get("/privacy/request/x").status == 410
    assert client.get("/privacy/request?receipt=x").status == 200
    assert client.fill_in(kind="copy", email=GUEST).status == 410


def test_what_was_never_confirmed_leaves_nothing(client, outbox, unit, clock, run_jobs):
    ask(client, files=[(io.BytesIO(b"x"), "x.txt")])
    outbox.all()
    clock.forward(days=8)
    with unit():
        service.sweep_batch()
    with unit():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 0
        assert db.session.scalar(select(func.count()).select_from(RequestFile)) == 0
        assert db.session.scalars(select(Email.to_key)).all() in ([], [""])
        assert db.session.scalar(select(Job.id).where(Job.subject_id.is_not(None))) is None


def test_guessing_over_many_requests_buys_three_tries_for_each_email_and_no_more(client, outbox, new_client, monkeypatch):
    """Who names an address again and again gets requests without a code: no code that is guessed can be right."""
    monkeypatch.setattr("portal.privacy.service.requests.intake.REQUESTS_PER_CLIENT", "1000 per hour")
    said = []
    for _request in range(8):
        browser = new_client()
        ask(browser)
        said += [browser.fill_in(code="22222222").text for _try in range(4)]
    tried = [text for text in said if "not the code" in text]
    assert len(tried) == 5 * 2, "the third wrong one says that the code is dead, and so does every later one"
    assert len(said) - len(tried) == sum("no longer works" in text for text in said)
    assert len(outbox.to(GUEST)) == 5
