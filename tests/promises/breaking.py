"""What it takes to break a promise on purpose, and the list of who breaks which check."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import Column, Integer, Table

from portal.kit.claims import register
from portal.kit.claims.register import Register
from portal.kit.db import Base, db
from portal.legal import documents
from portal.support.models import Ticket
from tests.people import Cast

Break = Callable[["Tools"], None]
DAY = timedelta(days=1)
BREAKS: dict[str, Break] = {}


class Tools:
    """What it takes to break a promise: the app, its people, and a way back afterwards."""

    def __init__(self, app: Flask, cast: Cast, patch: pytest.MonkeyPatch) -> None:
        self.app, self.cast, self.patch = app, cast, patch

    def rewrite(self, template: str, change: Callable[[str], str]) -> None:
        """Put a changed template in the place of the true one."""
        old = documents.source(template, self.app.jinja_env)
        assert change(old) != old
        loader = ChoiceLoader([DictLoader({template: change(old)}), self.app.jinja_env.loader])  # type: ignore[list-item]  # Flask has one
        self.patch.setattr(self.app.jinja_env, "loader", loader)
        self.app.extensions["portal.fixed_parts"].clear()

    def reset(self, **settings: object) -> None:
        """Run with other settings."""
        changed = replace(self.app.extensions["portal.settings"], **settings)
        self.patch.setitem(self.app.extensions, "portal.settings", changed)

    def redeclare(self, table: str, **changed: object) -> None:
        """Declare a table of the register otherwise."""
        claims = [
            replace(claim, tables=[replace(each, **changed) if each.name == table else each for each in claim.tables])
            for claim in register().claims
        ]
        self.patch.setitem(self.app.extensions, "portal.register", Register(claims))

    def table(self, name: str, *columns: Column[object]) -> None:
        """Have a further table in the models."""
        self.patch.setattr(Base, "metadata", Base.metadata.__class__())
        for each in db.metadatas[None].sorted_tables:
            each.to_metadata(Base.metadata)
        Table(name, Base.metadata, Column("id", Integer, primary_key=True), *columns)


def breaks(name: str) -> Callable[[Break], Break]:
    """Register the one way in which the check of that name is broken."""

    def keep(act: Break) -> Break:
        assert name not in BREAKS
        BREAKS[name] = act
        return act

    return keep


def add(*rows: object) -> None:
    """Put rows into the database."""
    db.session.add_all(rows)
    db.session.flush()


def a_ticket() -> Ticket:
    """A ticket of a visitor's in which nothing was said."""
    eve = "eve@example.com"
    ticket = Ticket(id=uuid.uuid4(), reference="X", name="Eve", email=eve, email_key=eve, subject="S")
    add(ticket)
    return ticket
