"""The pages of licences: each role its own part, machines by exchange of files, and lost ones counted in plain sight."""

from __future__ import annotations

import json
import uuid

import pytest
from sqlalchemy import func, select

from portal.kit.db import db
from portal.kit.scopes import across
from portal.licences.models import Activation, Licence
from portal.traffic.models import Visit
from portal.traffic.routes import recorder
from proof.verify_licence import check, read_keys
from tests.organisations.test_many import statements

MACHINE, OTHER, THIRD = "0" * 32, "1" * 32, "2" * 32


@pytest.fixture
def path(licence):
    """Where the licence's page is."""
    return f"/licences/{licence.id}"


@pytest.fixture
def ada(cast, team):
    """The Owner."""
    return cast.sign_in(team.owner)


@pytest.fixture
def machine(ada, path):
    """The page of a machine that the Owner has activated."""
    return ada.submit(f"{path}/activate", request=MACHINE).path


def post(visitor, address):
    """Post to an address as somebody does who has typed it into a page of their own; return the status."""
    page = visitor.get("/settings/profile")
    marks = {name: value for name, value in page.fields().items() if name not in ("name", "language", "time_zone")}
    return visitor.post(address, **marks).status


# Who sees what: page -> the roles that get it. Whoever is in no organisation gets none, as somebody of another one.
MATRIX = {
    "": {"owner", "billing", "member"},
    "/file": {"owner"},
    "/activate": {"owner"},
    "/machines/{activation}": {"owner"},
    "/machines/{activation}/file": {"owner"},
}
ACTS = ("/machines/{activation}/deactivate", "/machines/{activation}/release")


@pytest.mark.both_databases
def test_each_role_gets_its_own_pages_and_an_outsider_none(cast, team, licence, path, machine, found, unit):
    outsider = cast.make("Olga Other", "olga@example.com", "olga owns other looms")
    found("Other Looms", owner=outsider)
    activation = machine.rpartition("/")[2]
    people = {"owner": team.owner, "billing": team.billing, "member": team.member, "outsider": outsider}
    got = {role: cast.sign_in(person) for role, person in people.items()}
    for page, roles in MATRIX.items():
        address = path + page.format(activation=activation)
        assert {role for role, who in got.items() if who.client.get(address).status_code == 200} == roles, page
    for role in ("billing", "member", "outsider"):
        for act in ACTS:
            assert post(got[role], path + act.format(activation=activation)) == 404
    for role in ("billing", "member", "outsider"):
        assert post(got[role], f"{path}/activate") == 404
    assert got["outsider"].get("/licences").soup.select("main table") == []
    assert got["outsider"].get(f"/licences?organisation={team.id}").status == 404
    with unit(), across("the test looks at every row"):
        assert db.session.scalar(select(func.count()).select_from(Activation)) == 1


@pytest.mark.parametrize("role", ["billing", "member"])
def test_who_is_no_owner_sees_what_was_bought_and_no_machine_nor_file(cast, team, path, machine, role):
    page = cast.sign_in(getattr(team, role)).get(path)
    assert "1 of 2" in page.text
    assert page.soup.find(id="machines") is None and "/file" not in page.text and MACHINE[:8] not in page.text


@pytest.mark.both_databases
def test_the_list_says_what_each_organisation_bought_and_pages_by_key(cast, team, ada, buy, found, unit):
    for number in range(51):
        buy(f"purchase {number}")
    first = ada.get("/licences")
    assert len(first.soup.select("main tbody tr")) == 50
    older = ada.get(first.soup.select("main p.actions a")[0]["href"])
    assert len(older.soup.select("main tbody tr")) == 1
    other = found("Other Looms", owner=team.owner)
    assert "Other Looms" in ada.get("/licences").text
    assert "No licences yet" in ada.get(f"/licences?organisation={other}").text


@pytest.mark.both_databases
def test_the_list_costs_as_many_statements_however_many_there_are(app, ada, buy, unit):
    buy("the first")
    few = statements(app, ada, "/licences")
    with unit():
        (one,) = db.session.scalars(select(Licence).where(Licence.purchase_id == "the first")).all()
        same = {name: getattr(one, name) for name in ("organisation_id", "product", "plan", "seats", "perpetual", "file")}
        db.session.add_all(Licence(purchase_id=f"bulk {number}", **same) for number in range(500))
    assert statements(app, ada, "/licences") == few <= 3


