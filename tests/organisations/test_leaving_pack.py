"""An organisation's leaving pack: everything it holds, for its Owners, sealed, for 30 days (P24, P35)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.jobs import service as jobs
from portal.jobs import worker
from portal.jobs.service import LEASE
from portal.kit import clock as moment
from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.leaving_packs import PackRows, parts
from portal.kit.scopes import across
from portal.licences.models import Activation, Licence
from portal.organisations.models import Dissolution, HandOver, Invitation, JoinDomain, JoinRequest, Recovery
from portal.organisations.service import standings
from portal.privacy.models import LeavingPack
from portal.privacy.service import copy_files
from portal.privacy.service.pack_archives import PackArchive
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.organisations.packs import ask, emailed, fetched, status
from tests.people import Cast
from tests.support.samples import chosen

pytestmark = pytest.mark.both_databases
OWN_SECRET = "Only Carl knows this"


@pytest.fixture
def ada(cast: Cast, team: Team) -> Visitor:
    return cast.sign_in(cast.ada)


@pytest.fixture
def rows(team: Team, cast: Cast, unit: Callable) -> None:
    """A row in each table of the organisation, and what its people do not share."""
    licence = uuid.uuid4()
    with unit():
        db.session.add_all(
            [
                Invitation(organisation_id=team.id, email="Zelda@example.com", email_key="zelda@example.com",
                           role="member", invited_by=cast.ada.account_id),
                HandOver(organisation_id=team.id, offered_by=cast.ada.account_id, offered_to=team.member.account_id),
                JoinDomain(organisation_id=team.id, domain="looms.example", opened_by=cast.ada.account_id),
                JoinRequest(organisation_id=team.id, person_id=cast.ben.account_id),
                Dissolution(organisation_id=team.id, requested_by=cast.ada.account_id,
                            due_at=moment.now() + timedelta(days=14), reminders=7),
                Recovery(organisation_id=team.id, person_id=team.member.account_id,
                         due_at=moment.now() + timedelta(days=14), reminders=7),
                Licence(id=licence, organisation_id=team.id, purchase_id="cs_hidden", product="cutting", plan="team",
                        seats=3, perpetual=True, file="-----BEGIN LICENCE-----"),
            ]
        )  # fmt: skip
        db.session.flush()
        db.session.add(Activation(licence_id=licence, machine="loom-seven", file="signed"))
        bea = standings.get_membership(team.id, membership_id=team.places["billing"])
        bea.disabled_at, bea.disabled_by, bea.disabled_reason = bea.joined_at, cast.ada.account_id, "Books left open"
    carl = cast.sign_in(team.member)
    shared = carl.submit(
        "/contact", subject="Loom stuck", message="It hums.", files=chosen(("threads.txt", b"warp, weft")),
        shared_with=str(team.id), email="private@example.com",
    )  # fmt: skip
    assert shared.status == 200
    carl.submit("/contact", subject=OWN_SECRET, message=OWN_SECRET)


def build(run_jobs: Callable, ada: Visitor, team: Team) -> str:
    address = ask(ada, team)
    run_jobs()
    return address


def test_it_holds_a_row_of_each_table_and_nothing_that_owners_do_not_see(
    app: Flask, cast: Cast, team: Team, ada: Visitor, rows: None, run_jobs: Callable
) -> None:
    pack = fetched(ada, build(run_jobs, ada, team))
    with app.app_context():
        names = {table.name for part in parts() for table in part.tables}
    held = {name: pack.json(f"data/{name}.json") for name in names}
    assert [name for name in names if not held[name]] == [], "each table of an organisation has a row here"
    for mark, name in (
        ("Looms", "organisation"), ("Books left open", "members"), ("Zelda@example.com", "invitations"),
        ("Carl Warp", "hand_overs"), ("looms.example", "join_domains"), ("Ben Selvedge", "join_requests"),
        ("BEGIN LICENCE", "licences"), ("7", "dissolutions"),
        ("7", "recoveries"), ("loom-seven", "machines"), ("ticket_shared", "activity"),
        ("Loom stuck", "shared_tickets"), ("Ada Threadgold", "leaving_packs"),
    ):  # fmt: skip
        assert mark in pack.text(f"data/{name}.json") and mark in pack.text(f"data/{name}.csv"), name
    assert {name: set(pack.json("schema.json")["$defs"][name]["items"]["properties"]) for name in names} == {
        name: set(held[name][0]) for name in names
    }
    (file,) = [name for name in pack.names if name.endswith("threads.txt")]
    assert pack.read(file) == b"warp, weft"
    index = pack.text("index.html")
    assert "It hums." in index and "Carl Warp" in index and f'href="{file}"' in index
    everything = pack.everything
    for hidden in (
        OWN_SECRET,
        "private@example.com",
        str(team.member.account_id),
        str(cast.ada.account_id),
        "127.0.0.1",
        "cs_hidden",
    ):
        assert hidden.encode() not in everything, hidden


def test_each_table_of_organisations_is_in_it_or_says_why_not(app: Flask) -> None:
    with app.app_context():
        tables = {table.model.__table__: table for part in parts() for table in part.tables}
        left = {each.model.__table__: str(each.why) for part in parts() for each in part.left_out}
        shown = {table: set(each.shows) | set(each.left_out) for table, each in tables.items()}
        unsaid = [f"{each.name}.{name}" for each in tables.values() for name, why in each.left_out.items() if not str(why)]
    of_organisations = {
        table for table in Base.metadata.tables.values() if table.info.get("scope") or "organisation_id" in table.columns
    }
    assert {table.name for table in of_organisations} == {table.name for table in [*tables, *left]}
    assert [f"{table}.{column.key}" for table in tables for column in table.columns if column.key not in shown[table]] == []
    assert unsaid == [] and all(left.values())


def test_every_owner_hears_who_asked_and_only_that_owner_gets_the_key(
    cast: Cast, team: Team, ada: Visitor, found: Callable, unit: Callable, run_jobs: Callable, outbox: Outbox
) -> None:
    with unit():
        standings.get_membership(team.id, membership_id=team.places["billing"]).role = standings.OWNER
    address = build(run_jobs, ada, team)
    for owner in (team.owner, team.billing):
        assert any("Ada Threadgold asked for a leaving pack" in each.text for each in outbox.to(owner.email))
    assert emailed(outbox, cast.ada.email) == address
    assert not any("/leaving-pack/" in each.text for each in outbox.to(team.billing.email))
    secret = address.rpartition("/")[2]
    page = cast.sign_in(team.billing).get(f"{team.path}/leaving-pack")
    assert "Requested by Ada Threadgold" in page.text and secret not in page.text


def test_nobody_of_ours_can_open_what_is_ready(
    app: Flask, team: Team, ada: Visitor, run_jobs: Callable, unit: Callable
) -> None:
    build(run_jobs, ada, team)
    with unit(), across("the test looks at every row"):
        pack = db.session.scalars(select(LeavingPack)).one()
        assert pack.secret_sealed is None
        with storage().open(pack.file_key or "") as stream:
            assert b"PK" not in stream.read(64)


def test_each_download_is_a_line_and_an_email_to_the_owners(
    team: Team, ada: Visitor, run_jobs: Callable, outbox: Outbox, clock: Clock
) -> None:
    address = build(run_jobs, ada, team)

    def told() -> tuple[int, int]:
        said = "Ada Threadgold downloaded a leaving pack"
        return ada.get(f"{team.path}/activity").text.count(said), sum(
            said in each.text for each in outbox.to(team.owner.email)
        )

    assert ada.client.head(address, base_url="http://localhost").status_code == 200
    assert told() == (0, 0)
    whole = ada.client.get(address, base_url="http://localhost").data
    assert told() == (1, 1)
    part = ada.client.get(address, base_url="http://localhost", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole[10:20]) and told() == (1, 1), "the download goes on"
    clock.forward(minutes=20)
    assert status(ada, address) == 200 and told() == (2, 2)


def test_a_part_of_it_alone_is_a_download_too(team: Team, ada: Visitor, run_jobs: Callable) -> None:
    address = build(run_jobs, ada, team)
    assert status(ada, address, Range="bytes=1-") == 206
    assert "Ada Threadgold downloaded a leaving pack" in ada.get(f"{team.path}/activity").text


def test_it_can_be_fetched_for_thirty_days_and_then_nothing_is_left(
    cast: Cast, team: Team, ada: Visitor, run_jobs: Callable, clock: Clock, app: Flask, unit: Callable
) -> None:
    address = build(run_jobs, ada, team)
    clock.forward(days=30, seconds=-60)
    assert status(cast.sign_in(cast.ada), address) == 200
    clock.forward(seconds=61)
    later = cast.sign_in(cast.ada)
    assert status(later, address) == 404
    with unit():
        jobs.enqueue("privacy.sweep")
    run_jobs()
    with app.app_context():
        assert list(storage().folder.glob("leaving_pack/**/*.*")) == []
    assert "Requested by" not in later.get(f"{team.path}/leaving-pack").text


def test_one_at_a_time_is_built_and_any_owner_stops_it(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, run_jobs: Callable
) -> None:
    with unit():
        standings.get_membership(team.id, membership_id=team.places["billing"]).role = standings.OWNER
    first = ask(ada, team)
    token = {"csrf_token": ada.get(f"{team.path}/leaving-pack").fields()["csrf_token"]}
    assert ada.post(f"{team.path}/leaving-pack", **token).path == f"{first}/page", "asked twice, it is the same one"
    bea = cast.sign_in(team.billing)
    page = bea.get(f"{team.path}/leaving-pack")
    refused = bea.post(f"{team.path}/leaving-pack", csrf_token=page.fields()["csrf_token"])
    assert "Another Owner’s leaving pack is being prepared" in refused.text
    pack_id = first.split("/")[-2]
    assert bea.submit(f"{team.path}/leaving-pack", action=f"{team.path}/leaving-pack/{pack_id}/delete").status == 200
    assert status(ada, first) == 404
    run_jobs()
    assert status(ada, first) == 404, "its job is gone"
    assert "Bea Ledger deleted a leaving pack." in ada.get(f"{team.path}/activity").text


class Killed(BaseException):
    """The worker is gone: nothing that clears up is run."""


@pytest.mark.parametrize("part", ["_file", "_conversation", "_manifest", "_facts"])
def test_it_goes_on_after_the_worker_was_killed(
    app: Flask, team: Team, ada: Visitor, rows: None, clock: Clock, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(copy_files, "NOTE_SECONDS", 0)
    monkeypatch.setattr(copy_files, "SHARE", 0)
    address, real, left, seen = ask(ada, team), getattr(PackArchive, part), [1], []

    def once(*given: object) -> object:
        if left:
            left.clear()
            raise Killed
        return real(*given)

    def noted(table: PackRows) -> Iterator[dict]:
        seen.append(table.name)
        return read(table)

    read = PackRows.__iter__
    monkeypatch.setattr(PackRows, "__iter__", noted)
    monkeypatch.setattr(PackArchive, part, once)
    with app.app_context(), pytest.raises(Killed):
        worker.drain()
    assert len(seen) == 2 * 13, "as JSON and as CSV"
    clock.forward(seconds=LEASE.total_seconds() + 1)
    with app.app_context():
        worker.drain()
    assert len(seen) == 2 * 13, "what stands in it is not made again"
    pack = fetched(ada, address)
    assert "Loom stuck" in pack.text("index.html") and pack.json("data/members.json")


def test_it_says_how_far_it_is_in_percent(app: Flask, team: Team, ada: Visitor, run_jobs: Callable) -> None:
    address = ask(ada, team)
    page = ada.get(f"{address}/page")
    assert page.soup.main.find("progress")
    said = ada.client.get(f"{address.rpartition('/')[0]}/progress", base_url="http://localhost").json
    assert said["state"] == "waiting"
    run_jobs()
    assert "The leaving pack is ready" in ada.get(f"{address}/page").text


def test_of_thousands_each_is_in_it_and_it_is_read_in_parts(
    app: Flask, team: Team, ada: Visitor, run_jobs: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmarks import moving_in

    moving_in.join_together(str(app.config["SQLALCHEMY_DATABASE_URI"]), team.id, 3_000)
    pack = fetched(ada, build(run_jobs, ada, team))
    assert len(pack.json("data/members.json")) == 3_003
    assert "The first 1000 of 3003 entries" in pack.text("index.html")


def test_a_day_has_five(team: Team, ada: Visitor, run_jobs: Callable, clock: Clock) -> None:
    for _each in range(5):
        build(run_jobs, ada, team)
    assert ada.submit(f"{team.path}/leaving-pack").status == 429
    clock.forward(days=1)
