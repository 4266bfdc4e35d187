"""The worker: lease a job, run it, end it in the same transaction as its effects."""

import random
import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import structlog
from croniter import croniter
from flask import Flask
from sqlalchemy import CursorResult, delete, or_, select, update

from portal.jobs.models import FAILED, WAITING, Job, Schedule
from portal.jobs.registry import KINDS, SCHEDULES
from portal.jobs.service import LEASE, enqueue, running
from portal.kit import clock
from portal.kit.db import db
from portal.kit.web import unit_of_work

log = structlog.get_logger()
IDLE_SECONDS = 0.5
TICK = timedelta(seconds=15)
LONGEST_BACKOFF = timedelta(hours=6)


class LeaseLost(Exception):
    """Another worker has taken the job meanwhile: this run's effects are rolled back."""


@dataclass(frozen=True)
class Leased:
    """A job in our hands."""

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempts: int
    lease: uuid.UUID


def work(app: Flask, stop: threading.Event) -> None:
    """Run jobs until `stop` is set. A database that is away for a while is waited for."""
    next_tick = clock.now()
    while not stop.is_set():
        try:
            with app.app_context():
                if clock.now() >= next_tick:
                    tick()
                    next_tick = clock.now() + TICK
                busy = run_next()
        except Exception:
            log.exception("worker.stumbled")
            busy = False
            stop.wait(5)
        if not busy:
            stop.wait(IDLE_SECONDS)


def tick() -> None:
    """Enqueue every scheduled job that is due, once, however many workers tick."""
    for name, cron in SCHEDULES.items():
        with unit_of_work():
            due = db.session.get(Schedule, name)
            following = croniter(cron, clock.now()).get_next(type(clock.now()))
            if due is None:
                db.session.add(Schedule(name=name, next_at=following))
            elif due.next_at <= clock.now() and _move_on(due, following):
                enqueue(name)


def _move_on(due: Schedule, following: Any) -> bool:
    statement = update(Schedule).where(Schedule.name == due.name, Schedule.next_at == due.next_at)
    return cast("CursorResult[Any]", db.session.execute(statement.values(next_at=following))).rowcount == 1


def run_next() -> bool:
    """Lease and run one due job; return whether there was one."""
    leased = _lease()
    if leased is None:
        return False
    token = running.set(leased.id)
    try:
        _run(leased)
    except Exception as error:
        log.exception("job.failed", kind=leased.kind, job=str(leased.id), attempt=leased.attempts)
        _put_back(leased, error)
    finally:
        running.reset(token)
        db.session.remove()
    return True


def _due() -> Any:
    now = clock.now()
    return (
        select(Job)
        .where(Job.state == WAITING, Job.run_at <= now, or_(Job.leased_until.is_(None), Job.leased_until < now))
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
        return Leased(job.id, job.kind, job.payload, job.attempts, job.lease)


def _run(leased: Leased) -> None:
    kind = KINDS[leased.kind]
    finish = None
    if kind.slow:
        with unit_of_work(write=False):
            finish = kind.handler(**leased.payload)
    with unit_of_work():
        if kind.slow:
            if finish:
                finish()
        else:
            kind.handler(**leased.payload)
        ended = db.session.execute(delete(Job).where(Job.id == leased.id, Job.lease == leased.lease))
        if cast("CursorResult[Any]", ended).rowcount != 1:
            raise LeaseLost
    log.info("job.done", kind=leased.kind, job=str(leased.id))


def _put_back(leased: Leased, error: Exception) -> None:
    given_up = leased.attempts >= KINDS[leased.kind].tries if leased.kind in KINDS else True
    statement = update(Job).where(Job.id == leased.id, Job.lease == leased.lease)
    with unit_of_work():
        db.session.execute(
            statement.values(
                state=FAILED if given_up else WAITING,
                lease=None,
                leased_until=None,
                run_at=clock.now() + backoff(leased.attempts),
                error=type(error).__name__[:100],
            )
        )


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after the given attempt: doubling from 10 s, a little apart from others, 6 h at most."""
    seconds = min(10 * 2 ** (attempt - 1), LONGEST_BACKOFF.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 (spreads load, guards nothing)


def drain(*, limit: int = 1000) -> int:
    """Run every job that is due now; return how many. For tests and `portal sweep`."""
    ran = 0
    while ran < limit and run_next():
        ran += 1
    return ran
