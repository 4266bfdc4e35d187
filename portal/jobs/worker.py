"""The worker: lease a job, run it, end it in the same transaction as its effects."""

import random
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from portal.jobs.models import Job, JobState, Schedule
from portal.jobs.service import LEASE, LeaseLost, Running, enqueue, running
from portal.kit import clock
from portal.kit.actor import Role, System
from portal.kit.db import db
from portal.kit.job_kinds import TRIES, JobKind, job_kinds
from portal.kit.running import App
from portal.kit.unit import acting_as, has_written, unit_of_work

log = structlog.get_logger()
IDLE_SECONDS = 0.2
"""How often somebody waits for it: a look is one statement, which finds nothing by an index."""
STUMBLE_SECONDS = 5
TICK_SECONDS = 15
LONGEST_BACKOFF = timedelta(hours=6)
SPREAD = 0.1
"""By which part the waits of failed jobs differ, so that they do not come back all at once."""
AT_ONCE = 500
"""How many jobs are put right in one transaction."""


@dataclass(frozen=True)
class Leased:
    """A job in our hands."""

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    lease: uuid.UUID
    cursor: str | None

    @property
    def is_slow(self) -> bool:
        """Whether it works outside of a write transaction."""
        kind = job_kinds().get(self.kind)
        return kind is not None and kind.slow

    @property
    def role(self) -> Role | None:
        """The role of staff whose work it does, if it does."""
        kind = job_kinds().get(self.kind)
        return kind.role if kind else None

    @property
    def tries(self) -> int:
        """How often it is tried. A kind that this worker does not know may be known to a newer one."""
        kind = job_kinds().get(self.kind)
        return kind.tries if kind else TRIES


def work(app: App, stop: threading.Event) -> None:
    """Run jobs until `stop` is set. A database that is away for a while is waited for."""
    # The machine's own time, and not that of the day, which may be put forward and back.
    next_tick = time.monotonic()
    while not stop.is_set():
        try:
            with app.app_context():
                if time.monotonic() >= next_tick:
                    tick()
                    next_tick = time.monotonic() + TICK_SECONDS
                busy = run_next()
        except Exception:
            log.exception("worker.stumbled")
            busy = False
            stop.wait(STUMBLE_SECONDS)
        if not busy:
            stop.wait(IDLE_SECONDS)


def tick() -> None:
    """Enqueue every scheduled job that is due, once, however many workers tick; put right what a wrong clock has dated."""
    _put_right_waiting()
    with unit_of_work(write=False):
        known = {row.name: row for row in db.session.execute(select(Schedule.name, Schedule.next_at, Schedule.ran_at))}
    for kind in job_kinds().values():
        noted = known.get(kind.name)
        if kind.schedule is None or (noted and clock.now() < noted.next_at <= kind.next_run(clock.latest())):
            continue
        try:
            with unit_of_work():
                if noted is None:
                    db.session.add(Schedule(name=kind.name, next_at=kind.next_run(clock.now())))
                else:
                    _move_on(kind, noted.next_at, noted.ran_at)
        except IntegrityError:
            # Another worker was the first to note this schedule.
            continue


def _move_on(kind: JobKind, due_at: datetime, ran_at: datetime | None) -> None:
    now = clock.now()
    ours = update(Schedule).where(Schedule.name == kind.name, Schedule.next_at == due_at)
    moved_on = db.affected(ours.values(next_at=kind.next_run(now))) == 1
    if due_at > now:
        # Noted while a clock was ahead: it would not be due before that day comes.
        log.warning("worker.schedule_put_right", kind=kind.name)
        return
    # A worker whose clock is behind must not have the others run it again and again.
    ran_since = ran_at is not None and ran_at <= clock.latest() and kind.next_run(ran_at) > now
    still_waiting = db.session.scalar(select(Job.id).where(Job.kind == kind.name, Job.state == JobState.WAITING).limit(1))
    if moved_on and still_waiting is None and not ran_since:
        enqueue(kind.name)


