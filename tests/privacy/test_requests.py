"""The queue: a request is due 30 days after it arrived, is decided by the right people, and closes with a reason (P33)."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import StaffReadSubject
from portal.privacy import service
from portal.privacy.models import REASONS, Outcome, PauseReason, Reason, Request, RequestState, Right, Source, Verdict
from portal.privacy.service.requests import identity, rows
from portal.privacy.service.requests.desk import RequestLine
from portal.privacy.service.requests.identity import CodeCheck
from tests.privacy.desk import GUEST, open_of, plant, staff

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)


@pytest.fixture
def officer(cast):
    """The privacy officer, at work."""
    return staff(cast, "privacy")


@pytest.fixture
def senior(cast):
    """Senior staff, at work."""
    return staff(cast, "senior", "Sena")


def intake(officer, *, ago=timedelta(), kind=Right.COMPLAINT):
    """Have the officer enter a request that arrived a while ago."""
    return service.intake_by_staff(
        kind, email=GUEST, message="Please.", language="en", received_at=time.now() - ago, by=officer
    )


def test_it_is_due_30_days_after_it_arrived_and_nothing_moves_that(unit, officer):
    with unit():
        request = db.session.get(Request, intake(officer, ago=3 * DAY))
        identity.prove(request)
        due = request.received_at + 30 * DAY
        service.pause(request.id, reason=PauseReason.DETAILS, by=officer)
        assert request.due_at == due
        service.resume(request.id, by=officer)
        assert request.due_at == due
        service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, answer="There.", by=officer)
        assert request.due_at == due
        assert request.answered_in == 3 * DAY.total_seconds()


@pytest.mark.parametrize("ago", [-timedelta(minutes=1), 30 * DAY])
def test_it_cant_arrive_in_the_future_nor_past_its_own_due_date(unit, officer, ago):
    with unit(), pytest.raises(service.NotYetReceived):
        intake(officer, ago=ago)


def test_only_the_privacy_officer_enters_one(unit, senior):
    with unit(), pytest.raises(NotFound):
        intake(senior)


def test_support_staff_have_no_part_in_it(unit, cast):
    support = cast.staff_in(cast.sign_in_staff(cast.sam))
    with unit():
        request = plant(**open_of(cast.ada))
        verbs = [
            lambda: service.waiting_requests(by=support),
            lambda: service.read_request(request.id, by=support),
            lambda: service.pause(request.id, reason=PauseReason.DETAILS, by=support),
            lambda: service.execute(request.id, by=support),
            lambda: service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=support),
        ]
        for verb in verbs:
            with pytest.raises(NotFound):
                verb()


def test_a_code_is_good_once_for_ten_minutes_and_three_tries(unit, clock):
    with unit():
        request = plant(Right.COMPLAINT)
        assert identity.give_code(request, code="ABCDEFGH") is CodeCheck.SPENT, "there is none yet"
        code = identity.renew_code(request)
        assert len(code) == 8
        assert [identity.give_code(request, code="22222222") for _try in range(3)] == [CodeCheck.WRONG] * 3
        assert identity.give_code(request, code=code) is CodeCheck.SPENT, "three tries, whatever comes then"
        older, newer = identity.renew_code(request), identity.renew_code(request)
        assert identity.give_code(request, code=older) is CodeCheck.WRONG, "a newer one takes its place"
        clock.forward(minutes=10, seconds=1)
        assert identity.give_code(request, code=newer) is CodeCheck.SPENT
        code = identity.renew_code(request)
        assert identity.give_code(request, code=f" {code[:4].lower()}-{code[4:].lower()} ") is CodeCheck.RIGHT
        assert identity.give_code(request, code=code) is CodeCheck.SPENT
        assert request.state == RequestState.OPEN and request.verified_at


def test_one_code_opens_one_request(unit):
    with unit():
        mine, other = plant(), plant(Right.COMPLAINT)
        code = identity.renew_code(mine)
        identity.renew_code(other)
        assert identity.give_code(other, code=code) is CodeCheck.WRONG


def test_the_code_finds_the_account_of_the_address_however_it_is_written(unit, cast):
    ada = cast.ada
    with unit():
        request = plant(email="ADA@Example.com")
        identity.prove(request)
        assert request.subject_id == ada.id


def test_a_duplicate_joins_the_open_one_once_it_is_proven(unit):
    with unit():
        first, second, other = plant(Right.COMPLAINT), plant(Right.COMPLAINT), plant(Right.COMPLAINT, email="o@example.com")
        for each in (first, second, other):
            assert each.state == RequestState.AWAITING_IDENTITY, "before it is proven nobody can tell"
            identity.prove(each)
        assert (first.state, other.state) == (RequestState.OPEN, RequestState.OPEN)
        assert (second.state, second.outcome, second.duplicate_of_id) == (RequestState.CLOSED, Outcome.DUPLICATE, first.id)
        assert second.answered_in is None


def test_of_two_that_are_proven_at_once_the_database_lets_one_in(unit, monkeypatch):
    with unit():
        first, second = plant(Right.COMPLAINT), plant(Right.COMPLAINT)
        identity.prove(first)
        true, seen = rows.find_open_like, []
        # As if the other one had not been there yet when it was looked for.
        monkeypatch.setattr(rows, "find_open_like", lambda request: seen.append(1) or (true(request) if seen[1:] else None))
        identity.prove(second)
        assert (len(seen), second.duplicate_of_id, second.state) == (2, first.id, RequestState.CLOSED)


def test_closing_needs_a_reason_of_its_outcome(unit, cast, officer):
    with unit():
        for outcome in Outcome:
            for reason in Reason:
                request = plant(**open_of(cast.ada))
                is_ours = outcome not in (Outcome.DUPLICATE, Outcome.WITHDRAWN) and reason is not Reason.NOT_CONFIRMED
                if reason in REASONS[outcome] and is_ours:
                    service.close(request.id, outcome=outcome, reason=reason, by=officer)
                    assert (request.state, request.handler_id) == (RequestState.CLOSED, officer.person_id)
                else:
                    with pytest.raises(service.ReasonNotOfOutcome):
                        service.close(request.id, outcome=outcome, reason=reason, by=officer)
                    db.session.delete(request)
                db.session.flush()


def test_what_nobody_proved_is_refused_for_that_reason_and_no_other(unit, officer):
    with unit():
        request = plant(source=Source.STAFF)
        with pytest.raises(service.ReasonNotOfOutcome):
            service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
        service.close(request.id, outcome=Outcome.REFUSED, reason=Reason.NOT_CONFIRMED, by=officer)
        assert request.answered_in is None, "nobody waited for an answer"


def test_a_closed_one_moves_no_more(unit, cast, officer):
    with unit():
        request = plant(**open_of(cast.ada))
        service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
        verbs = [
            lambda: service.pause(request.id, reason=PauseReason.DETAILS, by=officer),
            lambda: service.resume(request.id, by=officer),
            lambda: service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer),
        ]
        for verb in verbs:
            with pytest.raises(service.RequestMovedOn):
                verb()


def test_a_second_look_is_taken_by_somebody_else_a_senior_where_there_is_one_officer(unit, cast, officer, senior):
    with unit():
        first = plant(**open_of(cast.ada))
        service.close(first.id, outcome=Outcome.REFUSED, reason=Reason.UNFOUNDED, by=officer)
        second = plant(**open_of(cast.ada, first_id=first.id))
        with pytest.raises(service.OwnAnswer):
            service.close(second.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
        with pytest.raises(NotFound):
            service.close(first.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=senior)
        assert [line.id for line in service.waiting_requests(by=senior).rows] == [second.id]
        service.close(second.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=senior)
        assert second.handler_id == senior.person_id
    with unit():
        assert not service.read_request(second.id, by=officer).is_mine
    with unit(), pytest.raises(NotFound):
        service.read_request(first.id, by=senior)


def test_the_list_shows_what_is_due_first_and_nothing_personal(unit, cast, officer):
    ada, ben = cast.ada, cast.ben
    with unit():
        late = plant(**open_of(ada), due_at=time.now() + 9 * DAY)
        soon = plant(**open_of(ben), due_at=time.now() + DAY)
        plant()
        assert [line.id for line in service.waiting_requests(by=officer).rows] == [soon.id, late.id]
        _claim, table = register().claim_of(Request)
        shown = [each.name for each in fields(RequestLine)]
        assert [name for name in shown if table.columns[name].personal] == []


def test_who_opened_a_request_is_on_its_persons_record(unit, cast, officer):
    ada = cast.ada
    with unit():
        request_id = plant(**open_of(ada)).id
    with unit():
        service.read_request(request_id, by=officer)
    with unit():
        assert db.session.scalars(select(StaffReadSubject.subject_id)).all() == [ada.id]


def test_each_step_is_in_the_trail(unit, cast, officer):
    with unit():
        request = plant(**open_of(cast.ada))
        service.pause(request.id, reason=PauseReason.EVIDENCE, by=officer)
        service.resume(request.id, by=officer)
        service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
        db.session.flush()
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.event.like("privacy.request%")))
        told = {entry.event: entry.facts.get("reference") for entry in entries}
        steps = ("paused", "resumed", "closed")
        assert told == {f"privacy.request_{step}": request.reference for step in steps}


def test_the_figures_are_those_of_a_year(unit, cast, officer):
    now, ada, ben = time.now(), cast.ada, cast.ben
    with unit():
        assert service.figures().median is None
        plant(**open_of(ada, Right.COPY), received_at=now - 40 * DAY, due_at=now - 10 * DAY)
        plant(**open_of(ada, Right.COMPLAINT), received_at=now - 2 * DAY)
        ended = {"state": RequestState.CLOSED, "outcome": Outcome.DONE, "reason": Reason.ANSWERED}
        for days, verdict in ((1, Verdict.YES), (2, Verdict.YES), (33, Verdict.NO)):
            took = {"answered_in": days * 86400, "closed_at": now, "due_at": now + (30 - days) * DAY}
            plant(**{**open_of(ben), **ended, **took, "verdict": verdict, "verdict_at": now})
        plant(**{**open_of(ben), **ended, "answered_in": 9, "closed_at": now - 366 * DAY})
        found = service.figures()
    assert (found.open, found.oldest_at, found.overdue) == (2, now - 40 * DAY, 1)
    assert (found.answered, found.median, found.late) == (3, 2 * DAY, 1)
    assert found.verdicts == {Verdict.YES: 2, Verdict.PARTLY: 0, Verdict.NO: 1}


def test_what_a_stranger_typed_and_nobody_confirmed_goes_after_a_week(unit):
    with unit():
        old = time.now() - 8 * DAY
        plant(received_at=old)
        kept = [plant(source=Source.STAFF, received_at=old).id, plant().id]
        assert service.sweep_batch().gone == {"request": 1}
        assert set(db.session.scalars(select(Request.id))) == set(kept)
