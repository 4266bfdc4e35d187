"""The privacy officer's pages: what falls due when, and each request with what to do next; nothing that it doesn't need."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.consent import service as consent
from portal.kit import clock as time
from portal.kit.db import db
from portal.privacy.models import Outcome, Request, RequestState, Right, Source
from tests.privacy.desk import GUEST, open_of, plant
from tests.support import samples

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
LIST = "/admin/requests"


@pytest.fixture
def pia(cast):
    """The privacy officer's browser."""
    return cast.sign_in_staff(cast.pia)


@pytest.fixture
def planted(unit, cast):
    """Plant a request and return its id and page."""

    def make(kind=Right.COMPLAINT, *, of=None, **columns):
        with unit():
            row = plant(**open_of(of, kind, **columns)) if of else plant(kind, **columns)
            return row.id, f"{LIST}/{row.id}"

    return make


def state_of(unit, request_id):
    with unit():
        row = db.session.get(Request, request_id)
        return row.state, row.outcome


def test_the_list_shows_what_is_due_first_and_names_nobody(pia, planted, cast):
    planted(of=cast.ada, due_at=time.now() + 9 * DAY, message="Secret thread")
    planted(Right.COPY, of=cast.ben, due_at=time.now() + 2 * DAY)
    page = pia.get(LIST)
    rows = [row.select_one("th").text.strip() for row in page.soup.select("tbody tr")]
    assert rows == ["Get a copy of my data", "Complain about how my data is used"]
    for word in (cast.ada.name, cast.ada.email, "Secret thread"):
        assert word not in page.response.text


def test_the_plot_shows_each_day_and_what_is_late(pia, planted, cast):
    planted(of=cast.ada, due_at=time.now() - DAY, received_at=time.now() - 31 * DAY)
    for kind in (Right.COPY, Right.ACCESS):
        planted(kind, of=cast.ada, due_at=time.now() + 2 * DAY)
    page = pia.get(LIST)
    plot = page.soup.select_one(".plot svg")
    assert plot["aria-label"] == "What falls due by day: 3 open requests."
    assert [bar.find("title").text for bar in plot.find_all("rect")] == [
        "1 late",
        f"{(time.now() + 2 * DAY).day} {(time.now() + 2 * DAY).strftime('%B %Y')}: 2 requests",
    ]
    assert "1 is late." in page.soup.select_one("#due").text
    assert "3 requests to answer" in pia.get("/admin/").text


def test_what_nobody_has_confirmed_is_counted_on_the_first_list_and_one_click_away(pia, planted, cast, unit):
    assert pia.get(LIST).soup.select_one("#due .fine") is None
    planted(Right.COPY)
    planted(Right.DELETION, source=Source.STAFF)
    planted(of=cast.ada)
    page = pia.get(LIST)
    line = page.soup.select_one("#due .fine")
    assert "2 requests aren’t confirmed yet" in line.text
    assert len(page.soup.select("tbody tr")) == 1
    shown = pia.get(line.find("a")["href"])
    assert len(shown.soup.select("tbody tr")) == 2
    assert shown.soup.select_one("#due .fine") is None, "it stands where they are left out"


def test_who_wrote_is_entered_and_nothing_is_done_before_they_prove_it(pia, unit, outbox):
    fields = {
        "kind": "deletion",
        "email": GUEST,
        "language": "en",
        "message": "Delete me.",
        "received_on": str(time.today()),
    }
    assert "within the last 30 days" in pia.submit(f"{LIST}/new", **{**fields, "received_on": "2001-01-01"}).text
    assert "within the last 30 days" in pia.submit(f"{LIST}/new", **{**fields, "received_on": str(time.today() + DAY)}).text
    page = pia.submit(f"{LIST}/new", **fields)
    assert "Wait for the person’s code" in page.soup.select_one("#next").text
    endings = [option["value"] for option in page.soup.select("#ending option")]
    assert endings == ["", "refused.not_confirmed"]
    request_id = uuid.UUID(page.path.rsplit("/", 1)[-1])
    forced = pia.post(f"{page.path}/execute", **pia.get(page.path).fields(page.path))
    assert "nothing was done" in forced.text
    assert state_of(unit, request_id)[0] is RequestState.AWAITING_IDENTITY


