"""Kinds of jobs that exist in these tests only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.jobs.models import Job
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.job_kinds import JobKind


@pytest.fixture
def kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have one more kind for the length of a test: `kinds("lab.work", handler, tries=3)`."""

    def add(name: str, handler: Callable[..., object], **how: object) -> None:
        known = {**app.extensions["portal.job_kinds"], name: JobKind(name, handler, **how)}  # type: ignore[arg-type]
        monkeypatch.setitem(app.extensions, "portal.job_kinds", known)

    return add


@pytest.fixture
def no_kinds(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have none of the portal's own kinds."""
    monkeypatch.setitem(app.extensions, "portal.job_kinds", {})


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
