"""What people do themselves is a request too: done at once, closed by itself, shown with the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.events import AccountTakenBack
from portal.kit import clock as time
from portal.kit.claims import Chapter
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.models import Outcome, PauseReason, Reason, Request, RequestState, Right, Source
from portal.privacy.service.choices import Chosen
from tests.privacy.desk import open_of, plant

pytestmark = pytest.mark.both_databases
PROFILE = {"name": "Ada T.", "language": "en", "time_zone": "UTC"}


def use(browser, right):
    """Use a right in the portal, as a person does."""
    if right is Right.COPY:
        return browser.submit("/settings/privacy", action="/settings/privacy/export")
    if right is Right.DELETION:
        return browser.submit("/settings/privacy/delete", confirm="y")
    if right is Right.RESTRICTION:
        page = browser.get("/settings/privacy/restriction")
        return browser.send(page)
    if right is Right.OBJECTION:
        return browser.submit("/settings/communication", betas=None)
    return browser.submit("/settings/profile", **PROFILE)


USED = [Right.COPY, Right.DELETION, Right.RESTRICTION, Right.OBJECTION, Right.CORRECTION]


@pytest.mark.parametrize("right", USED)
def test_each_right_that_is_used_is_a_request_that_is_closed_already(cast, unit, right):
    ada = cast.ada
    assert use(cast.sign_in(ada), right).status == 200
    with unit():
        request = db.session.scalars(select(Request)).one()
        assert (request.kind, request.source, request.subject_id) == (right, Source.PORTAL, ada.id)
        assert (request.state, request.outcome, request.reason) == (RequestState.CLOSED, Outcome.DONE, Reason.AS_ASKED)
        assert request.answered_in is None, "nobody of ours was asked: it makes no figure better"


def planted(cast, unit, right, **columns):
    """Plant what Ada has asked our team for, and return its id."""
    with unit():
        return plant(**open_of(cast.ada, right, received_at=time.now() - timedelta(days=3), **columns)).id


def test_a_restriction_is_in_force_at_once_and_answers_what_was_asked_of_our_team(cast, unit):
    request_id = planted(cast, unit, Right.RESTRICTION)
    use(cast.sign_in(cast.ada), Right.RESTRICTION)
    with unit():
        request = db.session.scalars(select(Request)).one()
        assert (request.id, request.state, request.outcome) == (request_id, RequestState.CLOSED, Outcome.DONE)
        assert request.answered_in is None, "its person did it: it makes no figure better"


@pytest.mark.parametrize("state", [{}, {"state": RequestState.PAUSED, "pause_reason": PauseReason.DETAILS}], ids=str)
@pytest.mark.parametrize("right", [Right.CORRECTION, Right.OBJECTION])
def test_a_profile_or_one_switch_is_no_answer_to_what_our_team_was_asked(cast, unit, state, right):
    request_id = planted(cast, unit, right, **state)
    use(cast.sign_in(cast.ada), right)
    with unit():
        asked, done = sorted(db.session.scalars(select(Request)), key=lambda each: each.received_at)
        assert (asked.id, asked.state, asked.answered_in) == (request_id, state.get("state", RequestState.OPEN), None)
        assert (done.state, done.answered_in) == (RequestState.CLOSED, None)


@pytest.mark.parametrize("right", [Right.COPY, Right.ACCESS])
def test_a_copy_answers_what_was_asked_once_it_is_ready(cast, unit, run_jobs, right):
    request_id = planted(cast, unit, right)
    use(cast.sign_in(cast.ada), Right.COPY)
    with unit():
        assert db.session.get(Request, request_id).state == RequestState.OPEN
    run_jobs()
    with unit():
        request = db.session.get(Request, request_id)
        assert (request.outcome, request.reason, request.answered_in) == (Outcome.DONE, Reason.AS_ASKED, None)


def test_a_copy_of_a_choice_answers_nothing(cast, unit, run_jobs):
    request_id = planted(cast, unit, Right.COPY)
    actor, chosen = cast.actor_in(cast.sign_in(cast.ada)), Chosen(chapters=(next(iter(Chapter)),))
    with unit():
        service.start_export(actor, chosen=chosen)
    run_jobs()
    with unit():
        assert db.session.get(Request, request_id).state == RequestState.OPEN


def test_a_deletion_answers_what_was_asked_once_it_is_carried_out(cast, unit, run_jobs, clock):
    request_id = planted(cast, unit, Right.DELETION)
    use(cast.sign_in(cast.ada), Right.DELETION)
    with unit():
        assert db.session.get(Request, request_id).state == RequestState.OPEN, "it may still be undone"
    clock.forward(days=30)
    with unit():
        service.begin_due()
    run_jobs()
    with unit():
        request = db.session.get(Request, request_id)
        assert (request.outcome, request.reason, request.answered_in) == (Outcome.DONE, Reason.AS_ASKED, None)


def test_an_undone_deletion_leaves_what_was_asked_open(cast, unit, outbox):
    request_id = planted(cast, unit, Right.DELETION)
    use(cast.sign_in(cast.ada), Right.DELETION)
    with unit():
        service.take_back(AccountTakenBack(cast.ada.id))
        assert db.session.get(Request, request_id).state == RequestState.OPEN


def test_what_was_asked_is_shown_again_and_still_open_once_the_closing_is_undone(cast, unit, outbox, new_client):
    asked = cast.sign_in(cast.ada).submit("/settings/privacy/requests/new", kind="complaint", message="Zips").path
    use(cast.sign_in(cast.ada), Right.DELETION)
    new_client().submit(outbox.last(cast.ada.email).link("/delete/undo/"))
    ada = cast.sign_in(cast.ada)
    page = ada.get(asked)
    assert page.path == asked
    ada.send(page, action=f"{asked}/withdraw")
    with unit():
        (complaint,) = db.session.scalars(select(Request).where(Request.kind == Right.COMPLAINT)).all()
        assert (complaint.outcome, complaint.reason) == (Outcome.WITHDRAWN, Reason.BY_PERSON), "it was open until now"


def test_of_one_day_one_stands_for_all(cast, unit, clock):
    browser = cast.sign_in(cast.ada, remember=True)
    for name in ("Ada A.", "Ada B.", "Ada C."):
        browser.submit("/settings/profile", **{**PROFILE, "name": name})
    with unit():
        assert len(db.session.scalars(select(Request)).all()) == 1
    clock.forward(days=1, minutes=1)
    browser.submit("/settings/profile", **{**PROFILE, "name": "Ada D."})
    with unit():
        assert len(db.session.scalars(select(Request)).all()) == 2


def test_what_changes_nothing_is_no_request(cast, unit):
    browser = cast.sign_in(cast.ada)
    browser.submit("/settings/profile")
    browser.submit("/settings/communication")
    with unit():
        assert db.session.scalars(select(Request)).all() == []


def test_it_is_listed_and_may_be_judged(cast, unit):
    browser = cast.sign_in(cast.ada)
    use(browser, Right.CORRECTION)
    page = browser.get("/settings/privacy/requests")
    (link,) = [a["href"] for a in page.soup.select("table a")]
    browser.get(link)
    assert "Thank you" in browser.fill_in(verdict="yes").text
