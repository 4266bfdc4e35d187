"""From where somebody signed in or tried to: the address of the visit, as long as the log of visits can be read."""

import uuid

import pytest
from sqlalchemy import select

from portal.accounts.models import SignInEvent
from portal.kit import keys
from portal.kit.claims import register
from portal.kit.db import db
from portal.traffic.models import Visit
from portal.traffic.routes import recorder
from tests.accounts.walk import CHROME, FIREFOX, sign_in

pytestmark = pytest.mark.both_databases

PATH = "/settings/security"
WRONG = "wrong wrong wrong"
HOME, OFFICE, THIEF = "203.0.113.7", "198.51.100.9", "2001:db8::bad"


@pytest.fixture
def lines(app, run_jobs):
    """Return the lines of the history on somebody's page, newest first, as (event, address)."""

    def read(visitor):
        run_jobs()
        recorder(app).flush()
        table = visitor.page(PATH).soup.find(id="history").find("tbody")
        rows = [row.find_all("td") for row in table.find_all("tr")] if table else []
        return [(event.get_text(" ", strip=True), address.get_text(" ", strip=True)) for event, _device, address in rows]

    return read


def at(visitor, address):
    """Move a browser to an address."""
    visitor.client.environ_base = {**visitor.client.environ_base, "REMOTE_ADDR": address}
    return visitor


def test_a_sign_in_and_a_failed_try_say_from_where(client, new_client, cast, lines):
    sign_in(at(new_client(), THIEF), cast.ada, password=WRONG, agent=CHROME)
    sign_in(at(client, HOME), cast.ada)
    assert lines(client) == [("Signed in This device", HOME), ("1 failed attempt", THIEF)]


def test_this_device_is_marked_and_no_other(client, new_client, cast, lines):
    phone = new_client()
    sign_in(at(phone, OFFICE), cast.ada)
    sign_in(at(client, HOME), cast.ada)
    assert lines(client) == [("Signed in This device", HOME), ("Signed in", OFFICE)]
    assert lines(phone) == [("Signed in", HOME), ("Signed in This device", OFFICE)]


def test_ones_own_slip_in_this_session_is_marked(client, cast, lines):
    sign_in(at(client, HOME), cast.ada)
    client.submit("/confirm-identity", password=WRONG)
    assert lines(client)[0] == ("1 failed attempt This device", HOME)


def test_a_strangers_tries_never_stand_in_a_line_that_is_marked(client, new_client, cast, lines, clock):
    sign_in(at(client, HOME), cast.ada)
    thief = at(new_client(), THIEF)
    client.submit("/confirm-identity", password=WRONG)
    clock.forward(seconds=1)
    sign_in(thief, cast.ada, password=WRONG, agent=FIREFOX)
    clock.forward(seconds=1)
    client.submit("/confirm-identity", password=WRONG)
    assert [line for line in lines(client) if "failed" in line[0]] == [
        ("1 failed attempt This device", HOME),
        ("1 failed attempt", THIEF),
        ("1 failed attempt This device", HOME),
    ]


def test_tries_in_a_row_from_two_places_name_both(client, new_client, cast, lines, clock, run_jobs):
    for address in (THIEF, OFFICE):
        sign_in(at(new_client(), address), cast.ada, password=WRONG)
        run_jobs()
        clock.forward(minutes=1)
    sign_in(at(client, HOME), cast.ada)
    assert lines(client)[1] == ("2 failed attempts", f"{OFFICE} {THIEF}")


def test_the_second_step_says_its_own_place(client, cast, lines):
    cast.give_factor(cast.ada)
    page = sign_in(at(client, HOME), cast.ada)
    client.send(page, code=cast.code(cast.ada))
    assert lines(client)[0] == ("Signed in This device", HOME)


def test_the_address_goes_with_its_key_and_the_line_stays(client, new_client, cast, lines, clock, unit, app):
    sign_in(at(new_client(), THIEF), cast.ada, password=WRONG)
    sign_in(at(client, HOME), cast.ada)
    assert THIEF in lines(client)[1][1]
    clock.forward(days=14)
    later = new_client()
    sign_in(at(later, OFFICE), cast.ada)
    assert lines(later) == [("Signed in This device", OFFICE), ("Signed in", "Erased"), ("1 failed attempt", "Erased")]
    with unit():
        register().sweep()
    assert [address for _event, address in lines(later)] == [OFFICE, "Erased", "Erased"]


def test_where_the_key_is_gone_before_its_day_there_is_no_address(client, cast, lines, app):
    sign_in(at(client, HOME), cast.ada)
    assert lines(client)[0][1] == HOME
    with app.app_context():
        for day in keys.day_keys().days("traffic"):
            keys.day_keys().destroy("traffic", day)
    assert lines(client)[0][1] == "Not available"


def test_no_address_stands_in_the_history_or_in_what_waits(client, cast, unit, run_jobs):
    from portal.jobs.models import Job

    sign_in(at(client, THIEF), cast.ada, password=WRONG)
    with unit():
        assert all(THIEF not in str(job.payload) for job in db.session.scalars(select(Job)))
    run_jobs()
    with unit():
        (event,) = db.session.scalars(select(SignInEvent))
        assert isinstance(event.last_visit_id, uuid.UUID)
        assert THIEF not in str(vars(event))


def test_a_line_points_to_the_visit_that_was_written(client, cast, app, unit, run_jobs):
    sign_in(at(client, HOME), cast.ada)
    recorder(app).flush()
    with unit():
        (event,) = db.session.scalars(select(SignInEvent))
        visit = db.session.get(Visit, event.last_visit_id)
        assert visit and (visit.method, visit.status) == ("POST", 303)


def test_nobody_reads_the_history_of_somebody_else(client, new_client, cast, lines):
    sign_in(at(new_client(), THIEF), cast.ada, password=WRONG)
    ben = cast.sign_in(cast.ben)
    assert lines(ben) == []
    assert THIEF not in ben.page("/settings/privacy/visits").text


def test_the_copy_holds_no_address_of_a_stranger(client, new_client, cast, unit, run_jobs, app):
    sign_in(at(new_client(), THIEF), cast.ada, password=WRONG)
    run_jobs()
    recorder(app).flush()
    from portal.accounts import service as accounts

    with unit():
        subject = accounts.subject_of(accounts.get_person(cast.ada.account_id))
        (history,) = [each for each in register().export(subject) if each.name == "sign_in_event"]
        assert {name for row in history for name in row} == {
            "outcome",
            "device",
            "count",
            "first_at",
            "last_at",
            "person_id",
        }
