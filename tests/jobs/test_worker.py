"""Background work: done once, with its effects, or not at all and again later."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from portal.jobs import service as jobs
from portal.jobs import worker
from portal.jobs.models import Job, JobState
from portal.jobs.service import LeaseLost
from portal.kit import audit, clock
from portal.kit.actor import System
from portal.kit.db import db, writing
from portal.kit.unit import current_unit, unit_of_work

pytestmark = pytest.mark.both_databases


def enqueue(unit, kind, **payload):
    """Enqueue a job in a unit of its own."""
    with unit():
        return jobs.enqueue(kind, **payload)


def work() -> None:
    """Leave a trace."""
    audit.record("lab.worked")


class TestEnqueueing:
    """A job exists once its transaction has committed, and is plain."""

    def test_a_job_of_a_unit_that_rolled_back_never_runs(self, unit, kinds, run_jobs, done, waiting):
        kinds("lab.work", work)
        with pytest.raises(ZeroDivisionError), unit():
            jobs.enqueue("lab.work")
            raise ZeroDivisionError
        assert waiting() == []
        assert run_jobs() == 0
        assert done() == []

    def test_a_job_runs_with_its_payload_and_is_gone(self, unit, kinds, run_jobs, waiting):
        seen = []
        kinds("lab.work", lambda **payload: seen.append(payload))
        enqueue(unit, "lab.work", a="x", b=1, c=None, d=True)
        assert run_jobs() == 1
        assert seen == [{"a": "x", "b": 1, "c": None, "d": True}]
        assert waiting() == []

    @pytest.mark.parametrize("slow", [False, True])
    def test_a_job_acts_as_itself(self, unit, kinds, run_jobs, slow):
        seen = []

        def note():
            seen.append(current_unit().actor)
            return note_end if slow else None

        def note_end():
            seen.append(current_unit().actor)

        kinds("lab.work", note, slow=slow)
        enqueue(unit, "lab.work")
        run_jobs()
        assert set(seen) == {System("lab.work")}
        assert len(seen) == 1 + slow

    def test_an_unknown_kind_and_an_object_are_refused_at_once(self, unit, kinds):
        kinds("lab.work", work)
        with pytest.raises(KeyError), unit():
            jobs.enqueue("lab.unheard_of")
        with pytest.raises(ValueError), unit():
            jobs.enqueue("lab.work", thing=uuid.uuid4())

    def test_a_job_for_later_waits(self, unit, kinds, run_jobs, clock, done):
        kinds("lab.work", work)
        enqueue(unit, "lab.work", not_before=worker.clock.now() + timedelta(hours=1))
        assert run_jobs() == 0
        clock.forward(hours=1, seconds=1)
        assert run_jobs() == 1
        assert done() == ["worked"]


class TestFailing:
    """What a failed job did is undone; it comes back later, and not for ever."""

    def test_effects_and_end_are_one_transaction(self, unit, kinds, run_jobs, clock, done):
        tries = []

        def fails_once() -> None:
            audit.record("lab.worked")
            tries.append(1)
            if len(tries) == 1:
                raise RuntimeError("ada@example.com")

        kinds("lab.work", fails_once)
        enqueue(unit, "lab.work")
        run_jobs()
        assert done() == []
        clock.forward(minutes=1)
        run_jobs()
        assert done() == ["worked"]

    def test_a_failure_in_the_closing_part_undoes_it_and_the_job_runs_again(self, unit, kinds, run_jobs, clock, done):
        tries = []

        def close() -> None:
            audit.record("lab.closed")
            if len(tries) == 1:
                raise RuntimeError

        def slow():
            tries.append(1)
            return close

        kinds("lab.work", slow, slow=True)
        enqueue(unit, "lab.work")
        run_jobs()
        assert done() == []
        clock.forward(minutes=1)
        run_jobs()
        assert (len(tries), done()) == (2, ["closed"])

    def test_it_waits_longer_each_time_then_is_given_up_and_counted(self, app, unit, kinds, run_jobs, clock, waiting):
        kinds("lab.work", lambda: 1 / 0, tries=4)
        enqueue(unit, "lab.work")
        waits = []
        for _each in range(4):
            run_jobs()
            (job,) = waiting()
            waits.append((job.run_at - worker.clock.now()).total_seconds())
            clock.forward(days=1)
        assert waits == sorted(waits)
        assert 8 < waits[0] < 12
        assert 60 < waits[3] < 100
        assert (job.state, job.error, job.attempts) == (JobState.FAILED, "ZeroDivisionError", 4)
        assert run_jobs() == 0
        with app.app_context():
            assert jobs.count_failed() == 1

    def test_no_wait_is_longer_than_six_hours(self):
        assert max(worker.backoff(attempt) for attempt in range(1, 100)) <= timedelta(hours=6.7)
        assert min(worker.backoff(attempt) for attempt in range(1, 100)) >= timedelta(seconds=9)

    def test_the_words_of_an_error_are_kept_nowhere(self, unit, kinds, run_jobs, waiting, capsys):
        def fail() -> None:
            raise RuntimeError("ada@example.com")

        kinds("lab.work", fail)
        enqueue(unit, "lab.work")
        run_jobs()
        (job,) = waiting()
        assert "ada@" not in str(vars(job))
        assert "ada@example.com" not in capsys.readouterr().out

    def test_a_kind_that_this_worker_does_not_know_waits_and_holds_nobody_up(self, unit, kinds, run_jobs, done, waiting):
        kinds("lab.work", work)
        enqueue(unit, "lab.work")
        with unit():
            db.session.execute(update(Job).values(kind="lab.of_a_newer_version"))
        enqueue(unit, "lab.work")
        assert run_jobs() == 2
        assert done() == ["worked"]
        (job,) = waiting()
        assert (job.state, job.error) == (JobState.WAITING, "KeyError")
        assert job.run_at > clock.now()

    def test_a_slow_job_that_writes_before_its_closing_part_is_a_mistake(self, unit, kinds, run_jobs, done):
        kinds("lab.work", work, slow=True)
        enqueue(unit, "lab.work")
        run_jobs()
        assert done() == []


class TestLeases:
    """One worker at a time; a dead one's job comes back."""

    def lease(self, app):
        """Take the next job as a worker would that dies right after."""
        with app.app_context():
            return worker._lease()

    def test_a_leased_job_is_nobody_elses_until_its_lease_ends(self, app, unit, kinds, run_jobs, clock, done):
        kinds("lab.work", work)
        enqueue(unit, "lab.work")
        assert self.lease(app)
        assert run_jobs() == 0
        clock.forward(minutes=2, seconds=1)
        assert run_jobs() == 1
        assert done() == ["worked"]

    def test_a_worker_that_lost_its_lease_undoes_what_it_did(self, app, unit, kinds, clock, done, waiting):
        kinds("lab.work", work)
        enqueue(unit, "lab.work")
        first = self.lease(app)
        clock.forward(minutes=3)
        assert self.lease(app)
        with app.app_context(), pytest.raises(LeaseLost):
            worker._run(first)
        assert done() == []
        assert len(waiting()) == 1

    def test_a_worker_that_lost_its_lease_does_not_put_back_what_another_holds(self, app, unit, kinds, clock, waiting):
        kinds("lab.work", work)
        enqueue(unit, "lab.work")
        first = self.lease(app)
        clock.forward(minutes=3)
        second = self.lease(app)
        with app.app_context():
            worker._put_back(first, LeaseLost())
        (job,) = waiting()
        assert job.lease == second.lease

    def test_a_job_that_kills_its_worker_each_time_is_given_up(self, app, unit, kinds, clock, waiting, run_jobs):
        kinds("lab.work", work, tries=3)
        enqueue(unit, "lab.work")
        for _each in range(3):
            assert self.lease(app)
            clock.forward(minutes=3)
        assert run_jobs() == 0
        (job,) = waiting()
        assert (job.state, job.error) == (JobState.FAILED, "WorkerDied")

    def test_telling_progress_keeps_the_lease_and_is_seen_at_once(self, app, unit, kinds, run_jobs, clock):
        seen = []

        def slow() -> None:
            for step in range(4):
                jobs.progress(step, 4)
                clock.forward(minutes=1, seconds=30)
                with app.app_context():
                    seen.append((jobs.find_progress(job_id), worker._lease()))

        kinds("lab.work", slow, slow=True)
        job_id = enqueue(unit, "lab.work")
        run_jobs()
        assert seen == [((step, 4), None) for step in range(4)]

    def test_telling_progress_after_losing_the_lease_stops_the_job(self, app, unit, kinds, run_jobs, clock, done):
        def slow() -> None:
            clock.forward(minutes=3)
            with app.app_context():
                worker._lease()
            jobs.progress(1, 2)
            raise AssertionError("it went on")

        kinds("lab.work", slow, slow=True)
        enqueue(unit, "lab.work")
        run_jobs()
        assert done() == []

    def test_only_a_slow_job_tells_progress(self, unit, kinds, run_jobs, waiting):
        """A plain one holds a transaction: on SQLite it would wait for itself."""
        kinds("lab.work", lambda: jobs.progress(1, 2))
        enqueue(unit, "lab.work")
        began = time.monotonic()
        run_jobs()
        assert time.monotonic() - began < 10
        assert waiting()[0].error == "RuntimeError"

    def test_outside_of_a_job_progress_is_nothing(self, app):
        with app.app_context():
            jobs.progress(1, 2)

    def test_four_workers_run_each_of_forty_jobs_once(self, app, unit, kinds, done):
        kinds("lab.work", work)
        with unit():
            for _each in range(40):
                jobs.enqueue("lab.work")
        ran = []

        def drain() -> None:
            with app.app_context():
                ran.append(worker.drain())

        threads = [threading.Thread(target=drain) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(ran) == 40
        assert done() == ["worked"] * 40


class TestLoop:
    """The worker's own loop."""

    def run(self, app, seconds: float) -> None:
        """Work for a while in a thread of its own, then stop."""
        stop = threading.Event()
        thread = threading.Thread(target=worker.work, args=(app, stop))
        thread.start()
        time.sleep(seconds)
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()

    def test_it_works_and_stops_when_told(self, app, unit, kinds, done):
        kinds("lab.work", work)
        enqueue(unit, "lab.work")
        self.run(app, 1.5)
        assert done() == ["worked"]

    def test_a_database_that_is_away_for_a_while_is_waited_for(self, app, unit, kinds, done, monkeypatch):
        kinds("lab.work", work)
        enqueue(unit, "lab.work")
        real, away = worker.run_next, [True]

        def flaky() -> bool:
            if away.pop() if away else False:
                raise OperationalError("SELECT 1", {}, Exception("away"))
            return real()

        monkeypatch.setattr(worker, "run_next", flaky)
        monkeypatch.setattr(worker, "STUMBLE_SECONDS", 0.1)
        self.run(app, 2)
        assert done() == ["worked"]

    def test_one_can_see_how_long_work_has_been_waiting(self, app, unit, kinds, clock):
        kinds("lab.work", work)
        with app.app_context():
            assert jobs.oldest_wait() == timedelta()
        enqueue(unit, "lab.work")
        clock.forward(minutes=10)
        with app.app_context():
            assert timedelta(minutes=10) <= jobs.oldest_wait() < timedelta(minutes=11)


def test_a_lease_is_taken_beside_a_row_that_somebody_else_has_locked(app, unit, kinds):
    """PostgreSQL skips it; SQLite has one writer, who is waited for."""
    kinds("lab.work", work)
    enqueue(unit, "lab.work")
    enqueue(unit, "lab.work")
    if db_is_sqlite(app):
        pytest.skip("SQLite locks no rows")
    with app.app_context(), writing(), db.engine.begin() as connection:
        connection.execute(delete(Job).where(Job.id == _oldest(app)))
        with app.app_context():
            assert worker._lease() is not None


def db_is_sqlite(app) -> bool:
    """Tell the kind of database."""
    with app.app_context():
        return db.engine.dialect.name == "sqlite"


def _oldest(app) -> uuid.UUID:
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalar(worker._due().with_only_columns(Job.id))
