"""The app inside this process, on SQLite in a folder of its own: for proofs that count microseconds, not the network."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import delete

from portal.app import create_app
from portal.kit.db import db
from portal.kit.throttle_counts import ThrottleCount
from portal.kit.unit import unit_of_work
from tests.conftest import make_settings


@contextlib.contextmanager
def app(**changed: Any) -> Iterator[Flask]:
    """Make the app with its schema for the length of a `with` block; hashes are cheap unless told otherwise."""
    with tempfile.TemporaryDirectory(prefix="portal-proof-") as folder:
        made = create_app(make_settings(Path(folder), f"sqlite:///{folder}/portal.db", **changed))
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        with made.app_context():
            db.create_all()
        yield made
        with made.app_context():
            db.engine.dispose()


def forget_throttles(app: Flask) -> None:
    """Forget how often was tried: the proof asks more often than a person may."""
    with app.app_context(), unit_of_work():
        db.session.execute(delete(ThrottleCount))
