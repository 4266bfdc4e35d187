"""An account whose person stays away: asked three times, days apart, by emails that left; then closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.events import PendingEnded
from portal.accounts.models import Person, SignInEvent, SignInSession
from portal.kit import clock as now
from portal.kit.db import db
from portal.mail import transport
from portal.mail.models import Email, EmailState
from portal.privacy import service
from portal.privacy.models import Deletion, StandingOrder
from portal.privacy.service.idle_accounts import LOOKS

pytestmark = pytest.mark.both_databases
HERE = "/still-here/"


def an_hour_ago() -> None:
    """Have every account been looked at an hour ago, as a worker does that was never away."""
    db.session.execute(update(StandingOrder).values(looked_at=now.now() - timedelta(hours=1)))


@pytest.fixture
def idle(clock, cast, unit):
    """Ada, whose account goes after a year; she was here a year ago, but for the thirty days of the questions."""
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="365")
    clock.forward(days=334)
    with unit():
        an_hour_ago()
    return cast.ada


@pytest.fixture
def look(unit, run_jobs):
    """Look by the hour, and let the emails leave."""

    def look(times: int = 1) -> None:
        for _hour in range(times):
            with unit():
                an_hour_ago()
            with unit():
                service.ask_idle()
            run_jobs()

    return look


def questions(outbox, person):
    return [email for email in outbox.to(person.email) if "still here" in email.subject]


def is_closed(unit, person) -> bool:
    with unit():
        return db.session.get(Person, person.account_id).deactivated_at is not None


def test_three_questions_with_the_real_date_and_then_the_usual_way_with_its_undo(idle, clock, look, outbox, unit, cast):
    clock.forward(hours=23)
    look()
    assert questions(outbox, idle) == [], "a year less thirty days is not over yet"
    clock.forward(days=1)
    asked = []
    for days in (16, 11, 3):
        look(LOOKS + 3)
        asked.append(len(questions(outbox, idle)))
        assert not is_closed(unit, idle)
        clock.forward(days=days, minutes=1)
    assert asked == [1, 2, 3]
    with unit():
        goes_at = db.session.scalar(select(StandingOrder.goes_at))
    assert goes_at is not None
    assert all(f"{goes_at:%Y}" in email.text for email in questions(outbox, idle))
    look(LOOKS + 3)
    assert is_closed(unit, idle)
    undo = outbox.last(idle.email)
    assert "Your account is closed" in undo.subject
    with unit():
        assert [deletion.due_at for deletion in db.session.scalars(select(Deletion))]
        assert db.session.scalars(select(StandingOrder)).all() == []


def test_a_clock_that_is_ten_years_ahead_asks_and_deletes_nothing(idle, clock, look, outbox, unit):
    for jump in (3650, 31, 31, 31):
        clock.forward(days=jump)
        look(2)
    assert len(questions(outbox, idle)) == 1
    assert not is_closed(unit, idle)


def test_without_emails_that_left_nothing_goes_however_long_it_takes(idle, clock, look, unit, monkeypatch):
    def refuse(_message):
        raise transport.Refused

    monkeypatch.setattr(transport, "send", refuse)
    for _month in range(6):
        clock.forward(days=31)
        look(LOOKS + 3)
    assert not is_closed(unit, idle)
    with unit():
        assert db.session.scalar(select(StandingOrder.asked)) == 0
        sent = select(Email.id).where(Email.state == EmailState.SENT, Email.kind == "privacy/still_here")
        assert db.session.scalar(sent) is None


def test_an_email_that_waits_counts_for_nothing(idle, clock, unit):
    clock.forward(days=2)
    for _hour in range(5):
        with unit():
            an_hour_ago()
        with unit():
            service.ask_idle()
    with unit():
        assert db.session.scalar(select(StandingOrder.asked)) == 0
        assert len(db.session.scalars(select(Email.id).where(Email.kind == "privacy/still_here")).all()) == 1


def test_a_sign_in_counts_as_being_here(idle, clock, look, outbox, cast, unit):
    clock.forward(days=2)
    look(LOOKS + 3)
    assert len(questions(outbox, idle)) == 1
    cast.sign_in(cast.ada)
    look()
    clock.forward(days=60)
    look(LOOKS + 3)
    assert len(questions(outbox, idle)) == 1
    with unit():
        order = db.session.scalars(select(StandingOrder)).one()
        assert (order.asked, order.goes_at) == (0, None)


def test_one_click_counts_too_and_opening_the_link_does_not(idle, clock, look, outbox, client, unit):
    clock.forward(days=2)
    look(3)
    (email,) = questions(outbox, idle)
    link = email.link(HERE)
    page = client.get(link)
    with unit():
        assert db.session.scalar(select(StandingOrder.goes_at)) is not None
    assert "closes on" in page.text
    assert "stays open" in client.send(page).text
    with unit():
        order = db.session.scalars(select(StandingOrder)).one()
        assert (order.asked, order.goes_at, order.email_id) == (0, None, None)
    assert client.get(link).status in (404, 410), "a link acts once"


def test_a_strange_link_says_nothing(client, clock):
    assert client.get(f"{HERE}nonsense").status in (404, 410)


def test_two_workers_ask_once(idle, clock, unit, outbox):
    clock.forward(days=2)
    for _worker in range(2):
        with unit():
            service.ask_idle()
    assert len(questions(outbox, idle)) == 1


def test_nobody_who_ordered_nothing_is_asked(clock, cast, look, outbox):
    assert cast.ben
    clock.forward(days=4000)
    look(3)
    assert outbox.to(cast.ben.email) == []


def test_what_a_wrong_clock_wrote_about_the_future_is_no_sign_of_life(idle, clock, look, outbox, unit):
    with unit():
        for model, column in ((SignInSession, "seen_at"), (SignInEvent, "last_at")):
            db.session.execute(update(model).values({column: now.now() + timedelta(days=3650)}))
    clock.forward(days=2)
    look(2)
    assert len(questions(outbox, idle)) == 1


def test_guards_that_change_end_the_questions(idle, clock, look, outbox, cast, unit):
    clock.forward(days=2)
    look(LOOKS + 3)
    with unit():
        service.end_orders(PendingEnded(idle.account_id))
    clock.forward(days=400)
    look(LOOKS + 3)
    assert not is_closed(unit, idle)