@pytest.mark.both_databases
def test_a_machine_without_a_network_is_activated_by_its_number_and_carries_a_genuine_file(client, ada, licence, machine):
    keys = read_keys(client.client.get("/.well-known/portal-keys.json").data)
    page = ada.get(machine)
    assert MACHINE in page.text and page.soup.select_one("svg.qr path[d]")
    files = [ada.client.get(address).data for address in (f"/licences/{licence.id}/file", f"{machine}/file")]
    assert check(keys, files[0], files[1], MACHINE)["seats"] == 2


def test_the_request_that_a_product_saves_is_taken_whole(ada, licence, path):
    request = json.dumps({"licence": licence.file, "machine": OTHER})
    assert OTHER in ada.submit(f"{path}/activate", request=f"\n{request}\n").text
    assert ada.submit(f"{path}/activate", request=OTHER.upper()[:16] + " " + OTHER[16:]).path.count("/machines/") == 1
    assert "1 of 2" in ada.get(path).text


@pytest.mark.parametrize(
    "request_text",
    [
        "x",
        "0" * 31,
        '{"a": 1}',
        "[1]",
        "null",
        '{"licence": 1, "machine": "x"}',
        '{"licence": "\\ud800", "machine": "x"}',
        "[" * 9000,
    ],
    ids=["word", "short", "other", "list", "null", "number", "surrogate", "deep"],
)
def test_what_is_no_request_is_refused_at_the_field(ada, path, request_text):
    page = ada.submit(f"{path}/activate", request=request_text)
    assert page.status == 422 and "neither a machine’s number nor a request" in page.text


def test_a_request_for_another_licence_is_told_so(ada, path, buy):
    other = json.dumps({"licence": buy().file, "machine": OTHER})
    assert "for another licence" in ada.submit(f"{path}/activate", request=other).text


def test_the_last_seat_goes_once_and_a_deactivated_machine_gives_its_back(ada, path, machine):
    ada.submit(f"{path}/activate", request=OTHER)
    assert "Every seat is in use" in ada.submit(f"{path}/activate", request=THIRD).text
    page = ada.submit(machine, action=f"{machine}/deactivate")
    assert page.path == path and "1 of 2" in page.text
    assert ada.get(machine).status == 404
    assert ada.submit(f"{path}/activate", request=THIRD).status == 200


@pytest.mark.both_databases
def test_a_lost_machine_is_released_at_once_counted_and_told(ada, cast, team, path, machine, outbox, unit, licence):
    ada.submit(machine, action=f"{machine}/release")
    page = ada.get(path)
    assert "0 of 2" in page.text
    facts = {row.dt.get_text(): row.dd.get_text() for row in page.soup.select("dl.facts > div")}
    assert facts["Lost machines released"] == "1"
    assert "released a lost machine" in outbox.last(team.owner.email).text
    assert "released a lost machine" in ada.get(f"{team.path}/activity").text


def test_a_machine_of_another_licence_is_not_found_through_this_one(ada, machine, buy):
    other = machine.replace(machine.split("/")[2], str(buy().id))
    assert ada.get(other).status == 404
    assert post(ada, f"{other}/release") == 404


def test_an_ended_licence_offers_no_activation_and_says_why(ada, path, unit):
    from portal.licences import service
    from portal.licences.models import End

    with unit():
        service.end("a purchase", because=End.REFUNDED)
    page = ada.get(path)
    assert "Refunded" in page.text and f"{path}/activate" not in page.text
    assert "has ended" in ada.submit(f"{path}/activate", request=OTHER).text


def test_who_left_sees_nothing_any_more(cast, team, path):
    carl = cast.sign_in(team.member)
    assert carl.get(path).status == 200
    carl.submit(f"{team.path}/leave")
    assert carl.get(path).status == 404


def test_an_organisation_that_asks_for_a_second_factor_shows_none_to_whoever_lacks_it(ada, cast, team, path, unit):
    from portal.organisations.models import Organisation

    with unit():
        db.session.get_one(Organisation, team.id).asks_second_factor = True
    assert cast.sign_in(team.member).get(path).status == 404


def test_activation_by_hand_writes_no_visit(app, ada, path, unit):
    recorder(app).flush()
    with unit():
        before = db.session.scalars(select(Visit.id)).all()
    machine = ada.submit(f"{path}/activate", request=MACHINE).path
    ada.get(machine)
    ada.client.get(f"{machine}/file")
    ada.submit(machine, action=f"{machine}/deactivate")
    recorder(app).flush()
    with unit():
        assert db.session.scalars(select(Visit.endpoint).where(Visit.id.not_in(before))).all() == ["licences.licence"]


def test_a_licence_that_is_none_is_not_found(ada):
    assert ada.get(f"/licences/{uuid.uuid4()}").status == 404
