"""Thousands in one organisation, and one person in a thousand organisations: the pages cost what they cost for few."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select

from benchmarks import moving_in, plans
from portal.kit import clock, paging
from portal.kit.db import db
from portal.organisations.models import Membership, Organisation, OrganisationEntry
from tests.conftest import Visitor
from tests.efforts import asked_by, effort
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases
MANY, PER_PAGE = 10_000, 50
PAGES = ("", "/members", "/activity", "/invitations")


def statements(app: Flask, visitor: Visitor, path: str) -> int:
    """Count what a page asks of the database, once what is read on the first occasion has been read."""
    visitor.get(path)
    with plans.collected(app) as found:
        assert visitor.get(path).status == 200
    return len(found)


def grow(app: Flask, team: Team) -> None:
    """Let thousands join, each with a line in the log."""
    moving_in.join_together(str(app.config["SQLALCHEMY_DATABASE_URI"]), team.id, MANY)


def test_a_page_of_thousands_costs_what_a_page_of_three_does(app: Flask, cast: Cast, team: Team) -> None:
    ada = cast.sign_in(cast.ada)
    few = {page: statements(app, ada, team.path + page) for page in PAGES}
    grow(app, team)
    assert {page: statements(app, ada, team.path + page) for page in PAGES} == few
    assert max(few.values()) <= 3


def test_thousands_are_listed_page_by_page_each_once(app: Flask, cast: Cast, team: Team) -> None:
    grow(app, team)
    ada, seen, path = cast.sign_in(cast.ada), [], f"{team.path}/members"
    for _page in range(3):
        page = ada.get(path)
        rows = [link["href"] for link in page.soup.select("main th a")]
        assert len(rows) == PER_PAGE
        seen += rows
        (path,) = [link["href"] for link in page.soup.select("main .actions a") if "after=" in link["href"]]
    assert len(set(seen)) == 3 * PER_PAGE
    assert "1,000+" in ada.get(team.path).text


@pytest.mark.parametrize("page", ["/members", "/activity"])
def test_a_page_far_behind_costs_what_the_first_one_does(
    app: Flask, cast: Cast, team: Team, unit: Callable, page: str
) -> None:
    grow(app, team)
    model, at = (Membership, Membership.joined_at) if page == "/members" else (OrganisationEntry, OrganisationEntry.at)
    order = (at, model.id) if page == "/members" else (at.desc(), model.id.desc())
    with unit():
        query = select(at, model.id).where(model.organisation_id == team.id).order_by(*order).offset(MANY - 100).limit(1)
        word = paging.word_of(tuple(db.session.execute(query).one()))
    ada = cast.sign_in(cast.ada)
    path = team.path + page
    first, far = (asked_by(app, lambda each=each: ada.client.get(each)) for each in (path, f"{path}?after={word}"))
    assert len(ada.get(f"{path}?after={word}").soup.select("main tbody tr")) == PER_PAGE
    assert len(far) == len(first) and effort(app, far) < 1.2 * effort(app, first)


def test_a_person_in_a_thousand_organisations_is_loaded_by_one_statement(
    app: Flask, cast: Cast, team: Team, unit: Callable
) -> None:
    ada = cast.sign_in(cast.ada)
    paths = ("/organisation", "/home", f"{team.path}/members")
    few = [statements(app, ada, path) for path in paths]
    with unit():
        ids = [uuid.uuid4() for _each in range(1_000)]
        db.session.execute(
            insert(Organisation),
            [{"id": each, "name": f"Looms {n}", "asks_second_factor": False} for n, each in enumerate(ids)],
        )
        db.session.execute(
            insert(Membership),
            [
                {"id": uuid.uuid4(), "organisation_id": each, "person_id": cast.ada.account_id, "role": "owner",
                 "joined_at": clock.now() + timedelta(seconds=n)}
                for n, each in enumerate(ids)
            ],
        )  # fmt: skip
    assert [statements(app, ada, path) for path in paths] == few
    assert len(cast.actor_in(ada).organisations) == 50
    assert len(ada.get("/organisation").soup.select("main th a")) == 50
    assert ada.get(f"/organisation/{ids[-1]}").status == 200, "beyond the first fifty too"
