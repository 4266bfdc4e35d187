"""How much of what has no end is run: a fixed sample in `make test`, all that there is time for with `--in-full`.

A pytest plug-in (`pytest_plugins = ["tests.amount"]`). Two kinds of tests have no natural end:

- `sweep`: a journey is killed at each of its statements, a process at a time. `@pytest.mark.sweep(statements=90)` says
  how many statements there are at most; the test takes `kill` and is run once for each place.
- `property`: Hypothesis looks for an example that breaks a sentence. Every test with `@given` bears the mark by itself.
  The sample is the same on every day and machine; in full, new examples are drawn each time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, event, text

from portal.kit.db import Mode, db, opened_for

SAMPLE = 6
"""How many places of a sweep `make test` tries."""
SAMPLED_EXAMPLES, EXAMPLES_IN_FULL = 50, 2_000
# Speed is no property: a slow machine draws as many examples. And a fixture may serve them all.
NO_HURRY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

settings.register_profile(
    "sample", max_examples=SAMPLED_EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=NO_HURRY
)
settings.register_profile("in full", max_examples=EXAMPLES_IN_FULL, deadline=None, suppress_health_check=NO_HURRY)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know `--in-full`."""
    parser.addoption("--in-full", action="store_true", help="kill at every statement, draw many more examples")


def pytest_configure(config: pytest.Config) -> None:
    """Say how many examples there are, before a module with a property is read."""
    settings.load_profile("in full" if config.getoption("in_full") else "sample")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each property: `-m property` runs them alone."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")


def places(statements: int, *, in_full: bool) -> list[int]:
    """Return the places of a sweep, from 1: all of them, or a sample that is spread evenly and holds both ends."""
    if in_full or statements <= SAMPLE:
        return list(range(1, statements + 1))
    return [1 + at * (statements - 1) // (SAMPLE - 1) for at in range(SAMPLE)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a sweep once for each place at which it is killed."""
    mark = metafunc.definition.get_closest_marker("sweep")
    if mark is not None:
        found = places(mark.kwargs["statements"], in_full=metafunc.config.getoption("in_full"))
        metafunc.parametrize("place", found)


class Kill:
    """A process that dies at one of its statements, by SIGKILL: nothing of it runs after that."""

    def __init__(self, app: Flask, place: int, statements: int) -> None:
        self.app, self.place, self.statements = app, place, statements

    def while_doing(self, act: Callable[[], object]) -> bool:
        """Do something in a process of its own that dies before its statement `place`; return whether it died.

        A COMMIT is a statement too, a BEGIN is not: it changes nothing, and not every database is sent one. Fails when the
        act itself does, when it has less than a third of the statements that the mark says, and when it has more.
        """
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        child = os.fork()
        if child == 0:
            os._exit(self._do(act))
        _pid, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert died or os.waitstatus_to_exitcode(status) == 0, "the act failed by itself: see what it printed"
        assert died or self.place > self.statements // 3, "it has not a third of the statements: lower the mark's number"
        assert not died or self.place < self.statements, "it has more statements: raise the mark's number"
        if died:
            self._wait_until_it_is_gone()
        return died

    def _do(self, act: Callable[[], object]) -> int:
        try:
            with dying(self.place):
                act()
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            return 1
        return 0

    def _wait_until_it_is_gone(self) -> None:
        """Wait for PostgreSQL to see that the process is gone and to roll its transaction back."""
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND state <> 'idle'"
        )
        with self.app.app_context():
            if db.engine.dialect.name == "postgresql":
                end = time.monotonic() + 30
                with opened_for(Mode.READING), db.engine.connect() as connection:
                    while connection.scalar(others):
                        assert time.monotonic() < end, "the killed process still holds its transaction"
                        time.sleep(0.01)


@contextmanager
def dying(place: int) -> Iterator[None]:
    """Kill this process just before it sends its statement `place`, counted from 1 over all connections."""
    sent = 0

    def count(_connection: object, _cursor: object = None, statement: str = "COMMIT", *_rest: Any) -> None:
        nonlocal sent
        if statement.startswith("BEGIN"):
            return
        sent += 1
        if sent == place:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)
        event.remove(Engine, "commit", count)


@pytest.fixture
def kill(app: Flask, place: int, request: pytest.FixtureRequest) -> Kill:
    """The death of a process at one of its statements, of which the mark `sweep` says how many there are at most."""
    mark = request.node.get_closest_marker("sweep")
    return Kill(app, place, mark.kwargs["statements"])
