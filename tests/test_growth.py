"""What a page asks of the database grows neither with the people (10,000 live here) nor with the rows of its person."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from flask import Flask

from benchmarks import moving_in, plans
from benchmarks.population import BEYOND, FIXED, WORDS, growing
from portal.accounts import service as accounts
from portal.app import create_app
from portal.kit.actor import OrganisationRole
from portal.kit.claims import MOST_COUNTED, register
from portal.kit.db import Base, db
from portal.kit.unit import unit_of_work
from portal.organisations.models import Membership, Organisation
from tests import postgres
from tests.browser import paths
from tests.conftest import Visitor, make_settings
from tests.efforts import asked_by, effort
from tests.people import Cast, Somebody

pytestmark = pytest.mark.both_databases

PEOPLE, ROWS = 10_000, 30_000
GROWING = frozenset(growing(WORDS["sqlite"]))


@pytest.fixture(scope="session")
def towns(workplace: Path, request: pytest.FixtureRequest) -> Callable[[str], Flask]:
    """Return the app on a kind of database with 10,000 people; each is made once."""
    made: dict[str, Flask] = {}

    def make(kind: str) -> Flask:
        if kind not in made:
            folder = workplace / f"grown-{kind}"
            folder.mkdir()
            worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
            url = f"sqlite:///{folder}/portal.db" if kind == "sqlite" else postgres.create_database(f"grown_{worker}")
            made[kind] = create_app(make_settings(folder, url))
            with made[kind].app_context():
                db.create_all()
                db.engine.dispose()
            moving_in.settle(url, PEOPLE)
        return made[kind]

    return make


@pytest.fixture
def town(database: str, towns: Callable[[str], Flask]) -> Flask:
    """The app with 10,000 people."""
    return towns(database)


@pytest.fixture
def folk(town: Flask) -> Folk:
    """People whom a test makes there."""
    return Folk(town)


class Folk(Cast):
    """People of a town that stays as it is from test to test: each has an address that nobody had before."""

    def make(self, name: str, email: str, password: str, *, language: str = "en", zone: str = "UTC") -> Somebody:
        """Make somebody with an account of their own."""
        address = f"{uuid.uuid4().hex}-{email}"
        return super().make(name, address, password, language=language, zone=zone)

    def much(self, rows: int) -> Somebody:
        """Make somebody with so many rows."""
        person = self.make("Mei Much", "much@example.com", "mei mends many small things")
        moving_in.pile_up(url_of(self.app), person.account_id, rows, first=BEYOND + uuid.uuid4().int % BEYOND)
        look_around(self.app)
        return person


def url_of(app: Flask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


def look_around(app: Flask) -> None:
    """Let PostgreSQL look at how rows are spread, as it does by itself. SQLite does not, and nobody tells it to."""
    with app.app_context():
        is_postgresql = db.engine.dialect.name == "postgresql"
        db.engine.dispose()
    if is_postgresql:
        moving_in.look_around(url_of(app))


def read_whole(app: Flask, found: list[plans.Asked]) -> list[str]:
    """Name the tables that grow and are read from one end to the other."""
    seen = [plan for each in found for plan in plans.plans(app, each)]
    return [f"{table}: {plan.shape}" for plan in seen for table in plan.reads_whole(GROWING)]


def test_each_table_grows_here_or_is_known_not_to_grow_with_the_people():
    assert {*Base.metadata.tables} == GROWING | FIXED
    assert not GROWING & FIXED


def test_everybody_has_moved_in_and_few_have_very_many_rows(town: Flask) -> None:
    rows = growing(WORDS["sqlite"])
    with town.app_context(), db.engine.connect() as connection:
        counts = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in rows}
        events = connection.exec_driver_sql("SELECT count(*) FROM sign_in_event GROUP BY person_id").scalars().all()
    assert counts["ticket_message"] >= 2 * PEOPLE * rows["ticket"].per_thousand // 1000
    assert [
        name for name, each in rows.items() if not each.within and counts[name] < PEOPLE * each.per_thousand // 1000
    ] == []
    assert min(counts.values()) > 500
    assert max(events) > 20 * median(events)


def test_no_page_asks_for_more_where_many_live_and_none_reads_all_of_a_table_that_grows(
    town: Flask, folk: Folk, app: Flask, cast: Cast
) -> None:
    look_around(town)
    faults = []
    for gates, grown, small in (
        (("public",), Visitor(town), Visitor(app)),
        (("signed in", "fresh"), folk.sign_in(folk.ada), cast.sign_in(cast.ada)),
    ):
        looked = paths(town, *gates)
        assert looked
        for path in looked:
            after = asked_by(town, lambda path=path, grown=grown: grown.client.get(path))
            before = asked_by(app, lambda path=path, small=small: small.client.get(path))
            faults += [f"{path} reads all of {each}" for each in read_whole(town, after)]
            faults += [f"{path}: {len(before)} statements become {len(after)}"] if len(after) != len(before) else []
            faults += [f"{path}: {less} become {more}" for less, more in [efforts(app, before, town, after)] if more > less]
    assert faults == []


# PostgreSQL takes one of two plans that cost it the same for the average organisation: it may read all that one shares.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_shared_with_an_organisation_is_listed_as_fast_however_much_it_is(town: Flask, folk: Folk) -> None:
    found = []
    for rows in (ROWS, 2 * ROWS):
        owner = folk.much(rows)
        share_own(town, owner)
        browser, path = folk.sign_in(owner), f"/organisation/{owner.account_id}/tickets"
        assert len(browser.get(path).soup.select("main th a")) == 50
        found.append(asked_by(town, lambda browser=browser, path=path: browser.client.get(path)))
    assert [read_whole(town, each) for each in found] == [[], []]
    less, more = (effort(town, each) for each in found)
    assert more < 1.05 * less


def share_own(app: Flask, owner: Somebody) -> None:
    """Let somebody own the organisation that has their id, and with which every fourth of their tickets is shared."""
    with app.app_context(), unit_of_work():
        db.session.add(Organisation(id=owner.account_id, name="Looms"))
        db.session.flush()
        db.session.add(Membership(organisation_id=owner.account_id, person_id=owner.account_id, role=OrganisationRole.OWNER))


def efforts(app: Flask, before: list[plans.Asked], town: Flask, after: list[plans.Asked]) -> tuple[int, int]:
    """Return what the database does where few live, with all that may be added to it, and where many live."""
    return effort(app, before) * 5 // 4 + 20, effort(town, after)


def test_nor_does_a_form_that_anybody_may_send(town: Flask, folk: Folk) -> None:
    look_around(town)
    forms = {
        "/login": {"email": folk.ada.email, "password": folk.ada.password},
        "/forgot-password": {"email": folk.ben.email},
        "/signup": {"name": "Eve", "email": "eve@example.com", "password": "eve sews seven blue hems", "accept_terms": "y"},
        "/newsletter": {"email": "eve@example.com"},
    }
    for path, fields in forms.items():
        visitor = Visitor(town)
        page = visitor.get(path)
        with plans.collected(town) as found:
            assert visitor.send(page, action=path, **fields).status == 200
        assert len(found) > 2
        assert read_whole(town, found) == []


@pytest.mark.parametrize(
    ("index", "path"), [("ix_visit_subject", "/settings/privacy"), ("ix_sign_in_event_person", "/settings/security")]
)
def test_a_missing_index_would_be_seen(town: Flask, folk: Folk, index: str, path: str) -> None:
    look_around(town)
    ada = folk.sign_in(folk.ada)
    (gone,) = (each for table in Base.metadata.tables.values() for each in table.indexes if each.name == index)
    with left_away(town, gone):
        faults = read_whole(town, asked_by(town, lambda: ada.client.get(path)))
    assert {fault.partition(":")[0] for fault in faults} == {gone.table.name}


@contextmanager
def left_away(app: Flask, index: Any) -> Iterator[None]:
    with app.app_context():
        index.drop(db.engine)
    try:
        yield
    finally:
        with app.app_context():
            index.create(db.engine)


def test_who_has_very_many_rows_has_them_in_every_line_that_grows(town: Flask, folk: Folk) -> None:
    much = folk.much(ROWS)
    with town.app_context(), unit_of_work():
        subject = accounts.subject_of(accounts.get_person(much.account_id))
        assert ROWS <= register().count(subject) < ROWS + 10
        held = {row.name: rows for row, rows in register().held(subject)}
    lines = ("visit", "sign_in_event", "audit_entry", "email", "consent_decision", "ticket")
    assert {held[name] for name in lines} == {MOST_COUNTED + 1}
    # Of so many tickets the messages are not counted, nor what hangs on them.
    assert {held[name] for name in ("ticket_message", "ticket_attachment", "ticket_removed_file")} == {None}


@pytest.mark.parametrize("path", ["/settings/privacy", "/settings/privacy/delete"])
def test_what_is_read_for_an_overview_does_not_grow_with_the_rows_of_its_person(town: Flask, folk: Folk, path: str) -> None:
    seen = [folk.much(rows) for rows in (ROWS, 2 * ROWS)]
    browsers = [folk.sign_in(each).client for each in seen]
    less, more = (effort(town, asked_by(town, lambda each=each: each.get(path))) for each in browsers)
    assert more < 1.05 * less


def test_a_count_that_grows_would_be_seen(town: Flask, folk: Folk) -> None:
    def count(person: Somebody) -> None:
        with town.app_context(), unit_of_work():
            register().count(accounts.subject_of(accounts.get_person(person.account_id)))

    seen = [folk.much(rows) for rows in (ROWS, 2 * ROWS)]
    less, more = (effort(town, asked_by(town, lambda each=each: count(each))) for each in seen)
    assert more > 1.5 * less
