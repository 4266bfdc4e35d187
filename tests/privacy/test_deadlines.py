"""Our team is reminded on the days 15, 23 and 28 of an open request, each once; what is late is public (P33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.jobs import service as jobs
from portal.kit import clock as time
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.checks import requests as checks
from portal.privacy.models import Outcome, PauseReason, Reason, Request, RequestState, Source
from tests.privacy.desk import open_of, plant, staff

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
ALARM = "alarm@example.com"


@pytest.fixture
def remind(unit, run_jobs):
    """Run the job as the schedule does."""

    def run():
        with unit():
            jobs.enqueue("privacy.remind_of_requests")
        run_jobs()

    return run


@pytest.fixture
def alarm(app, monkeypatch):
    """Have nobody in the role privacy, and an address for alarms."""
    changed = replace(app.extensions["portal.settings"], alarm_email=ALARM)
    monkeypatch.setitem(app.extensions, "portal.settings", changed)


def test_each_reminder_comes_once_on_its_day(cast, unit, outbox, clock, remind):
    officer, ada = staff(cast, "privacy"), cast.ada
    assert officer
    with unit():
        reference = plant(**open_of(ada)).reference
    told = []
    for _day in range(30):
        remind()
        remind()
        told.append(len(outbox.to("petra@example.com")))
        clock.forward(days=1)
    assert [day for day in range(1, 30) if told[day] > told[day - 1]] == [15, 23, 28]
    assert told[-1] == 3
    last = outbox.last("petra@example.com")
    assert reference in last.subject and "2 days left" in last.subject
    assert ada.email not in last.text, "it says nothing of whose it is"


def test_after_downtime_one_reminder_catches_up(cast, unit, outbox, clock, remind, alarm):
    with unit():
        plant(**open_of(cast.ada))
    clock.forward(days=24)
    remind()
    assert len(outbox.to(ALARM)) == 1
    clock.forward(days=5)
    remind()
    assert len(outbox.to(ALARM)) == 2


def test_a_paused_one_is_told_of_and_a_closed_or_unproven_one_is_not(cast, unit, outbox, clock, remind, alarm):
    ada = cast.ada
    with unit():
        waits = plant(**open_of(ada, state=RequestState.PAUSED, pause_reason=PauseReason.DETAILS)).reference
        plant(**open_of(ada, state=RequestState.CLOSED, outcome="done", reason=Reason.ANSWERED))
        plant()
    clock.forward(days=16)
    remind()
    assert [waits in email.subject for email in outbox.to(ALARM)] == [True]


def test_what_our_team_entered_is_told_of_and_counted_though_nobody_confirmed_it(cast, unit, outbox, clock, remind, alarm):
    with unit():
        plant(source=Source.STAFF)
        plant(source=Source.FORM, email="other@example.com")
    clock.forward(days=16)
    with unit():
        assert service.count_untold(late_by=time.now()) == 1
    remind()
    assert len(outbox.to(ALARM)) == 1
    with unit():
        assert (service.figures().open, service.figures().overdue) == (1, 0)
    clock.forward(days=15)
    with unit():
        assert service.figures().overdue == 1


def test_what_our_team_entered_ends_with_its_due_date_where_nobody_confirmed_it(cast, unit, clock, remind):
    ada = cast.ada
    with unit():
        request_id, other_id = (plant(source=each, email=f"{each}@example.com").id for each in (Source.STAFF, Source.FORM))
        confirmed_id = plant(**open_of(ada, source=Source.STAFF)).id
    clock.forward(days=29, hours=20)
    remind()
    with unit():
        assert db.session.get(Request, request_id).state == RequestState.AWAITING_IDENTITY
    clock.forward(hours=2)
    remind()
    with unit():
        request = db.session.get(Request, request_id)
        assert (request.outcome, request.reason) == (Outcome.REFUSED, Reason.NOT_CONFIRMED)
        assert request.closed_at < request.due_at and request.answered_in is None
        assert db.session.get(Request, other_id).state == RequestState.AWAITING_IDENTITY
        assert db.session.get(Request, confirmed_id).state == RequestState.OPEN
        assert service.figures().overdue == 0


def test_with_nobody_to_tell_nothing_counts_as_told_and_the_check_says_so(cast, unit, outbox, clock, remind, alarm, app):
    with unit():
        plant(**open_of(cast.ada))
    clock.forward(days=16)
    quiet = replace(app.extensions["portal.settings"], alarm_email=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.extensions, "portal.settings", quiet)
        remind()
    with unit():
        assert "untold" in [each.code for each in checks._requests_in_time().statements]
    remind()
    assert len(outbox.to(ALARM)) == 1
    with unit():
        assert "untold" not in [each.code for each in checks._requests_in_time().statements]


def test_the_check_says_in_public_how_the_queue_stands(client, cast, unit, command):
    ada = cast.ada
    with unit():
        plant(**open_of(ada), received_at=time.now() - 3 * DAY, due_at=time.now() + 27 * DAY)
        closed = {"state": RequestState.CLOSED, "outcome": "done", "reason": Reason.ANSWERED, "closed_at": time.now()}
        plant(**open_of(ada, **closed, answered_in=90_000, verdict="yes", verdict_at=time.now()))
    command("promises", "check")
    page = client.get("/promises").text
    for said in ("1 request is open", "Half of all answers took less than", "Yes: 1, partly: 0, no: 0"):
        assert said in page


def test_a_moved_due_date_breaks_the_promise(cast, unit):
    with unit():
        plant(**open_of(cast.ada), due_at=time.now() + 40 * DAY)
        assert "moved" in [each.code for each in checks._requests_in_time().statements]


def test_reminders_are_sent_a_bounded_number_at_once(cast, unit, outbox, remind, alarm, monkeypatch):
    monkeypatch.setattr("portal.privacy.service.requests.deadlines.AT_ONCE", 2)
    with unit():
        for number in range(5):
            old = time.now() - 16 * DAY
            plant(**open_of(cast.ada, subject_id=None, email=f"g{number}@example.com", received_at=old))
    remind()
    assert len(outbox.to(ALARM)) == 5
    with unit():
        assert set(db.session.scalars(select(Request.alarms))) == {1}
        assert service.remind_of_due() == 0
