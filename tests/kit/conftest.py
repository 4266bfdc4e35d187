"""The lab: an app of its own on the test's database, with endpoints that misbehave on request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from tests.conftest import Visitor, changed_settings
from tests.kit import lab as endpoints
from tests.people import Cast


@pytest.fixture(scope="session")
def make_lab() -> Callable[..., Flask]:
    """Make an app with the lab's endpoints from settings, changed at will; each is made once."""
    made: dict[str, Flask] = {}

    def make(app: Flask, **changed: Any) -> Flask:
        settings = app.extensions["portal.settings"]
        key = f"{settings.database_url.get_secret_value()} {changed}"
        if key not in made:
            made[key] = create_app(changed_settings(settings, **changed))
            made[key].register_blueprint(endpoints.bp)
        return made[key]

    return make


@pytest.fixture
def lab(app: Flask, make_lab: Callable[..., Flask]) -> Flask:
    """The lab on the test's database, its tables empty."""
    return make_lab(app)


@pytest.fixture
def visitor(lab: Flask) -> Visitor:
    """A browser at the lab."""
    return Visitor(lab)


@pytest.fixture
def people(lab: Flask) -> Cast:
    """The cast, at the lab."""
    return Cast(lab)


@pytest.fixture
def lab_unit(lab: Flask) -> Callable[[], AbstractContextManager[Any]]:
    """`with lab_unit() as unit:` runs a block as one unit of work."""

    @contextmanager
    def one(**how: Any) -> Any:
        with lab.app_context(), unit_of_work(**how) as unit:
            yield unit

    return one


@pytest.fixture
def recorded(lab: Flask) -> Callable[[], list[str]]:
    """Return the names of the lab's audit entries that were committed."""

    def names() -> list[str]:
        with lab.app_context():
            events = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.at)).all()
        return [event.removeprefix("lab.") for event in events if event.startswith("lab.")]

    return names


@pytest.fixture
def one_lab(apps: Callable[[str], Flask], make_lab: Callable[..., Flask]) -> Flask:
    """The lab on one database: what is asked of it reaches no table."""
    return make_lab(apps("sqlite"))


PRODUCTION = {
    "env": "production",
    "base_url": "https://portal.example.com",
    "smtp_url": "smtp://127.0.0.1:25",
}


@pytest.fixture
def production(apps: Callable[[str], Flask], make_lab: Callable[..., Flask]) -> Flask:
    """The lab as customers reach it: production, over https. What is asked of it reaches no table."""
    return make_lab(apps("sqlite"), **PRODUCTION)
