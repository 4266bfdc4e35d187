"""S26: the secret key is changed by the steps of deploy/README.md, day by day, and nobody notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import delete, select, text

from portal import cli
from portal.accounts.models import FACTOR_SECRET, TotpFactor
from portal.jobs import worker
from portal.kit import keys, rotation
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.newsletter.models import Subscriber
from portal.privacy import service as privacy
from portal.privacy.models import Deletion, DeletionState
from tests.accounts.walk import is_in, sign_in
from tests.conftest import Visitor
from tests.people import Cast, Somebody
from tests.privacy.machine import Machine

pytestmark = pytest.mark.both_databases

ASKED = "Two-step verification"
WAY_OUT = "/newsletter/unsubscribe/"


@pytest.fixture
def machine(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The portal as it runs before anybody thinks of changing the key."""
    Migrate(app, db, directory=cli.MIGRATIONS)
    with app.app_context():
        flask_migrate.stamp(revision="heads")
    made = Machine(app, tmp_path, monkeypatch)
    made.restart()
    yield made
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def remember_me(machine: Machine, person: Somebody, code: str) -> Visitor:
    """Sign in by password and code, to be remembered."""
    browser = machine.browser()
    sign_in(browser, person, remember="y")
    browser.fill_in(code=code)
    assert is_in(browser)
    return browser


def subscribe(machine: Machine, address: str) -> str:
    """Subscribe to the newsletter; return the way out that the email names."""
    browser = Visitor(machine.app)
    browser.submit("/newsletter", email=address)
    browser.submit(machine.outbox.last(address).link("/newsletter/confirm/"))
    return machine.outbox.last(address).link(WAY_OUT)


def close(machine: Machine, cast: Cast, person: Somebody) -> str:
    """Close an account; return the undo link."""
    browser = cast.sign_in(person)
    browser.client.application = machine.app
    browser.submit("/settings/privacy/delete", confirm="y")
    return machine.outbox.last(person.email).link("/settings/privacy/delete/undo/")


def begin_deletions(machine: Machine) -> None:
    """Begin what is due, and stop there: the worker has not come to its pieces yet."""
    with machine.app.app_context(), unit_of_work():
        privacy.begin_due()


def states_of_deletions(machine: Machine) -> list[str]:
    """Return how the deletions stand, oldest first."""
    with machine.app.app_context():
        return list(db.session.scalars(select(Deletion.state).order_by(Deletion.requested_at)))


def is_asked(browser: Visitor) -> bool:
    """Tell whether a page asks its reader about statistics."""
    return browser.get("/terms").soup.find(class_="banner") is not None


def refuse_statistics(browser: Visitor) -> None:
    """Answer no."""
    form = next(each for each in browser.get("/terms").soup.select(".banner form") if each.find("input", value="denied"))
    browser.post("/consent", **{each["name"]: each["value"] for each in form.find_all("input")})


