"""One clock for each test: fixtures of every scope, files and processes stand at it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.kit import clock as portal_clock
from portal.kit.files import storage
from tests.clock import BEGINNING
from tests.kit.processes import environment, python

A_TEST_LASTS_AT_MOST = timedelta(minutes=10)


@pytest.fixture(scope="class")
def made_before():
    """An instant that is read before any fixture of a test."""
    return portal_clock.now()


class TestBeginning:
    """Alone in its class, so that the fixture of the class is made for this very test."""

    def test_a_fixture_of_any_scope_that_comes_first_stands_at_the_clock(self, made_before, clock):
        assert timedelta() <= portal_clock.now() - made_before < A_TEST_LASTS_AT_MOST


def test_a_test_begins_at_half_past_nine_of_the_day_that_is_next_to_see_it(clock):
    begun = datetime.combine(portal_clock.today(), BEGINNING)
    real = datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC)
    assert timedelta() <= portal_clock.now() - begun < A_TEST_LASTS_AT_MOST
    assert timedelta() <= portal_clock.now() - real <= timedelta(days=1)


def test_a_file_ages_by_the_clock(unit, clock):
    def lost() -> list[str]:
        with unit():
            return list(storage().keys("export", older_than=timedelta(hours=1)))

    clock.forward(days=5)
    with unit():
        key = storage().store("export", [b"x"])
    assert lost() == []
    clock.forward(hours=1, seconds=1)
    assert lost() == [key]


def test_a_process_that_a_test_starts_stands_at_its_clock(tmp_path, clock):
    clock.forward(days=40)
    said = python("from portal.kit import clock; print(clock.now().isoformat())", env=environment(tmp_path, "sqlite://"))
    assert abs(datetime.fromisoformat(said.strip()) - portal_clock.now()) < A_TEST_LASTS_AT_MOST
