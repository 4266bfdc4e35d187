"""Scheduled work: what is due is enqueued once."""

import threading

import pytest

from portal.jobs import worker
from portal.jobs.models import Schedule
from portal.kit import audit, clock
from portal.kit.db import db
from portal.kit.job_kinds import JobKind, job_kinds

pytestmark = pytest.mark.both_databases


def work() -> None:
    """Leave a trace."""
    audit.record("lab.worked")


def test_each_schedule_of_the_portal_can_be_kept(app):
    with app.app_context():
        scheduled = [kind for kind in job_kinds().values() if kind.schedule]
        assert scheduled
        assert all(kind.next_run(clock.now()) > clock.now() for kind in scheduled)


def test_one_that_is_no_schedule_raises():
    with pytest.raises(ValueError):
        JobKind("lab.work", lambda: None, schedule="every hour").next_run(clock.now())


class TestSchedules:
    """What is due is enqueued once, however many workers look, and late runs do not pile up."""

    @pytest.fixture(autouse=True)
    def every_hour(self, no_kinds, kinds):
        """One kind, due at each full hour."""
        kinds("lab.work", work, schedule="0 * * * *")

    def tick(self, app):
        """Look at the schedules once."""
        with app.app_context():
            worker.tick()

    def test_a_new_schedule_waits_for_its_time(self, app, clock, waiting, run_jobs, done):
        self.tick(app)
        assert waiting() == []
        clock.forward(minutes=31)
        self.tick(app)
        self.tick(app)
        assert run_jobs() == 1
        assert done() == ["worked"]

    def test_two_workers_enqueue_once(self, app, clock, waiting):
        self.tick(app)
        clock.forward(minutes=31)
        threads = [threading.Thread(target=self.tick, args=(app,)) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(waiting()) == 1

    def test_two_workers_may_meet_a_new_schedule_together(self, app, unit, waiting):
        gate = threading.Barrier(4)
        failed = []

        def look() -> None:
            gate.wait()
            try:
                self.tick(app)
            except Exception as error:
                failed.append(error)

        threads = [threading.Thread(target=look) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        with unit():
            assert db.session.query(Schedule).count() == 1

    def test_missed_runs_are_one_run(self, app, clock, waiting):
        self.tick(app)
        clock.forward(days=3)
        self.tick(app)
        assert len(waiting()) == 1

    def test_a_run_that_still_waits_is_not_joined_by_another(self, app, clock, waiting):
        self.tick(app)
        for _hour in range(5):
            clock.forward(hours=1)
            self.tick(app)
        assert len(waiting()) == 1