def _put_right_waiting() -> None:
    """Bring back jobs that a wrong clock put off: new ones dated ahead, failed ones that would wait too long."""
    put_off = Job.run_at > clock.now() + LONGEST_BACKOFF * (1 + SPREAD) + clock.SKEW
    wrong = select(Job).where(
        Job.state == JobState.WAITING,
        Job.run_at > clock.latest(),
        or_(Job.created_at > clock.latest(), and_(Job.attempts > 0, put_off)),
    )
    with unit_of_work(write=False):
        if db.session.scalar(wrong.with_only_columns(Job.id).limit(1)) is None:
            return
    with unit_of_work():
        now = clock.now()
        for job in db.session.scalars(wrong.limit(AT_ONCE).with_for_update(skip_locked=True)):
            asked_delay = max(job.run_at - job.created_at, timedelta()) if job.attempts == 0 else timedelta()
            job.created_at, job.run_at = min(job.created_at, now), now + asked_delay
            log.warning("worker.job_put_right", kind=job.kind, job=str(job.id))


def run_next() -> bool:
    """Lease and run one due job; return whether there was one."""
    leased = _lease()
    if leased is None:
        return False
    token = running.set(Running(leased.id, leased.lease, leased.is_slow, leased.cursor))
    try:
        with acting_as(System(leased.kind, leased.role)):
            _run(leased)
    except LeaseLost:
        log.warning("job.taken_or_cancelled", kind=leased.kind, job=str(leased.id))
    except Exception as error:
        log.exception("job.failed", kind=leased.kind, job=str(leased.id), attempt=leased.attempts)
        _put_back(leased, error)
    finally:
        running.reset(token)
        db.session.remove()
    return True


def _due() -> Any:
    now = clock.now()
    # No lease is longer: one that ends later was taken while a clock was ahead.
    ended = or_(Job.leased_until < now, Job.leased_until > clock.latest() + LEASE)
    return (
        select(Job)
        .where(Job.state == JobState.WAITING, Job.run_at <= now, or_(Job.leased_until.is_(None), ended))
        .order_by(Job.run_at)
        .limit(1)
    )


def _lease() -> Leased | None:
    with unit_of_work(write=False):
        if db.session.scalar(_due().with_only_columns(Job.id)) is None:
            return None
    with unit_of_work():
        job = db.session.scalar(_due().with_for_update(skip_locked=True))
        if job is None:
            return None
        job.lease = uuid.uuid4()
        job.leased_until = clock.now() + LEASE
        job.attempts += 1
        leased = Leased(job.id, job.kind, job.payload, job.attempts, job.lease, job.cursor)
        if job.attempts > leased.tries:
            # Its worker died of it each time, so nobody lived to say that it failed.
            job.state, job.error, job.lease, job.leased_until = JobState.FAILED, "WorkerDied", None, None
            log.error("job.given_up", kind=job.kind, job=str(job.id))
            return None
        return leased


def _run(leased: Leased) -> None:
    kind = job_kinds()[leased.kind]
    finish = None
    if kind.slow:
        with unit_of_work(write=False):
            finish = kind.handler(**leased.payload)
            if has_written():
                raise RuntimeError("a slow job writes in the callable that it returns")
    with unit_of_work():
        if kind.slow:
            if finish:
                finish()
        else:
            kind.handler(**leased.payload)
        if db.affected(delete(Job).where(Job.id == leased.id, Job.lease == leased.lease)) != 1:
            raise LeaseLost
        if kind.schedule:
            db.session.execute(update(Schedule).where(Schedule.name == kind.name).values(ran_at=clock.now()))
    log.info("job.done", kind=leased.kind, job=str(leased.id))


def _put_back(leased: Leased, error: Exception) -> None:
    given_up = leased.attempts >= leased.tries
    statement = update(Job).where(Job.id == leased.id, Job.lease == leased.lease)
    with unit_of_work():
        db.session.execute(
            statement.values(
                state=JobState.FAILED if given_up else JobState.WAITING,
                lease=None,
                leased_until=None,
                run_at=clock.now() + backoff(leased.attempts),
                error=type(error).__name__[:100],
            )
        )


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after the given attempt: doubling from 10 s, a little apart from others, 6 h at most."""
    seconds = min(10 * 2 ** (attempt - 1), LONGEST_BACKOFF.total_seconds())
    return timedelta(seconds=seconds * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311 (spreads load, guards nothing)


def drain(*, limit: int = 1000) -> int:
    """Run every job that is due now; return how many. For tests and `portal sweep`."""
    ran = 0
    while ran < limit and run_next():
        ran += 1
    return ran
