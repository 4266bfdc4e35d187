"""Databases that no migration has touched, for whoever walks the schema up and down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from flask_migrate import Migrate

from portal.app import create_app
from portal.kit.db import db
from tests.conftest import make_settings
from tests.databases import SQLITE
from tests.postgres import create_database
from tests.rules.source import ROOT

MIGRATIONS = ROOT / "migrations"


@pytest.fixture
def empty(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Flask]:
    """The app on a database that no migration has touched yet."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    sqlite = f"sqlite:///{tmp_path / 'portal.db'}"
    url = sqlite if database == SQLITE else create_database(f"migrations_{worker}")
    app = create_app(make_settings(tmp_path, url))
    Migrate(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def up(empty: Flask) -> Callable[[str], None]:
    """Walk up to a revision."""
    return lambda revision: command.upgrade(empty.extensions["migrate"].migrate.get_config(), revision)


@pytest.fixture
def down(empty: Flask) -> Callable[[str], None]:
    """Walk down to a revision."""
    return lambda revision: command.downgrade(empty.extensions["migrate"].migrate.get_config(), revision)