def test_what_is_proven_is_carried_out_by_one_button_and_closes_by_itself(pia, planted, cast, unit):
    request_id, path = planted(Right.RESTRICTION, of=cast.ada)
    page = pia.get(path)
    assert "Carry it out" in page.soup.select_one("#next").text
    page = pia.send(page, action=f"{path}/execute")
    assert "Nothing: it’s closed. Done" in page.soup.select_one("#next").text
    assert state_of(unit, request_id) == (RequestState.CLOSED, Outcome.DONE)
    with unit():
        assert not any(consent.purpose_states(cast.ada.account_id).values())


def test_it_waits_for_the_person_and_the_date_stays(pia, planted, cast, unit):
    request_id, path = planted(of=cast.ada)
    due = pia.get(path).soup.select_one("#clock").text
    page = pia.submit(path, action=f"{path}/pause", reason="details")
    assert "Wait for the person: We’ve asked you which data you mean." in page.soup.select_one("#next").text
    assert due.split("Due")[1].split("Confirmed")[0] in page.soup.select_one("#clock").text
    assert state_of(unit, request_id)[0] is RequestState.PAUSED
    page = pia.send(page, action=f"{path}/resume")
    assert "It’s confirmed. Decide" in page.soup.select_one("#next").text


def test_an_answer_needs_an_outcome_with_its_reason_and_words(pia, planted, cast, unit):
    request_id, path = planted(of=cast.ada)
    for wrong in ({"ending": ""}, {"answer": ""}, {"ending": "done.law_requires"}, {"ending": "withdrawn.by_person"}):
        page = pia.submit(path, action=path, **{"ending": "refused.law_requires", "answer": "Tax law.", **wrong})
        assert page.status == 422, wrong
        assert state_of(unit, request_id)[0] is RequestState.OPEN
    page = pia.submit(path, action=path, ending="refused.law_requires", answer="Tax law.")
    assert "Closed. The person can read the answer now" in page.text
    assert state_of(unit, request_id) == (RequestState.CLOSED, Outcome.REFUSED)


def test_of_two_tabs_the_second_answer_changes_nothing(pia, planted, cast, unit):
    request_id, path = planted(of=cast.ada)
    first, second = pia.get(path), pia.get(path)
    pia.send(first, action=path, ending="done.answered", answer="There.")
    late = pia.send(second, action=path, ending="refused.unfounded", answer="No.")
    assert late.status == 422
    assert state_of(unit, request_id) == (RequestState.CLOSED, Outcome.DONE)
    late = pia.send(second, action=f"{path}/pause", reason="details")
    assert late.status == 422


def test_a_look_at_a_request_is_shown_to_its_person(pia, planted, cast):
    _id, path = planted(of=cast.ada)
    assert "Nobody has looked" in cast.sign_in(cast.ada).get("/settings/privacy/who-looked").text
    pia.get(path)
    assert "Privacy officer" in cast.sign_in(cast.ada).get("/settings/privacy/who-looked").text


def test_support_staff_see_nothing_of_it(sam, planted, cast):
    _id, path = planted(of=cast.ada)
    assert [sam.get(each).status for each in (LIST, path, f"{LIST}/new")] == [404, 404, 404]
    assert "to answer" not in sam.get("/admin/").text


def test_a_file_that_shows_something_is_opened_by_the_officer_alone_and_logged(pia, sam, cast, unit):
    ada, shown = cast.sign_in(cast.ada), samples.chosen(("a.pdf", samples.pdf()))
    ada.submit("/settings/privacy/requests/new", kind="correction", message="See.", files=shown)
    with unit():
        path = f"{LIST}/{db.session.scalars(select(Request.id)).one()}"
    (link,) = [each["href"] for each in pia.get(path).soup.select("#said a")]
    assert pia.client.get(link).data.startswith(b"%PDF")
    assert [browser.get(link).status for browser in (sam, ada)] == [404, 404]
    assert len(cast.sign_in(cast.ada).get("/settings/privacy/who-looked").soup.select("tbody tr")) == 2
