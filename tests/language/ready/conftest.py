"""Here the portal has a catalogue for Chinese: the made one of `tests/pseudo.py`."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import databases
from tests.privacy.conftest import fetch  # noqa: F401 (a fixture for the tests here)


@pytest.fixture
def app(pseudo_app: Flask) -> Flask:
    """The app that speaks two languages, with empty tables. It has kept no part of a page yet: each is said once more."""
    pseudo_app.extensions["portal.fixed_parts"].clear()
    with pseudo_app.app_context():
        databases.empty_tables()
    return pseudo_app
