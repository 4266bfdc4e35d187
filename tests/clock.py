"""One clock for each test: for every fixture, whichever comes first, for files, and for the processes that a test starts.

A pytest plug-in (`pytest_plugins = ["tests.clock"]` in conftest.py). Every test begins at half past nine (UTC) of the
day that is next to see it, and time runs on from there; `clock.forward(days=15)` lets it pass. The day is the
machine's, so that the suite meets each day of the calendar; the hour is always the same, so that no test depends on
when it is run and none sees midnight by chance. It is set before the first fixture of a test, whatever its scope.

A process that a test starts is given the same clock by `for_a_process()`, as it stands at that moment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine

BEGINNING = time(9, 30, tzinfo=UTC)
FOLDER_OF_SITECUSTOMIZE = Path(__file__).parent / "process_clock"


class Clock:
    """The present instant, in the test's hands."""

    def __init__(self, traveller: time_machine.Coordinates, *, ahead: timedelta) -> None:
        self._traveller = traveller
        self.ahead = ahead
        """How far the test is ahead of the machine."""

    def forward(self, **length: float) -> None:
        """Let time pass: `clock.forward(days=15)`."""
        self._traveller.shift(timedelta(**length))
        self.ahead += timedelta(**length)

    def day(self, **length: float) -> str:
        """Return the day that lies so far ahead, as an English page writes it: "7 December 2026"."""
        day = datetime.now(UTC) + timedelta(**length)
        return f"{day.day} {day:%B %Y}"


STANDS = pytest.StashKey[Clock]()
_current: list[Clock] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Set the clock around a test with all of its fixtures."""
    now = datetime.now(UTC)
    begins = datetime.combine(now.date(), BEGINNING)
    if begins < now:
        begins += timedelta(days=1)
    with time_machine.travel(begins, tick=True) as traveller:
        clock = item.stash[STANDS] = Clock(traveller, ahead=begins - now)
        _current.append(clock)
        try:
            return (yield)
        finally:
            _current.remove(clock)


def for_a_process(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment with which a Python process stands at the test's clock of this moment."""
    path = os.pathsep.join(filter(None, (str(FOLDER_OF_SITECUSTOMIZE), environment.get("PYTHONPATH", ""))))
    return {**environment, "PYTHONPATH": path, "TEST_CLOCK_AHEAD": str(_current[-1].ahead.total_seconds())}


def for_a_server(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment of somebody else's server. Where libfaketime moves the machine's clock, it keeps the real one:

    a server that brings an allocator of its own (Redis) does not start under that library.
    """
    return {name: value for name, value in environment.items() if name != "LD_PRELOAD"}


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """The test's clock, to let time pass with. It stands where it stands whether or not a test asks for it."""
    return request.node.stash[STANDS]
