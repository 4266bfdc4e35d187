"""Which databases a test meets, and how each test gets them empty.

A pytest plug-in (`pytest_plugins = ["tests.databases"]`). On a laptop every test runs on SQLite, and those that are
marked `both_databases` on PostgreSQL too: where rows are locked, races are run, statements differ or a journey goes
through them all. With CI=true every test runs on both.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import exists, literal, select, union_all

from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.scopes import across
from portal.kit.unit import unit_of_work
from tests import needs

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def content(path: Path) -> bytes:
    """Return what a file holds, read by another process: one that closes a database's file loses all its locks on it.

    See https://sqlite.org/howtocorrupt.html, 2.2.
    """
    return subprocess.run(["cat", str(path)], capture_output=True, check=True).stdout


def kinds(*, both: bool) -> list[str]:
    """Return the kinds of database that a test meets; `both` when the database matters to it."""
    return [SQLITE, POSTGRESQL] if both or needs.in_ci() else [SQLITE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each database that it meets; one that names its database itself meets that alone."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "database" in metafunc.fixturenames and not any(mark.args[0] == "database" for mark in marks):
        both = metafunc.definition.get_closest_marker("both_databases") is not None
        metafunc.parametrize("database", kinds(both=both), indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database that the test meets: "sqlite" or "postgresql"."""
    return str(request.param)


@pytest.fixture
def app(database: str, apps: Callable[[str], Flask]) -> Flask:
    """The app with empty tables, on each database that the test meets."""
    app = apps(database)
    with app.app_context():
        empty_tables()
    return app


def written() -> set[str]:
    """Return the tables that hold rows.

    The database is asked, in one statement: whoever wrote them, a page, raw SQL, a trigger or another process.
    """
    tables = Base.metadata.sorted_tables
    holds = union_all(*(select(literal(table.name)).where(exists(select(1).select_from(table))) for table in tables))
    with across("the tests ask each table whether it holds anything"):
        return set(db.session.scalars(holds))


def empty_tables() -> list[str]:
    """Empty the tables that tests before this one wrote, and no others, and take away the files; return their names."""
    with unit_of_work():
        tables = written()
        emptied = [table for table in reversed(Base.metadata.sorted_tables) if table.name in tables]
        with across("the tests empty each table"):
            for table in emptied:
                db.session.execute(table.delete())
    storage().clear()
    return [table.name for table in emptied]
