"""Whoever is signed in sees their requests with clock and outcome, asks our team, and judges the answer."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from portal.accounts.models import EmailChange, EmailChangeState
from portal.accounts.service import lock_person
from portal.kit import clock as time
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.models import Outcome, PauseReason, Reason, Request, RequestFile, RequestState, Right, Source, Verdict
from portal.privacy.service.requests.execution import can_carry_out
from tests.privacy.desk import open_of, plant, staff

pytestmark = pytest.mark.both_databases
NEW = "/settings/privacy/requests/new"


def the_one(unit):
    """Return the one request that there is."""
    with unit():
        return db.session.scalars(select(Request)).one()


def test_a_session_is_proof_enough_to_ask(cast, unit, outbox, clock):
    ada = cast.ada
    browser = cast.sign_in(ada)
    page = browser.submit(NEW, kind="correction", message="My name is Ada.", files=[(io.BytesIO(b"Ada"), "id.txt")])
    request = the_one(unit)
    assert (request.state, request.source, request.subject_id) == (RequestState.OPEN, Source.PORTAL, ada.id)
    assert request.email is None, "the answer goes to the account's address as it is then"
    assert clock.day(days=30) in page.text and "My name is Ada." in page.text
    assert request.reference in outbox.last(ada.email).subject
    with unit():
        assert db.session.scalar(select(func.count()).select_from(RequestFile)) == 1


def test_what_has_a_page_of_its_own_is_not_asked_of_our_team(cast):
    page = cast.sign_in(cast.ada).submit(NEW, kind="copy", message="All of it.")
    assert page.status == 422


def test_asking_again_leads_to_the_open_one(cast, unit):
    browser = cast.sign_in(cast.ada)
    first = browser.submit(NEW, kind="complaint", message="Too slow.").path
    assert browser.submit(NEW, kind="complaint", message="Still too slow.").path == first
    with unit():
        joined = db.session.scalars(select(Request).where(Request.outcome == Outcome.DUPLICATE)).one()
        assert joined.message == "Still too slow."


def test_they_are_listed_with_their_clocks(cast, unit, clock):
    ada, ben = cast.ada, cast.ben
    with unit():
        plant(**open_of(ada))
        plant(**open_of(ben))
        plant(email=ada.email)  # typed by anybody, proven by nobody
    page = cast.sign_in(ada).get("/settings/privacy/requests")
    assert len(page.soup.find("table").find_all("tr")) == 2 and clock.day(days=30) in page.text


def test_the_answer_is_judged_and_a_no_has_somebody_else_look(cast, unit, outbox):
    officer, ada = staff(cast, "privacy"), cast.ada
    browser = cast.sign_in(ada)
    page = browser.submit(NEW, kind="complaint", message="Too slow.")
    with unit():
        request = db.session.scalars(select(Request)).one()
        service.close(request.id, outcome=Outcome.PARTLY, reason=Reason.OTHERS_RIGHTS, answer="Half of it.", by=officer)
    assert "Half of it." in outbox.last(ada.email).text
    page = browser.get(page.path)
    assert "Office of the Australian Information Commissioner" in page.text
    browser.fill_in(verdict="no")
    with unit():
        first, second = db.session.scalars(select(Request).order_by(Request.first_id.is_not(None))).all()
        assert (first.verdict, second.first_id, second.subject_id) == (Verdict.NO, first.id, ada.id)


def test_a_paused_one_goes_on_with_the_answer(cast, unit, outbox):
    officer, ada = staff(cast, "privacy"), cast.ada
    browser = cast.sign_in(ada)
    page = browser.submit(NEW, kind="correction", message="It’s wrong.")
    with unit():
        service.pause(db.session.scalars(select(Request.id)).one(), reason=PauseReason.DETAILS, by=officer)
    assert "which data you mean" in outbox.last(ada.email).text
    browser.submit(f"{page.path}/reply", message="The invoice of May.")
    request = the_one(unit)
    assert request.state == RequestState.OPEN and "invoice of May" in request.message
    late = browser.submit(f"{page.path}/reply", message="And of June.")
    assert late.status == 422 and "isn’t waiting for you" in late.text


def test_asking_and_withdrawing_is_told_to_the_mailbox_that_was_left_too(cast, unit, outbox):
    ada, left = cast.ada, "ada.before@example.com"
    browser = cast.sign_in(ada)
    with unit():
        moved = {"new_email": ada.email, "new_email_key": ada.email, "old_email": left, "old_email_key": left}
        dates = {"requested_at": time.now(), "confirmed_at": time.now()}
        db.session.add(EmailChange(person_id=ada.account_id, state=EmailChangeState.CONFIRMED, **moved, **dates))
    page = browser.submit(NEW, kind="complaint", message="Too slow.")
    browser.send(page, action=f"{page.path}/withdraw")
    for address in (ada.email, left):
        subjects = [each.subject for each in outbox.to(address)]
        assert [any(word in each for each in subjects) for word in ("We have your request", "was withdrawn")] == [True, True]


@pytest.mark.parametrize("end", ["/new", "/{id}/reply", "/{id}/withdraw"])
def test_what_is_done_in_its_name_takes_a_fresh_proof(cast, unit, clock, end):
    ada = cast.ada
    browser = cast.sign_in(ada)
    with unit():
        request_id = plant(**open_of(ada)).id
    token = browser.get(NEW).fields()["csrf_token"]
    clock.forward(minutes=31)
    path = "/settings/privacy/requests" + end.format(id=request_id)
    page = browser.post(path, csrf_token=token)
    assert page.path == "/confirm-identity" and the_one(unit).state == RequestState.OPEN


def test_of_a_locked_account_nothing_is_carried_out(cast, unit):
    officer, ada = staff(cast, "privacy"), cast.ada
    with unit():
        request = plant(**open_of(ada, Right.RESTRICTION))
        lock_person(ada.account_id).frozen_at = time.now()
        assert not can_carry_out(request)
        with pytest.raises(service.NotExecutable):
            service.execute(request.id, by=officer)
        lock_person(ada.account_id).frozen_at = None
        assert can_carry_out(request)


def test_it_is_withdrawn_once(cast, unit):
    browser = cast.sign_in(cast.ada)
    page = browser.submit(NEW, kind="complaint", message="Too slow.")
    action = f"{page.path}/withdraw"
    assert "withdrawn" in browser.send(page, action=action).text
    assert the_one(unit).outcome == Outcome.WITHDRAWN
    assert "can’t be withdrawn" in browser.send(page, action=action).text


def test_nobody_else_sees_judges_answers_or_withdraws_it(cast, unit):
    ada = cast.ada
    with unit():
        request_id = plant(**open_of(ada)).id
    ben = cast.sign_in(cast.ben)
    token = ben.get(NEW).fields()["csrf_token"]
    path = f"/settings/privacy/requests/{request_id}"
    assert ben.get(path).status == 404
    for end, fields in (("", {"verdict": "no"}), ("/reply", {"message": "x"}), ("/withdraw", {})):
        assert ben.post(f"{path}{end}", csrf_token=token, **fields).status == 404
    assert the_one(unit).state == RequestState.OPEN
