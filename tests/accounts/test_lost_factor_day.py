"""A lost factor that is to go: who is told when, and what happens on its day, also when a worker or a clock was wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from portal.accounts import service as accounts
from portal.accounts.models import (
    FactorRemoval,
    FactorRemovalState,
    RecoveryCode,
    SignInEvent,
    SignInSession,
    TotpFactor,
)
from portal.jobs.models import Job
from portal.kit.audit import AuditEntry
from portal.kit.claims import register
from portal.kit.db import db
from portal.legal.policy import PERIODS
from tests.accounts.walk import GONE, confirm_removal, is_in, request_removal, sign_in

pytestmark = pytest.mark.both_databases

BEGUN = "Two-step verification will be turned off"
REMINDER = "Reminder: two-step verification will be turned off soon"
DONE = "Two-step verification was turned off"
STOPPED = "The request to turn off two-step verification was stopped"
NEW = "ada.new@example.com"


def told(outbox, address):
    """Return what an address has been told of the removal."""
    return [email.subject for email in outbox.to(address) if email.subject in (BEGUN, REMINDER, DONE, STOPPED)]


@pytest.fixture
def moved(owner, cast, outbox):
    """Ada, who has moved to another address a moment ago."""
    browser = cast.sign_in(owner, by_second_factor=True)
    browser.submit("/settings/email", email=NEW)
    browser.submit(outbox.last(NEW).link("/email/confirm/"))
    return type(owner)(owner.name, NEW, owner.password, owner.id)


def test_every_address_is_told_at_once_and_before_the_day_and_when_it_is_done(client, owner, moved, outbox, live):
    request_removal(client, moved)
    assert not told(outbox, owner.email), "nothing has begun"
    confirm_removal(client, outbox, moved)
    assert told(outbox, owner.email) == told(outbox, NEW) == [BEGUN]
    live(days=5, hours=1)
    assert told(outbox, owner.email) == told(outbox, NEW) == [BEGUN, REMINDER]
    live(days=2)
    assert told(outbox, NEW) == [BEGUN, REMINDER, DONE]
    assert told(outbox, owner.email) == [BEGUN, REMINDER], "a week after the move that mailbox has no say any more"


def test_only_the_mailbox_that_the_account_has_confirms(client, owner, moved, outbox):
    request_removal(client, moved)
    assert "/lost-factor/" not in "".join(email.text for email in outbox.to(owner.email))


def test_the_reminder_comes_two_days_before_once(waiting, outbox, live, clock):
    live(days=4, hours=23)
    assert told(outbox, waiting.email) == [BEGUN]
    live(hours=2)
    assert told(outbox, waiting.email) == [BEGUN, REMINDER]
    live(days=1)
    assert told(outbox, waiting.email) == [BEGUN, REMINDER]


def test_each_email_says_the_day_and_can_stop_it_and_report_it(waiting, outbox, live, removal):
    live(days=5, hours=1)
    emails = [email for email in outbox.to(waiting.email) if email.subject in (BEGUN, REMINDER)]
    assert len(emails) == 2
    day = f"{removal().due_at.day} {removal().due_at:%b %Y}"
    for email in emails:
        assert day in email.text
        assert email.link("/lost-factor/stop/")
        assert email.link("/wasnt-me/")


def test_the_periods_stand_once(client, owner, outbox, app, monkeypatch):
    lengths = app.extensions["portal.periods"]
    monkeypatch.setitem(lengths, "factor_removal", timedelta(days=9))
    monkeypatch.setitem(lengths, "factor_removal_reminder", timedelta(days=4))
    assert "9 days" in client.send(sign_in(client, owner), action=GONE).text
    assert "9 days" in request_removal(client, owner).text
    assert "9 days" in outbox.last(owner.email).text
    assert "4 days" in confirm_removal(client, outbox, owner).text
    assert "4 days" in outbox.last(owner.email).text


def test_it_stands_on_the_pages_of_who_is_signed_in_once_the_mailbox_has_said_so(client, owner, cast, outbox):
    browser = cast.sign_in(owner)
    request_removal(client, owner)
    for path in ("/settings/security", "/home"):
        assert BEGUN not in browser.page(path).text
    confirm_removal(client, outbox, owner)
    for path in ("/settings/security", "/home"):
        assert f"{BEGUN} on" in browser.page(path).text
        assert BEGUN not in cast.sign_in(cast.ben).page(path).text


def test_the_copy_tells_of_it(waiting, unit):
    with unit():
        subject = accounts.subject_of(accounts.get_person(waiting.account_id))
        (copy,) = [each for each in register().export(subject) if each.table.model is FactorRemoval]
        (row,) = list(copy)
    assert row["state"] == "waiting"
    assert row["due_at"]


def test_factor_codes_and_sessions_are_gone_and_history_and_trail_tell_of_it(waiting, cast, live, app, unit, new_client):
    browser = cast.sign_in(waiting, remember=True)
    with unit():
        db.session.add(RecoveryCode(person_id=waiting.account_id, code_hash="x"))
    live(days=7, hours=1)
    assert not is_in(browser)
    with app.app_context():
        assert [each for each in (TotpFactor, RecoveryCode, SignInSession) if db.session.scalars(select(each)).all()] == []
        events = set(db.session.scalars(select(AuditEntry.event)))
    assert events >= {f"accounts.factor_removal_{each}" for each in ("requested", "confirmed", "reminded", "done")}
    browser = new_client()
    sign_in(browser, waiting)
    assert "Two-step verification turned off" in browser.page("/settings/security").text


def test_what_is_over_is_forgotten_after_a_week(waiting, live, removal):
    live(days=7, hours=1)
    assert removal().state == FactorRemovalState.DONE
    live(days=7, hours=1)
    assert removal() is None


def test_a_worker_that_was_away_warns_first_and_carries_it_out_late(waiting, live, clock, has_factor, outbox, removal):
    clock.forward(days=10)
    live(hours=1)
    assert has_factor()
    assert told(outbox, waiting.email) == [BEGUN, REMINDER]
    assert removal().due_at - removal().reminded_at == PERIODS["factor_removal_reminder"].length
    live(days=1, hours=23)
    assert has_factor()
    live(hours=2)
    assert not has_factor()


def test_a_worker_that_was_away_since_the_reminder_carries_it_out_when_it_is_back(live, clock, waiting, has_factor):
    live(days=5, hours=1)
    clock.forward(days=20)
    live(hours=1)
    assert not has_factor()


def test_a_reminder_within_its_hours_leaves_the_day_alone(waiting, live, removal):
    due_at = removal().due_at
    live(days=5, hours=2)
    assert removal().reminded_at
    assert removal().due_at == due_at


def test_a_job_that_was_lost_is_asked_for_anew(live, clock, waiting, has_factor, unit):
    live(days=5, hours=1)
    clock.forward(days=2)
    with unit():
        accounts.enqueue_due_removals()
        db.session.flush()
        assert db.affected(delete(Job).where(Job.kind == "accounts.continue_removal")) == 1
    assert has_factor()
    live(hours=1)
    assert not has_factor()


def test_a_clock_that_jumps_back_does_no_harm(live, clock, waiting, has_factor, outbox):
    live(days=5, hours=1)
    clock.forward(days=-3)
    live(days=4)
    assert has_factor()
    assert told(outbox, waiting.email) == [BEGUN, REMINDER]
    live(days=2)
    assert told(outbox, waiting.email) == [BEGUN, REMINDER, DONE]


def test_a_clock_that_jumps_ahead_warns_before_it_takes(live, clock, waiting, has_factor, outbox):
    clock.forward(days=30)
    live(hours=2)
    clock.forward(days=-30)
    live(days=1)
    assert has_factor()
    assert told(outbox, waiting.email) == [BEGUN, REMINDER]


def test_the_worker_looks_by_itself_each_hour(tick, clock, waiting, run_jobs, outbox):
    tick()
    clock.forward(days=5, hours=1)
    tick()
    run_jobs()
    assert told(outbox, waiting.email) == [BEGUN, REMINDER]


def test_run_twice_it_is_done_once(live, unit, waiting, removal, outbox):
    live(days=7, hours=1)
    before = len(outbox.to(waiting.email))
    removal_id = removal().id
    with unit():
        accounts.continue_removal(removal_id)
    assert len(outbox.to(waiting.email)) == before


def test_whatever_asks_nothing_happens_before_its_time(unit, waiting, removal, has_factor, live):
    removal_id = removal().id
    with unit():
        accounts.continue_removal(removal_id)
    assert removal().reminded_at is None
    live(days=5, hours=1)
    removal_id = removal().id
    with unit():
        accounts.continue_removal(removal_id)
    assert has_factor()


@pytest.mark.parametrize("guard", ["password_set_at", "frozen_at", "deactivated_at"])
def test_what_guards_the_account_is_read_again_on_the_day(live, has_factor, waiting, unit, removal, clock, guard):
    """A second wall: it does not go although it waits still."""
    live(days=5, hours=1)
    lately = removal().reminded_at
    with unit():
        setattr(accounts.get_person(waiting.account_id), guard, lately)
    live(days=3)
    assert has_factor()
    assert removal().state == FactorRemovalState.ENDED


def test_another_factor_than_the_one_that_was_lost_stays(live, has_factor, waiting, unit, removal):
    live(days=5, hours=1)
    lately = removal().reminded_at
    with unit():
        db.session.execute(update(TotpFactor).values(created_at=lately))
    live(days=3)
    assert has_factor()
    assert removal().state == FactorRemovalState.ENDED


def test_the_history_keeps_a_line_without_a_device(waiting, live, app):
    live(days=7, hours=1)
    with app.app_context():
        rows = db.session.scalars(select(SignInEvent)).all()
    assert [(row.outcome, row.device) for row in rows] == [("factor_removed", "")]
