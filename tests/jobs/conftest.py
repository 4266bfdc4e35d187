"""Kinds of jobs that exist in these tests only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.jobs import registry
from portal.jobs.models import Job
from portal.kit.audit import AuditEntry
from portal.kit.db import db


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Register a kind for the length of a test: `kinds("lab.work", handler, tries=3)`."""
    monkeypatch.setattr(registry, "KINDS", registry.KINDS)
    before = dict(registry.KINDS)

    def add(name: str, handler: Callable[..., object], **how: object) -> None:
        registry.KINDS.pop(name, None)
        registry.job(name, **how)(handler)  # type: ignore[arg-type]

    yield add
    registry.KINDS.clear()
    registry.KINDS.update(before)


@pytest.fixture
def schedules() -> Iterator[dict[str, str]]:
    """The schedules, empty for the length of a test."""
    before = dict(registry.SCHEDULES)
    registry.SCHEDULES.clear()
    yield registry.SCHEDULES
    registry.SCHEDULES.clear()
    registry.SCHEDULES.update(before)


@pytest.fixture
def done(app: Flask) -> Callable[[], list[str]]:
    """Return what jobs have put on record."""

    def names() -> list[str]:
        with app.app_context():
            events = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.at)).all()
        return [event.removeprefix("lab.") for event in events if event.startswith("lab.")]

    return names


@pytest.fixture
def waiting(app: Flask) -> Callable[[], list[Job]]:
    """Return every job that the table holds."""

    def rows() -> list[Job]:
        with app.app_context():
            return list(db.session.scalars(select(Job).order_by(Job.run_at)))

    return rows
