"""A clock that was put forward or back for a while: what it has dated is put right, and nothing waits for years."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.jobs import service as jobs
from portal.jobs import worker
from portal.jobs.models import Job, Schedule
from portal.kit import audit
from portal.kit import clock as kit_clock
from portal.kit.checks import state
from portal.kit.db import db

pytestmark = pytest.mark.both_databases

YEAR_AND_MORE = {"days": 400}


def work() -> None:
    """Leave a trace."""
    audit.record("lab.worked")


@pytest.fixture
def back(clock):
    """Put the clock back: `back(days=400)`."""
    return lambda **length: clock.forward(**{unit: -each for unit, each in length.items()})


class TestSchedules:
    """Due each full hour, whatever the clock has said meanwhile."""

    @pytest.fixture(autouse=True)
    def every_hour(self, no_kinds, kinds):
        """One kind, due at each full hour."""
        kinds("lab.work", work, schedule="0 * * * *")

    def next_at(self, app):
        """When the kind is due next."""
        with app.app_context():
            return db.session.scalar(select(Schedule.next_at).where(Schedule.name == "lab.work"))

    def test_after_a_jump_forward_and_back_it_runs_with_the_next_hour(self, app, tick, clock, back, run_jobs, done):
        tick()
        clock.forward(**YEAR_AND_MORE)
        tick()
        run_jobs()
        back(**YEAR_AND_MORE)
        tick()
        assert self.next_at(app) <= kit_clock.now() + timedelta(hours=1)
        before = len(done())
        clock.forward(hours=1)
        tick()
        run_jobs()
        assert len(done()) == before + 1

    def test_one_that_was_first_noted_by_a_clock_ahead_is_put_right_too(self, app, tick, clock, back, run_jobs, done):
        clock.forward(**YEAR_AND_MORE)
        tick()
        back(**YEAR_AND_MORE)
        tick()
        assert run_jobs() == 0
        clock.forward(hours=1)
        tick()
        run_jobs()
        assert done() == ["worked"]

    def test_a_clock_put_back_by_half_an_hour_runs_nothing_at_once(self, tick, clock, back, run_jobs, done):
        tick()
        clock.forward(hours=1)
        tick()
        run_jobs()
        back(minutes=50)
        tick()
        assert run_jobs() == 0
        assert done() == ["worked"]

    def test_clocks_that_differ_by_seconds_run_it_once(self, tick, clock, back, run_jobs, done):
        tick()
        clock.forward(minutes=30, seconds=2)
        tick()
        run_jobs()
        back(seconds=5)
        tick()
        clock.forward(seconds=5)
        tick()
        assert run_jobs() == 0
        assert done() == ["worked"]

    def test_a_worker_whose_clock_is_an_hour_behind_does_not_have_the_others_run_it_again_and_again(
        self, tick, clock, back, run_jobs, done
    ):
        tick()
        clock.forward(hours=1)
        for _look in range(5):
            tick()
            run_jobs()
            back(hours=1)
            tick()
            clock.forward(hours=1, seconds=15)
        assert done() == ["worked"]

    def test_a_clock_that_began_in_1970_costs_nothing(self, app, tick, clock, back, run_jobs, done):
        tick()
        back(days=365 * 50)
        tick()
        assert run_jobs() == 0
        clock.forward(days=365 * 50)
        tick()
        assert run_jobs() == 1
        assert self.next_at(app) > kit_clock.now()


class TestJobs:
    """A job that was enqueued, leased or put off while the clock was ahead comes back."""

    def enqueue(self, unit, **options):
        """Enqueue the job."""
        with unit():
            jobs.enqueue("lab.work", **options)

    def test_one_enqueued_by_a_clock_ahead_runs(self, kinds, unit, clock, back, tick, run_jobs, done):
        kinds("lab.work", work)
        clock.forward(**YEAR_AND_MORE)
        self.enqueue(unit)
        back(**YEAR_AND_MORE)
        tick()
        run_jobs()
        assert done() == ["worked"]

    def test_one_for_later_waits_as_long_as_was_asked(self, kinds, unit, clock, back, tick, run_jobs, done):
        kinds("lab.work", work)
        clock.forward(**YEAR_AND_MORE)
        self.enqueue(unit, not_before=kit_clock.now() + timedelta(days=2))
        back(**YEAR_AND_MORE)
        tick()
        clock.forward(days=1, hours=23)
        tick()
        run_jobs()
        assert done() == []
        clock.forward(hours=2)
        run_jobs()
        assert done() == ["worked"]

    def test_one_for_later_that_a_right_clock_dated_is_left_alone(self, kinds, unit, clock, tick, run_jobs, waiting):
        kinds("lab.work", work)
        self.enqueue(unit, not_before=kit_clock.now() + timedelta(days=400))
        (before,) = waiting()
        tick()
        run_jobs()
        (after,) = waiting()
        assert after.run_at == before.run_at

    def test_one_that_failed_while_the_clock_was_ahead_is_tried_again(self, kinds, unit, clock, back, tick, run_jobs, done):
        tries = []

        def fails_once() -> None:
            tries.append(1)
            if len(tries) == 1:
                raise RuntimeError
            work()

        kinds("lab.work", fails_once)
        self.enqueue(unit)
        clock.forward(**YEAR_AND_MORE)
        run_jobs()
        back(**YEAR_AND_MORE)
        tick()
        run_jobs()
        assert done() == ["worked"]

    def test_the_longest_wait_of_a_failed_one_is_kept(self, kinds, unit, clock, tick, run_jobs, waiting):
        kinds("lab.work", lambda: 1 / 0, tries=40)
        self.enqueue(unit)
        with unit():
            db.session.execute(update(Job).values(attempts=30))
        run_jobs()
        (before,) = waiting()
        tick()
        (after,) = waiting()
        assert after.run_at == before.run_at > kit_clock.now() + timedelta(hours=5)

    def test_a_lease_that_a_clock_ahead_has_given_ends(self, app, kinds, unit, clock, back, run_jobs, done):
        kinds("lab.work", work)
        self.enqueue(unit)
        clock.forward(**YEAR_AND_MORE)
        with app.app_context():
            assert worker._lease()
        back(**YEAR_AND_MORE)
        assert run_jobs() == 1
        assert done() == ["worked"]


class TestLastRun:
    """Whether work is done in time is read off from when it last ran, never from when it is due."""

    GRACE = timedelta(hours=3)

    @pytest.fixture(autouse=True)
    def every_hour(self, no_kinds, kinds):
        """One kind, due at each full hour."""
        kinds("lab.work", work, schedule="0 * * * *")

    def fault(self, app):
        """What is wrong with its last run."""
        with app.app_context():
            return jobs.find_run_fault("lab.work", grace=self.GRACE)

    def test_what_runs_each_hour_has_no_fault(self, app, tick, clock, run_jobs):
        assert self.fault(app) is None
        for _hour in range(5):
            tick()
            run_jobs()
            assert self.fault(app) is None
            clock.forward(hours=1)

    def test_what_is_enqueued_and_never_done_is_found(self, app, tick, clock):
        for _hour in range(6):
            tick()
            clock.forward(hours=1)
        assert self.fault(app) == state("never_ran", job="lab.work")

    def test_what_ran_once_and_then_no_more_is_found(self, app, tick, clock, run_jobs):
        for _hour in range(2):
            tick()
            clock.forward(hours=1)
        run_jobs()
        clock.forward(hours=5)
        assert self.fault(app).code == "last_ran"

    def test_a_date_to_come_says_nothing_whatever_is_due_next(self, app, tick, clock, back, run_jobs):
        tick()
        clock.forward(**YEAR_AND_MORE)
        tick()
        run_jobs()
        back(**YEAR_AND_MORE)
        assert self.fault(app) == state("clock_ahead", job="lab.work")
        tick()
        clock.forward(hours=1)
        tick()
        run_jobs()
        assert self.fault(app) is None

    def test_one_that_was_first_noted_by_a_clock_ahead_is_found(self, app, tick, clock, back):
        clock.forward(**YEAR_AND_MORE)
        tick()
        back(**YEAR_AND_MORE)
        assert self.fault(app) == state("clock_ahead", job="lab.work")