def test_the_key_is_changed_by_the_manual_and_nobody_notices(machine: Machine, cast: Cast, clock: Any) -> None:
    # Two weeks before: Ben and Eve ask for deletion, Hal leaves the newsletter.
    cast.give_factor(cast.ada)
    eve = cast.make("Eve Selvage", "eve@example.com", "eve irons every seam open twice")
    close(machine, cast, eve)
    hal_out = subscribe(machine, "hal@example.com")
    Visitor(machine.app).submit(hal_out)
    clock.forward(days=14, minutes=1)
    begin_deletions(machine)
    machine.run_jobs()
    receipt = machine.outbox.last(eve.email).link("/receipt/")
    close(machine, cast, cast.ben)
    clock.forward(days=14, minutes=1)

    # The day before the change.
    home = remember_me(machine, cast.ada, cast.code(cast.ada))
    ida_out = subscribe(machine, "ida@example.com")
    cleo = cast.make("Cleo Bobbin", "cleo@example.com", "cleo winds the thread by hand")
    undo = close(machine, cast, cleo)
    visitor = machine.browser()
    assert is_asked(visitor)
    refuse_statistics(visitor)
    assert not is_asked(visitor)

    # Minutes before: a reset link on its way, a sign-in half done, a form half filled, Ben's deletion begun.
    dora = cast.make("Dora Hem", "dora@example.com", "dora sings to the old machine")
    Visitor(machine.app).submit("/forgot-password", email=dora.email)
    reset = machine.outbox.last(dora.email).link("/reset-password/")
    half_in = machine.browser()
    assert sign_in(half_in, cast.ada).title == ASKED
    asking = machine.browser()
    half_filled = asking.get("/contact")
    begin_deletions(machine)
    assert states_of_deletions(machine)[:2] == [DeletionState.DONE, DeletionState.RUNNING]

    # Day 0: steps 1 to 3.
    first = machine.keys
    machine.do(1)
    assert machine.keys[1:] == first
    assert len(machine.keys[0]) >= 32
    assert oct(machine.file.stat().st_mode)[-3:] == "640"
    machine.do(2)
    until = clock.day(days=30)
    told = machine.do(3)
    assert told is not None
    assert told.exit_code == 1, told.output
    assert "Re-encrypted 9 values" in told.output, "seven lasting keys, Ada's app, Ben's deletion"
    assert f"Key 2 ({machine.id_of(1)}) is still needed. Leave it" in told.output
    assert "encrypted with it" not in told.output
    day, month, year = until.split()
    assert f"until {int(day):02} {month[:3]} {year}, " in told.output

    assert half_in.fill_in(code=cast.code(cast.ada)).path == "/home"
    sent = asking.send(half_filled, name="Kim", email="kim@example.com", subject="Hem", message="Which needle?")
    assert sent.status == 200
    assert machine.outbox.to("kim@example.com")
    fresh = "dora sings to the new machine"
    assert Visitor(machine.app).submit(reset, password=fresh).status == 200
    assert states_of_deletions(machine)[:2] == [DeletionState.DONE, DeletionState.DONE]
    bens = machine.outbox.last(cast.ben.email).link("/receipt/")
    assert machine.check()[0]

    # Day 13: Cleo thinks better of it, by the link of the day before.
    clock.forward(days=13)
    assert Visitor(machine.app).submit(undo).status == 200
    assert is_in(home), "remembered, and used now and then"

    # Impatience: on day 29 the manual's question is still answered with no.
    clock.forward(days=16)
    told = machine.do(4)
    assert told is not None
    assert told.exit_code == 1

    # Day 30: steps 4 and 5.
    clock.forward(days=1, minutes=5)
    old = machine.id_of(1)
    told = machine.do(4)
    assert told is not None
    assert (told.exit_code, f"Key 2 ({old}) is free" in told.output) == (0, True), told.output
    told = machine.do(5)
    assert told is not None
    assert (told.exit_code, "Nothing needs any other key." in told.output) == (0, True), told.output
    assert len(machine.keys) == 1
    assert machine.keys != first

    assert Visitor(machine.app).get("/readyz").response.text == "ready\n"
    ok, detail = machine.check()
    assert ok, detail
    assert is_in(remember_me(machine, cast.ada, cast.code(cast.ada)))
    for link in (receipt, bens):
        assert Visitor(machine.app).get(link).status == 200
    assert not is_asked(visitor), "a refusal is remembered as long as a grant"
    subscribe(machine, "hal@example.com")
    assert subscribers(machine) == ["hal@example.com", "ida@example.com"]
    assert Visitor(machine.app).submit(hal_out).title == "You’re unsubscribed"
    assert Visitor(machine.app).post(ida_out, **{"List-Unsubscribe": "One-Click"}).status == 200
    assert subscribers(machine) == [], "also the email of Hal's first time leads out"


def test_a_link_outlives_a_second_change_too(machine: Machine, clock: Any) -> None:
    way_out = subscribe(machine, "ida@example.com")
    for _year in range(2):
        for step in (1, 2, 3):
            machine.do(step)
        clock.forward(days=30, minutes=5)
        assert machine.do(4).exit_code == 0
        assert machine.do(5).exit_code == 0
        clock.forward(days=335)
    assert Visitor(machine.app).submit(way_out).title == "You’re unsubscribed"
    assert subscribers(machine) == []


def test_a_key_that_leaked_goes_at_once_and_takes_only_sessions_and_young_links_along(machine: Machine, cast: Cast) -> None:
    cast.give_factor(cast.ada)
    way_out = subscribe(machine, "ida@example.com")
    home = remember_me(machine, cast.ada, cast.code(cast.ada))
    Visitor(machine.app).submit("/forgot-password", email=cast.ada.email)
    reset = machine.outbox.last(cast.ada.email).link("/reset-password/")
    open_page = home.get("/contact")
    for step in (1, 2, 3, 5):
        machine.do(step)
    assert len(machine.keys) == 1
    assert not is_in(home)
    assert Visitor(machine.app).get(reset).status == 410
    assert home.send(open_page, message="Which needle?").status == 422
    assert Visitor(machine.app).client.get("/readyz").status_code == 200
    assert machine.check()[0]
    assert is_in(remember_me(machine, cast.ada, cast.code(cast.ada)))
    assert Visitor(machine.app).submit(way_out).title == "You’re unsubscribed"


