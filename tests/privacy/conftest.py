"""What the tests about rights share."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import String, Text, cast, event, func, select

from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.scopes import across
from tests.databases import content


@dataclass
class Copy:
    """A fetched copy, opened."""

    archive: zipfile.ZipFile

    @property
    def folder(self) -> str:
        """The one folder that everything lies in."""
        (folder,) = {name.partition("/")[0] for name in self.archive.namelist()}
        return folder

    @property
    def names(self) -> list[str]:
        """Every file in the folder."""
        return [name.partition("/")[2] for name in self.archive.namelist()]

    def read(self, name: str) -> bytes:
        """Return what a file holds."""
        return self.archive.read(f"{self.folder}/{name}")

    @property
    def everything(self) -> bytes:
        """What all files hold, one after the other."""
        return b"".join(map(self.read, self.names))

    @classmethod
    def of(cls, content: bytes) -> Copy:
        """Open the bytes of a ZIP file; every checksum in it must hold."""
        archive = zipfile.ZipFile(io.BytesIO(content))
        assert archive.testzip() is None
        return cls(archive)

    def verified(self) -> Copy:
        """Return it, when its lists of contents say what is in it, each path once."""
        assert len(self.names) == len(set(self.names))
        listed = {}
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            listed |= {path: digest for digest, path in (line.split("  ", 1) for line in self.text(name).splitlines())}
        assert listed == {
            name: hashlib.sha256(self.read(name)).hexdigest() for name in self.names if name != "tagmanifest-sha256.txt"
        }
        return self

    def text(self, name: str) -> str:
        """Return a file as text."""
        return self.read(name).decode("utf-8-sig")

    def json(self, name: str) -> Any:
        """Return a file as values."""
        return json.loads(self.read(name))


@pytest.fixture
def fetch(run_jobs) -> Callable[..., Copy]:
    """Ask for a copy in a browser, let the worker build it, and open what is fetched."""

    def take(visitor: Any) -> Copy:
        assert start(visitor).status == 200
        run_jobs()
        answer = visitor.client.get(link_of(visitor))
        assert answer.status_code == 200
        return Copy.of(answer.data)

    return take


def start(visitor: Any) -> Any:
    """Press the button on the privacy page, and remember the address to which that leads: nobody tells it again."""
    page = visitor.submit("/settings/privacy", action="/settings/privacy/export")
    if page.path.endswith("/page"):
        visitor.copy = page.path.removesuffix("/page")
    return page


def link_of(visitor: Any) -> str:
    """Return the address of the copy that this browser has asked for."""
    return str(visitor.copy)


@pytest.fixture
def statements_of(app: Flask) -> Callable[[Callable[[], object]], int]:
    """Count the statements that something costs."""

    def count(act: Callable[[], object]) -> int:
        seen = []

        def note(*args: Any) -> None:
            seen.append(args[2])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count


def traces_of(app: Flask, mark: str) -> dict[str, int]:
    """Return every column of every table that holds the mark, in capitals or not, and every file."""
    found = {}
    with app.app_context(), across("the test looks at every row"):
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                kind = Text if db.engine.dialect.name == "postgresql" else String
                holds = func.lower(cast(column, kind)).contains(mark)
                if rows := db.session.scalar(select(func.count()).select_from(table).where(holds)):
                    found[str(column)] = rows
        folder = storage().folder.parent
    files = [path for path in folder.rglob("*") if path.is_file()]
    return found | {path.name: 1 for path in files if mark.encode() in content(path).lower()}
