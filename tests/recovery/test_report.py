"""This wasn't me: by an email's link, from settings, and by a report of somebody who is locked out (P10)."""

import pytest

from portal.accounts.events import AccountFrozen
from portal.recovery.events import MisuseReported
from tests.accounts.walk import enrol

pytestmark = pytest.mark.both_databases

NEW = "seven green bobbins in a drawer"
DEAD = "This link no longer works"
SECURED = "Your account is secured"


@pytest.fixture
def told(app, monkeypatch):
    """What higher areas were told."""
    facts: list[object] = []
    wiring = app.extensions["portal.events"]
    for kind in (AccountFrozen, MisuseReported):
        monkeypatch.setitem(wiring, kind, [*wiring.get(kind, ()), facts.append])
    return facts


def report_link(client, cast, outbox) -> str:
    client.submit("/forgot-password", email=cast.ada.email)
    return outbox.last(cast.ada.email).link("wasnt-me")


def is_in(client) -> bool:
    return client.page("/settings/profile").path == "/settings/profile"


def test_one_press_locks_everybody_out_until_the_password_is_chosen_anew(client, cast, outbox, told):
    intruder, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ben)
    page = client.page(report_link(client, cast, outbox))
    assert page.title == "This wasn’t me"
    assert is_in(intruder), "opening the link changes nothing"
    assert client.send(page).title == SECURED
    assert not is_in(intruder)
    assert is_in(ben)
    refused = client.submit("/login", email=cast.ada.email, password=cast.ada.password)
    assert refused.status == 422, "nobody gets in with the old password, though it is right"
    client.send(client.page(outbox.last(cast.ada.email).link("reset-password")), password=NEW)
    client.submit("/login", email=cast.ada.email, password=NEW)
    assert is_in(client)
    assert told == [AccountFrozen(cast.ada.account_id)]


def test_a_reset_link_asked_by_an_intruder_is_dead_after_the_alarm(client, new_client, cast, outbox):
    alarm = report_link(client, cast, outbox)
    stolen = outbox.last(cast.ada.email).link("reset-password")
    client.submit(alarm)
    assert new_client().page(stolen).title == DEAD


def test_pressing_again_sends_a_new_link_and_calls_our_team_once(client, cast, outbox, told):
    alarm = report_link(client, cast, outbox)
    client.submit(alarm)
    first = outbox.last(cast.ada.email).link("reset-password")
    assert client.submit(alarm).title == SECURED
    assert outbox.last(cast.ada.email).link("reset-password") != first
    assert len(told) == 1


def test_an_alarm_rung_without_end_is_heard_each_time_and_writes_ten_emails_a_day(client, cast, outbox):
    """Refused after ten, it would be lost to its owner once a thief has rung it ten times."""
    alarm = report_link(client, cast, outbox)
    before = len(outbox.to(cast.ada.email))
    for _press in range(12):
        intruder = cast.sign_in(cast.ada)
        assert client.submit(alarm).title == SECURED
        assert not is_in(intruder)
    assert len(outbox.to(cast.ada.email)) == before + 10


def test_an_alarm_lives_for_its_period_and_no_longer(client, cast, outbox, clock):
    alarm = report_link(client, cast, outbox)
    clock.forward(days=6, hours=23)
    page = client.page(alarm)
    assert page.status == 200
    clock.forward(hours=2)
    assert client.send(page).title == DEAD
    assert client.page(alarm).status == 410


def test_a_forged_alarm_is_dead(client, cast, outbox):
    alarm = report_link(client, cast, outbox)
    assert client.page(alarm[:-2]).status == 410
    assert client.page("/wasnt-me/x").status == 410


def test_the_alarm_page_tells_nobody_its_address(client, cast, outbox):
    page = client.page(report_link(client, cast, outbox))
    assert page.response.headers["Referrer-Policy"] == "no-referrer, same-origin"


def test_from_settings_it_needs_no_fresh_proof_and_ends_this_session_too(cast, outbox, clock, told):
    ada, phone = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    clock.forward(hours=2)
    page = ada.page("/settings/security")
    assert ada.send(page, action="/settings/not-me").title == SECURED
    assert [is_in(browser) for browser in (ada, phone)] == [False, False]
    assert outbox.last(cast.ada.email).link("reset-password")
    assert told == [AccountFrozen(cast.ada.account_id)]


def test_a_visitor_has_nothing_to_freeze(client, cast):
    page = client.page("/login")
    assert client.post("/settings/not-me", csrf_token=page.fields()["csrf_token"]).path == "/login"


def test_without_a_token_nothing_is_frozen(cast):
    ada = cast.sign_in(cast.ada)
    ada.post("/settings/not-me")
    assert is_in(ada)


def test_a_report_from_outside_calls_our_team_and_gives_the_owner_the_alarm(client, cast, outbox, told):
    page = client.submit("/report-misuse", email=cast.ada.email, message="Somebody ordered in my name.")
    assert page.title == "Thanks for telling us"
    assert told == [MisuseReported(cast.ada.email, "Somebody ordered in my name.")]
    email = next(email for email in outbox.to(cast.ada.email) if "misuse" in email.subject)
    assert "ordered" not in email.text, "an email repeats nothing that a stranger typed"
    assert client.submit(email.link("wasnt-me")).title == SECURED


def test_a_report_looks_the_same_for_an_address_without_an_account(client, new_client, cast, outbox, told):
    known = client.submit("/report-misuse", email=cast.ada.email, message="Help")
    unknown = new_client().submit("/report-misuse", email=cast.mallory.email, message="Help")
    assert (known.path, known.text) == (unknown.path, unknown.text)
    assert len(told) == 2
    assert not [email for email in outbox.to(cast.mallory.email) if "wasnt-me" in email.text]


def test_reports_are_limited(client, cast):
    for _report in range(20):
        client.submit("/report-misuse", email=cast.mallory.email, message="Help")
    assert client.submit("/report-misuse", email=cast.ada.email, message="Help").status == 429


@pytest.mark.parametrize("message", ["", "x" * 4001, "a\x07b"])
def test_a_report_without_a_fit_message_is_refused_and_comes_back(client, cast, message):
    page = client.submit("/report-misuse", email=cast.ada.email, message=message)
    assert page.status == 422
    assert page.fields()["email"] == cast.ada.email


def comes_back(client, cast, outbox, person) -> bool:
    client.send(client.page(outbox.last(person.email).link("reset-password")), password=NEW)
    client.submit("/login", email=person.email, password=NEW)
    return is_in(client)


def test_a_factor_that_an_intruder_set_up_does_not_shut_the_owner_out(client, cast, outbox):
    enrol(cast.sign_in(cast.ada))
    email = outbox.last(cast.ada.email)
    assert email.subject == "Two-step verification was turned on"
    client.submit(email.link("wasnt-me"))
    assert comes_back(client, cast, outbox, cast.ada)


def test_a_factor_that_was_there_before_the_email_is_still_asked(client, cast, outbox):
    enrol(cast.sign_in(cast.ada))
    client.submit(report_link(client, cast, outbox))
    assert not comes_back(client, cast, outbox, cast.ada)


def test_a_factor_of_staff_is_undone_by_no_email(client, cast, outbox):
    cast.give_role(cast.ada, "support")
    enrol(cast.sign_in(cast.ada))
    client.submit(outbox.last(cast.ada.email).link("wasnt-me"))
    assert not comes_back(client, cast, outbox, cast.ada)
