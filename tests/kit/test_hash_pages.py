"""Of a crowd at the pages that hash, as many are let in as can be served; the rest is refused before anything is done."""

from functools import cache

import pytest
from flask import Flask
from sqlalchemy import event

from portal.kit.access import Gate, tag_of
from portal.kit.db import db
from portal.kit.places import Places
from tests.rules.calls import CallGraph
from tests.rules.order import Order
from tests.rules.source import modules

# Pages for everybody that hash only for whoever proves something first: no crowd has that.
PROVEN_FIRST = {
    "accounts.second_factor": "the first half of a sign-in",
    "accounts.recovery_code": "the first half of a sign-in",
    "recovery.choose_password": "a link that was sent by email",
}
HASHING = {f"portal.kit.passwords.Hasher.{verb}" for verb in ("hash", "verify", "hash_together", "find_match")}


@cache
def reach_a_hash() -> set[str]:
    """Return every verb of the portal from which a hash is reached, by its full name."""
    order = Order(CallGraph(modules()))
    found = set(HASHING)
    before = 0
    while before != len(found):
        before = len(found)
        found |= {verb.name for verb in order.graph.verbs.values() if order.called_by(verb) & found}
    return found


def full_name(view) -> str:
    """Return the name of a view's function, without its decorators."""
    return f"{view.__module__}.{view.__qualname__}"


def places_of(app: Flask) -> Places:
    """Return the places of an app at its pages that hash."""
    return app.extensions["portal.hash_pages"]


@pytest.fixture
def full(app: Flask):
    """Take every place at the pages that hash until the test ends."""
    taken = 0
    while places_of(app)._at_work.acquire(blocking=False):
        places_of(app)._known.acquire()
        taken += 1
    yield
    for _each in range(taken):
        places_of(app).give_back()


def test_exactly_the_pages_at_which_anybody_can_have_a_password_hashed_are_bounded(apps):
    app = apps("sqlite")
    views = {endpoint: view for endpoint, view in app.view_functions.items() if tag_of(app, endpoint).gate is Gate.PUBLIC}
    reach = {endpoint for endpoint, view in views.items() if full_name(view) in reach_a_hash()}
    assert set(PROVEN_FIRST) < reach
    tagged = {endpoint for endpoint, view in app.view_functions.items() if hasattr(view, "hashes")}
    assert tagged == reach - set(PROVEN_FIRST)


def test_there_are_as_many_places_as_may_be_at_a_hash_or_wait_for_one(app):
    assert places_of(app)._at_work._initial_value == 2 + 30


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("path", ["/login", "/signup"])
def test_one_too_many_is_told_to_come_back_at_once_and_costs_no_statement(app, client, path):
    page = client.get(path)
    said: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = client.client.post(path, data=page.fields() | {"email": "ada@example.com", "password": "x" * 20})
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert said == []


@pytest.mark.usefixtures("full")
def test_the_pages_themselves_open_meanwhile_and_so_does_what_is_sent_elsewhere(client):
    assert client.get("/login").status == 200
    assert client.submit("/forgot-password", email="nobody@example.com").status == 200


def test_a_place_is_free_again_whatever_came_of_the_request(app, client):
    before = places_of(app)._at_work._value
    assert client.submit("/login", email="nobody@example.com", password="a wrong password").status == 422
    assert client.client.post("/login", data={"email": "x"}).status_code == 422
    assert places_of(app)._at_work._value == before
