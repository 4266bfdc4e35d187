"""Sign-in history and the emails that tell of what was not expected."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import SignInEvent
from portal.jobs.models import Job
from portal.kit.claims import register
from portal.kit.db import db
from tests.accounts.walk import CHROME, FIREFOX, sign_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def history(cast, run_jobs, unit):
    """Return Ada's history as (outcome, device, count), newest first."""

    def read():
        run_jobs()
        browser = cast.sign_in(cast.ada)
        actor = cast.actor_in(browser)
        with unit():
            return [(event.outcome, event.device, event.count) for event in accounts.history_for(actor)]

    return read


def test_a_sign_in_is_a_line(client, cast, history):
    sign_in(client, cast.ada)
    assert history() == [("signed_in", "Firefox on Windows", 1)]


def test_failures_in_a_row_are_counted_together(client, new_client, cast, clock, run_jobs, history):
    for _ in range(3):
        sign_in(client, cast.ada, password="wrong wrong wrong")
    run_jobs()
    clock.forward(minutes=30)
    sign_in(client, cast.ada, password="wrong wrong wrong")
    assert history() == [("failed", "Firefox on Windows", 4)]
    sign_in(new_client(), cast.ada, password="wrong wrong wrong", agent=CHROME)
    assert history() == [("failed", "Chrome on macOS", 1), ("failed", "Firefox on Windows", 4)]
    clock.forward(minutes=61)
    sign_in(client, cast.ada)
    clock.forward(seconds=1)
    sign_in(new_client(), cast.ada, password="wrong wrong wrong")
    assert [line[0] for line in history()] == ["failed", "signed_in", "failed", "failed"]


def test_a_failed_proof_of_identity_is_a_line_too(client, cast, history):
    sign_in(client, cast.ada)
    client.submit("/confirm-identity", password="wrong wrong wrong")
    assert history() == [("failed", "Firefox on Windows", 1), ("signed_in", "Firefox on Windows", 1)]


def test_nothing_is_kept_of_a_strangers_tries(client, run_jobs, unit):
    client.submit("/login", email="mallory@example.com", password="wrong wrong wrong")
    run_jobs()
    with unit():
        assert db.session.scalars(select(SignInEvent)).all() == []
        assert db.session.scalars(select(Job)).all() == []


def test_the_waiting_note_holds_no_address(client, unit):
    client.submit("/login", email="mallory@example.com", password="wrong wrong wrong")
    with unit():
        (job,) = db.session.scalars(select(Job)).all()
        assert "mallory" not in str(job.payload)
        assert set(job.payload) == {"person_id", "device", "failed_at", "wrong", "session_id", "visit_id"}


def test_the_history_is_kept_for_ninety_days(client, cast, clock, history, unit):
    sign_in(client, cast.ada)
    clock.forward(days=89)
    with unit():
        register().sweep()
    assert len(history()) == 1
    clock.forward(days=1, seconds=2)
    with unit():
        register().sweep()
    assert history() == []


def test_a_new_device_is_told_of_but_not_the_first_one(client, new_client, cast, outbox):
    sign_in(client, cast.ada)
    sign_in(new_client(), cast.ada)
    assert outbox.to(cast.ada.email) == []
    sign_in(new_client(), cast.ada, agent=CHROME)
    (email,) = outbox.to(cast.ada.email)
    assert email.subject == "New sign-in to your account: Chrome on macOS"
    assert client.get(email.link("/wasnt-me/")).status == 200
    sign_in(new_client(), cast.ada, agent=CHROME)
    assert len(outbox.to(cast.ada.email)) == 1


def test_many_failures_are_told_of_once(client, cast, outbox, clock):
    for _ in range(2):
        for _ in range(10):
            sign_in(client, cast.ada, password="wrong wrong wrong")
        clock.forward(minutes=6)
    (email,) = outbox.to(cast.ada.email)
    assert email.subject == "Failed sign-in attempts on your account"
    assert "10 failed attempts" in email.text


def test_an_email_speaks_the_zone_of_its_reader(client, new_client, cast, outbox, clock):
    mei = cast.make("Mei Lin", "mei@example.com", "seven quiet looms at dawn", zone="Asia/Shanghai")
    sign_in(client, mei)
    sign_in(new_client(), mei, agent=CHROME)
    assert "17:30" in outbox.last(mei.email).text, "09:30 in London is 17:30 in Shanghai"


def test_every_security_email_has_the_way_out(client, new_client, cast, outbox, unit):
    sign_in(client, cast.ada, agent=FIREFOX)
    sign_in(new_client(), cast.ada, agent=CHROME)
    with unit():
        accounts.set_password(accounts.get_person(cast.ada.id), password="nine other looms at noon")
    emails = outbox.to(cast.ada.email)
    assert len(emails) == 2
    assert all("This wasn’t me" in email.html for email in emails)
