"""A sample in `make test`, all in full: how many places are tried, how a process is killed, what bears which mark."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.jobs.models import Job
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from tests import databases
from tests.amount import EXAMPLES_IN_FULL, SAMPLE, SAMPLED_EXAMPLES, Kill, places


@given(st.integers(1, 500))
def test_a_sample_is_small_and_holds_both_ends(statements):
    sample = places(statements, in_full=False)
    assert len(sample) <= SAMPLE
    assert (sample[0], sample[-1]) == (1, statements)
    assert sample == sorted(set(sample))


@given(st.integers(1, 500))
def test_in_full_every_statement_is_a_place(statements):
    assert places(statements, in_full=True) == [*range(1, statements + 1)]


def test_every_test_that_draws_examples_is_a_property_and_no_other_is(request):
    drawing = {item.name for item in request.session.items if getattr(item.obj, "is_hypothesis_test", False)}
    assert drawing == {item.name for item in request.session.items if item.get_closest_marker("property")}


def test_a_property_draws_fewer_examples_than_in_full(request):
    in_full = request.config.getoption("in_full")
    assert settings.default.max_examples == (EXAMPLES_IN_FULL if in_full else SAMPLED_EXAMPLES)
    assert SAMPLED_EXAMPLES < EXAMPLES_IN_FULL


@pytest.fixture
def two_units(app):
    """Write two rows in two units: an INSERT and a COMMIT each."""

    def write():
        with app.app_context():
            for kind in ("lab.first", "lab.second"):
                with unit_of_work():
                    db.session.add(Job(kind=kind, payload={}))

    return write


@pytest.mark.both_databases
class TestKill:
    """A process of its own that dies at a statement, as nobody can catch it."""

    def test_what_was_committed_stays_and_what_was_not_is_gone(self, app, two_units):
        left = []
        for place in range(1, 9):
            with app.app_context():
                databases.empty_tables()
            died = Kill(app, place, statements=place + 1).while_doing(two_units)
            with app.app_context():
                left.append(sorted(db.session.scalars(select(Job.kind))))
            if not died:
                break
        assert left == [[], [], ["lab.first"], ["lab.first"], ["lab.first", "lab.second"]]

    def test_its_own_failure_is_no_death(self, app, capfd):
        with pytest.raises(AssertionError, match="failed by itself"):
            Kill(app, 9, statements=9).while_doing(lambda: 1 / 0)
        assert "ZeroDivisionError" in capfd.readouterr().err

    def test_a_mark_that_says_too_many_statements_or_too_few_fails(self, app, two_units):
        with pytest.raises(AssertionError, match="lower the mark's number"):
            Kill(app, 20, statements=60).while_doing(two_units)
        with pytest.raises(AssertionError, match="raise the mark's number"):
            Kill(app, 2, statements=2).while_doing(two_units)
