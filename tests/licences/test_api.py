"""Registering a product over HTTPS: seats are counted once, refusals are JSON, and nothing of the caller is kept."""

from __future__ import annotations

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.scopes import across
from portal.licences import service
from portal.licences.models import Activation, End, Licence
from portal.licences.service import activations
from portal.traffic.models import Visit
from portal.traffic.routes import recorder
from proof.verify_licence import check, read_keys
from tests.licences import vectors

MACHINE, OTHER, THIRD = "0" * 32, "1" * 32, "2" * 32
ACTIVATE, DEACTIVATE = "/api/v1/licences/activate", "/api/v1/licences/deactivate"


@pytest.fixture
def call(client):
    """Send a request as a product does: no cookie, no token of a form."""

    def send(address, licence, machine=MACHINE):
        file = licence.file if isinstance(licence, Licence) else licence
        return client.client.post(address, json={"licence": file, "machine": machine})

    return send


def problem(answer):
    """Return the status and the end of the type of a problem, which is in the form of RFC 9457."""
    assert answer.mimetype == "application/problem+json"
    said = answer.json
    assert said["status"] == answer.status_code and said["title"]
    return answer.status_code, said["type"].rpartition(":")[2]


@pytest.mark.both_databases
def test_a_machine_takes_a_seat_and_is_given_a_file_that_the_published_program_believes(client, call, licence):
    answer = call(ACTIVATE, licence)
    assert (answer.status_code, answer.json["seats"], answer.json["seats_used"]) == (200, 2, 1)
    keys = read_keys(client.client.get("/.well-known/portal-keys.json").data)
    assert check(keys, licence.file.encode(), answer.json["activation"].encode(), MACHINE)["id"] == str(licence.id)


@pytest.mark.both_databases
def test_asked_again_it_answers_the_same_and_takes_no_second_seat(call, licence):
    assert call(ACTIVATE, licence).json == call(ACTIVATE, licence).json


@pytest.mark.both_databases
def test_the_last_seat_goes_once_and_comes_back(call, licence):
    assert [call(ACTIVATE, licence, each).status_code for each in (MACHINE, OTHER)] == [200, 200]
    assert problem(call(ACTIVATE, licence, THIRD)) == (409, "no-seat")
    assert call(ACTIVATE, licence, OTHER).status_code == 200
    assert call(DEACTIVATE, licence).json == {"activation": None, "seats": 2, "seats_used": 1}
    assert problem(call(DEACTIVATE, licence)) == (404, "machine-unknown")
    assert call(ACTIVATE, licence, THIRD).json["seats_used"] == 2


@pytest.mark.both_databases
def test_fifty_at_once_for_the_last_seat_one_gets_it(app, unit, buy):
    licence, came, start = buy(seats=1), [], threading.Barrier(50)

    def one(number):
        client = app.test_client()
        start.wait()
        came.append(client.post(ACTIVATE, json={"licence": licence.file, "machine": f"{number:032x}"}).status_code)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [200] + [409] * 49
    with unit(), across("the test looks at every row"):
        assert db.session.scalar(select(func.count()).select_from(Activation)) == 1


def test_a_licence_that_was_paid_back_activates_nothing_and_gives_its_seats_back(call, licence, unit):
    call(ACTIVATE, licence)
    with unit():
        service.end("a purchase", because=End.REFUNDED)
    assert problem(call(ACTIVATE, licence)) == (410, "licence-ended")
    assert call(DEACTIVATE, licence).json["seats_used"] == 0


def test_a_rented_licence_ends_after_its_day_and_a_perpetual_one_does_not(call, buy, licence, clock):
    rented = buy(perpetual=False, updates_end_on=today())
    assert call(ACTIVATE, rented).status_code == 200
    clock.forward(days=1)
    assert problem(call(ACTIVATE, rented, OTHER)) == (410, "licence-ended")
    clock.forward(days=3650)
    assert call(ACTIVATE, licence).status_code == 200


def today():
    return clock.today()


