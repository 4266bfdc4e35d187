"""What a page may cost: statements and bytes are exact, so they are held here (DESIGN, "Speed")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event

from portal.kit.db import db
from tests.browser import paths
from tests.conftest import Page, Visitor
from tests.people import Cast

ORDINARY = 3
"""One statement for who you are, two for the page."""
OVERVIEWS = {
    "/home": 6,
    "/settings/security": 4,
    "/settings/privacy": 5,  # whose data (two), what is held in one statement for every table, the newest copy
    "/settings/privacy/data": 9,  # one more for each line that is shown: see test_held_data
    "/settings/privacy/delete": 6,
    "/admin/": 4,
}
"""One for who you are, one for the page or panel."""
FIRST_VISIT = 12_000
"""Bytes that a first visit may take in all, to the start page or the one to sign in at."""
BANNER = 1000
"""Bytes of them that may be the question about statistics."""
PAGE = 12_000
"""Bytes that a page may take with its style and script, as browsers of today ask for it (DESIGN, "Speed")."""
LONG = {"/privacy": 24_000, "/privacy/formats": 17_000, "/promises": 17_000, "/settings/profile": 15_000}
"""Pages that hold a long text, or the list of all time zones, which works without a script -> bytes they may take."""
FIRST_CONNECTION = 14 * 1024
"""Bytes that a server may send before it has to wait for the browser (RFC 6928, ten segments)."""
BOOKKEEPING = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "UPDATE sign_in_session")
"""Not the page's: transactions, and the session's touch every five minutes."""


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that reach the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(BOOKKEEPING):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def cost(app: Flask, visitor: Visitor, path: str) -> list[str]:
    """Return the statements of one visit, without following redirects."""
    with counted(app) as statements:
        visitor.client.get(path)
    return statements


def test_every_public_page_is_within_its_budget(app: Flask, client: Visitor) -> None:
    looked = paths(app, "public")
    assert "/login" in looked
    over = {path: found for path in looked if len(found := cost(app, client, path)) > OVERVIEWS.get(path, ORDINARY)}
    assert not over


def test_every_page_of_a_customer_is_within_its_budget(app: Flask, cast: Cast) -> None:
    ada = cast.sign_in(cast.ada)
    looked = paths(app, "signed in", "fresh")
    assert "/home" in looked
    over = {path: found for path in looked if len(found := cost(app, ada, path)) > OVERVIEWS.get(path, ORDINARY)}
    assert not over


def test_every_page_of_the_console_is_within_its_budget(app: Flask, cast: Cast) -> None:
    sam = cast.sign_in_staff(cast.sam)
    looked = paths(app, "staff")
    assert looked
    over = {path: found for path in looked if len(found := cost(app, sam, path)) > OVERVIEWS.get(path, ORDINARY)}
    assert not over


LEAST = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
"""A browser of long ago, on our own pages; today's take encodings that are smaller still."""
TODAY = {**LEAST, "Accept-Encoding": "gzip, br, zstd"}


def _assets(page: Page) -> Iterator[str]:
    for tag in page.soup.select("link[rel=stylesheet], script[src]"):
        address = str(tag.get("href") or tag.get("src"))
        assert address.startswith("/static/"), f"{address} is not ours"
        yield address


def _weights(visitor: Visitor, path: str, **headers: str) -> dict[str, int]:
    """Return the compressed bytes of a page and of what it loads, by address."""
    page = visitor.get(path)
    assert page.path == path
    parts = {each: visitor.client.get(each, headers={**LEAST, **headers}) for each in (path, *_assets(page))}
    assert len(parts) > 2
    assert {part.headers["Content-Encoding"] for part in parts.values()} == {"gzip"}
    return {each: len(part.data) for each, part in parts.items()}


@pytest.mark.parametrize("path", ["/home", "/settings/privacy", "/promises", "/privacy"])
def test_a_page_with_its_style_and_script_fits_the_start_of_a_connection(cast: Cast, path: str) -> None:
    weight = sum(_weights(cast.sign_in(cast.ada), path).values())
    allowed = FIRST_CONNECTION if path in ("/home", "/settings/privacy") else 2 * FIRST_CONNECTION
    assert weight <= allowed, f"{path} weighs {weight} bytes"


@pytest.mark.parametrize("gates", [("public",), ("signed in", "fresh"), ("staff",)])
def test_every_page_fits_the_first_bytes_of_a_connection(app: Flask, cast: Cast, gates: tuple[str, ...]) -> None:
    who = cast.sign_in_staff(cast.sam) if gates == ("staff",) else cast.sign_in(cast.ada)
    visitor = Visitor(app) if gates == ("public",) else who
    weights = {}
    for path in paths(app, *gates):
        answer = visitor.client.get(path, headers=TODAY)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            assets = [visitor.client.get(each, headers=TODAY) for each in _assets(Page(visitor.client.get(path)))]
            weights[path] = sum(len(part.data) for part in (answer, *assets))
    assert weights
    assert {path: weight for path, weight in weights.items() if weight > LONG.get(path, PAGE)} == {}


@pytest.fixture
def measured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal with a measurement id: it asks."""
    settings = replace(app.extensions["portal.settings"], ga_measurement_id="G-TEST123456")
    monkeypatch.setitem(app.extensions, "portal.settings", settings)


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("path", ["/", "/login"])
def test_a_first_visit_is_small_and_the_banner_a_small_part_of_it(app: Flask, path: str) -> None:
    asked, not_asked = _weights(Visitor(app), path), _weights(Visitor(app), path, **{"Sec-GPC": "1"})
    assert sum(asked.values()) <= FIRST_VISIT, f"{path} weighs {asked}"
    assert asked.keys() == not_asked.keys(), "the banner asks for a file of its own"
    assert asked[path] - not_asked[path] <= BANNER
    # Tokens of a page differ in length when compressed, by a few bytes.
    assert (asked[path] - not_asked[path] > 50) is (path != "/login"), "nobody is asked who signs in"


def test_more_rows_mean_no_more_statements(app: Flask, cast: Cast, unit: Callable[[], object]) -> None:
    """Counts never grow with rows (DESIGN, "Speed")."""
    ada = cast.sign_in(cast.ada)
    looked = ["/home", "/settings/security", "/settings/privacy", "/support", "/settings/privacy/visits"]
    for path in looked:
        # Keys that change once in years are read once in ten minutes.
        ada.get(path)
    before = {path: len(cost(app, ada, path)) for path in looked}
    for _again in range(5):
        cast.sign_in(cast.ada)
        ada.submit("/contact", subject="A question", message="How do I print a marker?")
    assert {path: len(cost(app, ada, path)) for path in looked} == before