def test_a_key_taken_out_too_early_is_said_everywhere_and_put_back(machine: Machine, cast: Cast, clock: Any) -> None:
    cast.give_factor(cast.ada)
    way_out = subscribe(machine, "ida@example.com")
    close(machine, cast, cast.ben)
    clock.forward(days=14, minutes=1)
    begin_deletions(machine)
    machine.do(1)
    new, old = machine.keys
    machine.file.write_text(new)
    machine.restart()
    assert "A key is missing from PORTAL_SECRET_KEYS" in machine.upgraded.output

    browser = machine.browser()
    assert sign_in(browser, cast.ada).title == ASKED
    page = browser.fill_in(code=cast.code(cast.ada))
    assert (page.status, "problem on our side" in page.text) == (503, True)
    ready = Visitor(machine.app).client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "not ready: a key is missing from PORTAL_SECRET_KEYS\n")
    assert machine.check() == (False, "9 encrypted values need a key that is missing.")
    told = machine.command("keys", "rotate")
    missing = keys.key_id(old)
    assert told.exit_code == 1
    assert f"Key {missing} is missing from PORTAL_SECRET_KEYS and still needed. Put it back, and restart" in told.output
    assert "still encrypted with it: 1 (secrets of authenticator apps)" in told.output
    row = json.loads(machine.command("keys", "rotate", "--json").stdout)["keys"][0]
    assert (row["id"], row["place"], row["free"], row["links_until"]) == (missing, None, False, None)
    assert row["sealed"] == {
        "secrets of authenticator apps": 1,
        "keys of lasting links and hashes": 7,
        "running deletions": 1,
    }
    machine.run_jobs()
    assert states_of_deletions(machine) == [DeletionState.RUNNING]

    # As the manual says: put it back, last in the list, and go on with step 3.
    machine.file.write_text(f"{new},{old}")
    machine.restart()
    assert Visitor(machine.app).client.get("/readyz").status_code == 200
    assert machine.do(3) is not None
    assert machine.check()[0]
    assert browser.fill_in(code=cast.code(cast.ada)).path == "/home"
    assert Visitor(machine.app).submit(way_out).status == 200
    clock.forward(hours=1)
    begin_deletions(machine)
    machine.run_jobs()
    assert states_of_deletions(machine) == [DeletionState.DONE], "it was only waiting"


def test_a_key_that_is_gone_for_good_is_given_up_by_name(machine: Machine, cast: Cast) -> None:
    cast.give_factor(cast.ada)
    (old,) = machine.keys
    machine.do(1)
    machine.file.write_text(machine.keys[0])
    machine.restart()
    refused = machine.command("keys", "rotate", "--lost", "0badcafe")
    assert (refused.exit_code, "No key with this ID is missing" in refused.output) == (1, True)
    told = machine.command("keys", "rotate", "--lost", keys.key_id(old))
    assert told.exit_code == 1
    assert "keys of lasting links" not in told.output
    assert Visitor(machine.app).client.get("/readyz").status_code == 200
    assert not machine.check()[0], "the promise stays broken while somebody's codes cannot be checked"
    with machine.app.app_context(), unit_of_work():
        db.session.execute(delete(TotpFactor))
    assert machine.command("keys", "rotate").exit_code == 0
    assert machine.check()[0]


def test_what_the_command_leaves_the_hourly_job_seals_anew(machine: Machine, cast: Cast, clock: Any) -> None:
    for n in range(5):
        cast.give_factor(cast.make(f"Person {n}", f"p{n}@example.com", f"password of person {n}"))
    machine.patch.setattr(rotation, "BATCH", 2)
    machine.do(1)
    machine.do(2)
    with machine.app.app_context():
        worker.tick()
    clock.forward(hours=1)
    with machine.app.app_context():
        worker.tick()
    machine.run_jobs()
    with machine.app.app_context():
        assert rotation.count_waiting() == 0
        assert rotation.sealed_by_key()[keys.key_id(machine.keys[0])][FACTOR_SECRET.what] == 5


def subscribers(machine: Machine) -> list[str]:
    """Return who gets the newsletter."""
    with machine.app.app_context():
        return list(db.session.scalars(select(Subscriber.email).order_by(Subscriber.email)))
