"""What people do themselves is a request too: done at once, closed by itself, shown with the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.kit.db import db
from portal.privacy.models import Outcome, Reason, Request, RequestState, Right, Source
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


@pytest.mark.parametrize("right", USED)
def test_using_it_answers_what_was_asked_of_our_team(cast, unit, right):
    ada = cast.ada
    with unit():
        request_id = plant(**open_of(ada, right)).id
    use(cast.sign_in(ada), right)
    with unit():
        request = db.session.scalars(select(Request)).one()
        assert (request.id, request.state, request.outcome) == (request_id, RequestState.CLOSED, Outcome.DONE)


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