def test_a_file_that_we_did_not_sell_is_none_even_when_our_key_has_signed_it(call, licence, app):
    """Whoever stole a key can write files, and products take them; here they add no seat."""
    assert problem(call(ACTIVATE, vectors.licence())) == (422, "licence-invalid")
    with app.test_request_context():
        payload = dict(vectors.PERPETUAL)
        forged = activations.files.write(activations.LICENCE, payload=payload, lasts=False)
        more = activations.files.write(
            activations.LICENCE, payload={**payload, "id": str(licence.id), "seats": 99}, lasts=False
        )
    assert problem(call(ACTIVATE, forged)) == (422, "licence-invalid")
    assert call(ACTIVATE, more).json["seats"] == 2


@pytest.mark.parametrize("name", ["a second licence after it", "something after it", "no algorithm", "a stranger's key"])
def test_a_forged_file_is_refused(call, name):
    assert problem(call(ACTIVATE, vectors.wrong()[name][0])) == (422, "licence-invalid")


def test_one_licence_is_asked_about_so_often_and_no_more_and_others_go_on(call, licence, buy, monkeypatch):
    monkeypatch.setattr(activations, "CALLS", "2 per hour")
    assert [call(ACTIVATE, licence).status_code for _ in range(2)] == [200, 200]
    spent = call(ACTIVATE, licence)
    assert problem(spent) == (429, "too-many")
    assert int(spent.headers["Retry-After"]) > 0
    assert call(ACTIVATE, buy()).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"{}", "application/json", (400, "malformed")),
        (b"[1]", "application/json", (400, "malformed")),
        (b"\xff", "application/json", (400, "malformed")),
        (b"[" * 9000, "application/json", (400, "malformed")),
        (b"{}", "text/plain", (415, "not-json")),
        (b"licence=a&machine=b", "application/x-www-form-urlencoded", (415, "not-json")),
        (b" " * (32 * 1024 + 1), "application/json", (413, "too-large")),
    ],
)
def test_what_is_no_such_request_is_refused_as_json(client, body, kind, said):
    assert problem(client.client.post(ACTIVATE, data=body, content_type=kind)) == said


VALUES = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda each: st.lists(each, max_size=3))


@given(
    body=st.dictionaries(st.sampled_from(["licence", "machine", "x"]), VALUES)
    | st.fixed_dictionaries({"licence": st.text(), "machine": st.text("0123456789abcdef", min_size=32, max_size=32)})
    | VALUES,
    address=st.sampled_from([ACTIVATE, DEACTIVATE]),
)
def test_whatever_is_sent_is_answered_as_the_contract_says(client, body, address):
    answer = client.client.post(address, data=json.dumps(body), content_type="application/json")
    assert problem(answer) in [(400, "malformed"), (422, "licence-invalid")]


def test_half_a_surrogate_in_a_file_breaks_nothing(client):
    body = json.dumps({"licence": "\ud800", "machine": MACHINE})
    assert problem(client.client.post(ACTIVATE, data=body, content_type="application/json")) == (422, "licence-invalid")


def test_nothing_of_the_caller_is_kept(app, client, call, licence, unit, capsys):
    """P12, P23: no visit, whatever the answer, no line with an address, no cookie, and no column that could hold one."""
    recorder(app).flush()
    with unit():
        before = db.session.scalar(select(func.count()).select_from(Visit))
    client.get("/privacy")
    for address in (ACTIVATE, DEACTIVATE, ACTIVATE):
        answer = call(address, licence)
        assert "Set-Cookie" not in answer.headers
    client.client.get(ACTIVATE)
    client.client.post("/api/v1/licences/nowhere")
    recorder(app).flush()
    with unit(), across("the test looks at every row"):
        assert db.session.scalar(select(func.count()).select_from(Visit)) == before + 1
        (kept,) = db.session.scalars(select(Activation)).all()
        assert set(vars(kept)) - {"_sa_instance_state"} == {"id", "licence_id", "machine", "activated_at", "file"}
    logged = capsys.readouterr()
    assert "127.0.0.1" not in logged.out + logged.err and MACHINE not in logged.out + logged.err
