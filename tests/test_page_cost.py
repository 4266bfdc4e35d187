"""What `make prove` measures of a page: the bare app does the least of the same, and who is above a bound is told."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from benchmarks import bare, page_cost
from benchmarks.asking import Inside, hidden_fields, send, visit
from benchmarks.crowd import PASSWORD, Customer, asked
from portal.accounts.models import SignInSession
from portal.jobs.models import Job
from portal.kit.db import db
from tests.people import Cast


@pytest.fixture
def crowd(cast: Cast) -> list[Customer]:
    """One customer, with the password of the proof's people."""
    person = cast.make("Ada Tailor", "ada0@example.com", PASSWORD)
    return [Customer(person.account_id, person.name, person.email, ("none",))]


@pytest.fixture
def bare_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The bare app on the portal's database."""
    monkeypatch.setenv(bare.DATABASE, app.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv(bare.SECRET, "a-secret-of-the-bare-app")
    return bare.make_app()


@pytest.mark.both_databases
def test_the_bare_app_reads_and_writes_the_portals_own_tables(bare_app: Flask, app: Flask, crowd: list[Customer]) -> None:
    asker = Inside(bare_app)
    for kind in page_cost.bare_kinds(crowd):
        kind.ask(asker, kind.prepare(asker, 0))
    assert "Ada Tailor" in asker.ask(f"/page/{crowd[0].id}").text
    with app.app_context():
        sessions, jobs = (db.session.scalar(select(func.count()).select_from(each)) for each in (SignInSession, Job))
    assert (sessions, jobs) == (1, 1)


def test_a_wrong_password_stops_the_proof(bare_app: Flask, crowd: list[Customer]) -> None:
    kind, asker = send("POST /login", "/login", crowd, password="another one"), Inside(bare_app)
    with pytest.raises(RuntimeError, match="POST /login was answered with 401"):
        kind.ask(asker, kind.prepare(asker, 0))


def test_the_portals_sign_in_and_reset_are_sent_as_a_browser_sends_them(app: Flask, crowd: list[Customer]) -> None:
    asker = Inside(app, host="localhost")
    for kind in page_cost.form_kinds(crowd):
        with asked(app) as counts:
            kind.ask(asker, kind.prepare(asker, 0))
        assert counts["statements"] >= counts["checkouts"] > 1


def test_statements_are_counted_exactly(app: Flask) -> None:
    asker = Inside(app, host="localhost")
    page = visit("/promises", "/promises")
    # The first reader of a run of the checks waits for their findings too.
    page.ask(asker, page.prepare(asker, 0))
    with asked(app) as counts:
        page.ask(asker, page.prepare(asker, 0))
    assert (counts["statements"], counts["checkouts"]) == (1, 1)


def test_the_form_with_the_address_is_found_among_others() -> None:
    page = '<form><input type="hidden" name="x" value="1"></form><form><input type="hidden" name="t" value="a&amp;b">'
    assert hidden_fields(page + '<input name="email"></form>') == {"t": "a&b"}


@pytest.mark.parametrize(("milliseconds", "holds"), [(2.9, True), (3.1, False)])
def test_a_page_above_its_bound_is_told(milliseconds: float, holds: bool, capsys: pytest.CaptureFixture[str]) -> None:
    costs = {name: page_cost.Cost([1.0]) for name in {*page_cost.MOST, *page_cost.BARE.values(), page_cost.ON_GRANIAN}}
    costs["/login"].rounds = [milliseconds, milliseconds, 99.0]
    assert page_cost.tell("SQLite", costs) is holds
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith("ABOVE")]
    assert [line.split()[0] for line in told] == ([] if holds else ["/login"])
