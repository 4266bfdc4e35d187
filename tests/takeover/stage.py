"""Where stories are played: one that branches goes on where it stood, its database and its clock put back."""

from __future__ import annotations

import copy
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select

from portal.kit import password_strength
from portal.kit.db import Base, db
from portal.kit.renderer import render
from portal.kit.scopes import across
from portal.kit.unit import unit_of_work
from portal.mail import message
from portal.mail import service as mail
from portal.privacy.service import building, pack_builds
from tests.databases import empty_tables, written
from tests.takeover import defences, moves, playing
from tests.takeover.beginning import begin
from tests.takeover.reading import look
from tests.takeover.story import Hands, Story

SETUPS = ("password", "password_and_factor")
Move = Callable[[Hands, Story], bool]


class Stage:
    """A database and a clock that can be put back, and hands to play with."""

    def __init__(self, app: Flask, make_hands: Callable[[Flask, Callable[[timedelta], None]], Hands]) -> None:
        self.hands = make_hands(app, self._wait)
        self._travel: time_machine.travel | None = None

    def _wait(self, length: timedelta) -> None:
        self._go_to(datetime.now(UTC) + length)

    def _go_to(self, now: datetime) -> None:
        self.give_clock_back()
        self._travel = time_machine.travel(now, tick=True)
        self._travel.start()

    def give_clock_back(self) -> None:
        """Let the test's own clock go on."""
        if self._travel:
            self._travel.stop()
        self._travel = None

    def keep(self) -> Callable[[], None]:
        """Return what puts the database and the clock back to how they stand now."""
        now, put_rows_back = datetime.now(UTC), _kept_file() if db.engine.dialect.name == "sqlite" else _kept_rows()

        def put_back() -> None:
            db.session.remove()
            put_rows_back()
            self._go_to(now)

        return put_back


def _kept_file() -> Callable[[], None]:
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    with closing(db.engine.raw_connection()) as connection:
        connection.driver_connection.backup(kept)

    def put_back() -> None:
        with closing(db.engine.raw_connection()) as connection:
            kept.backup(connection.driver_connection)

    return put_back


def _kept_rows() -> Callable[[], None]:
    with unit_of_work(write=False), across("the test looks at every row"):
        names = written()
        tables = [table for table in Base.metadata.sorted_tables if table.name in names]
        kept = {table: [dict(row._mapping) for row in db.session.execute(select(table))] for table in tables}

    def put_back() -> None:
        empty_tables()
        with unit_of_work():
            for table, rows in kept.items():
                db.session.execute(insert(table), rows)

    return put_back


@contextmanager
def set_up(
    app: Flask, make_hands: Callable[[Flask, Callable[[timedelta], None]], Hands], patch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Make a stage with an empty database. What costs time and decides nothing here is left out.

    That is: to sync to the disk, to judge how common a password is, to write out and style an email, and to fill copies.
    """
    patch.setattr(password_strength, "is_common", lambda _password: False)
    patch.setattr(building, "Archive", _Nothing)
    patch.setattr(pack_builds, "PackArchive", _Nothing)
    patch.setattr(message, "INLINER", _Plain)
    patch.setattr(mail, "compose", _only_links)
    with app.app_context():
        empty_tables()
        if db.engine.dialect.name == "sqlite":
            with closing(db.engine.raw_connection()) as connection:
                connection.driver_connection.execute("PRAGMA synchronous=OFF")
        stage = Stage(app, make_hands)
        yield stage
        stage.give_clock_back()


def _only_links(kind: str, **values: object) -> tuple[str, str]:
    html = render(f"mail/{kind}/body.html", **values)
    return "\n".join(re.findall(r'href="([^"]+)"', html)), ""


class _Nothing:
    """In the place of what a copy holds."""

    def __init__(self, *_args: object, **_values: object) -> None:
        self.rows: dict[str, int] = {}
        self.done = self.total = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter((b"",))


class _Plain:
    @staticmethod
    def inline(html: str) -> str:
        return html


def outcome(stage: Stage, story: Story, person_id: uuid.UUID, defence: defences.Defence) -> list[str]:
    """Play a defence to its end; return what is wrong there."""
    try:
        played = playing.defend(stage.hands, story, defence, stops=defences.NOTHING_DONE)
    except AssertionError as error:
        return [str(error)]
    if played.is_unusable:
        # What the next one does from here is played on its own.
        return []
    found = playing.faults_of(stage.hands, story, lambda: look(person_id, since=story.began_at))
    return [f"{' > '.join(played.names)}: {fault}" for fault in found]


def play(stage: Stage, story: Story, person_id: uuid.UUID, done: str) -> list[str]:
    """Play every defence against what has been done; return what is wrong at the ends."""
    put_back, found = stage.keep(), list[str]()
    for defence in defences.DEFENCES:
        found += [f"{done}: {fault}" for fault in outcome(stage, copy.deepcopy(story), person_id, defence)]
        put_back()
    return found


def play_all_after(stage: Stage, first: Move, setup: str, seconds: tuple[Move, ...]) -> list[str]:
    """Play every defence after a move, and after it and each of `seconds`; return what is wrong at the ends.

    Skips the running test when there is nothing of the kind to begin with.
    """
    story, person_id = begin(stage.hands, has_factor=setup == SETUPS[1])
    if not first(stage.hands, story):
        pytest.skip("there is nothing of the kind to begin with")
    found, put_back = play(stage, story, person_id, first.__name__), stage.keep()
    for second in seconds:
        if setup == SETUPS[1] and not {first, second} & moves.ABOUT_THE_FACTOR:
            # Beside a factor that nobody touches, the two moves do what they do without one.
            continue
        branch = copy.deepcopy(story)
        if second(stage.hands, branch):
            found += play(stage, branch, person_id, f"{first.__name__}, {second.__name__}")
        put_back()
    return found
