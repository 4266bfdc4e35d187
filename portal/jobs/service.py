"""Verbs of background work that areas use."""

import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from portal.jobs.models import Job, JobState, Schedule
from portal.kit import clock, formats
from portal.kit.checks import Sentence, Statement, state
from portal.kit.db import db, writing
from portal.kit.i18n import _
from portal.kit.job_kinds import job_kinds
from portal.kit.staff_writes import StaffMayNotWrite
from portal.kit.unit import staff_role

LEASE = timedelta(minutes=2)


@dataclass(frozen=True)
class Running:
    """The job that this worker runs, and the lease under which it holds it."""

    id: uuid.UUID
    lease: uuid.UUID
    slow: bool
    cursor: str | None = None
    """Where the run before this one stood, if it was killed."""


class LeaseLost(Exception):
    """Another worker has taken the job meanwhile, or it was cancelled: this run's effects are rolled back."""


running: ContextVar[Running | None] = ContextVar("running", default=None)


def enqueue(
    kind: str,
    *,
    not_before: datetime | None = None,
    subject_id: uuid.UUID | None = None,
    **payload: str | int | float | bool | None,
) -> uuid.UUID:
    """Enqueue a job in this transaction and return its id.

    Raises KeyError for an unknown kind, ValueError for objects, and StaffMayNotWrite for a kind that staff may not order:
    what they may not write no job of the portal's own writes for them.
    """
    if not all(value is None or isinstance(value, str | int | float | bool) for value in payload.values()):
        raise ValueError("a job's payload is ids and plain values")
    known = job_kinds()[kind]
    role = staff_role()
    if role and not known.staff_may_order:
        raise StaffMayNotWrite(f"{role.value}: a job of the kind {known.name}")
    job = Job(id=uuid.uuid4(), kind=known.name, payload=payload, run_at=not_before or clock.now(), subject_id=subject_id)
    db.session.add(job)
    return job.id


def progress(done: int, total: int, *, cursor: str | None = None) -> None:
    """Tell how far the running slow job is, and keep its lease. Written at once, outside the job's own transaction.

    With a `cursor` a later run can go on from there, should this one be killed.
    Raises LeaseLost when another worker has taken the job, and RuntimeError in a job that is not slow: it holds a
    transaction, which on SQLite this would wait for.
    """
    job = running.get()
    if job is None:
        return
    if not job.slow:
        raise RuntimeError("only a slow job tells its progress")
    statement = (
        update(Job)
        .where(Job.id == job.id, Job.lease == job.lease)
        .values(progress_done=done, progress_total=total, leased_until=clock.now() + LEASE)
    )
    if cursor is not None:
        statement = statement.values(cursor=cursor)
    with writing(), db.engine.begin() as connection:
        if connection.execute(statement).rowcount != 1:
            raise LeaseLost


def last_cursor() -> str | None:
    """Return where the run before the running job's stood, or None."""
    job = running.get()
    return job.cursor if job else None


def cancel(job_id: uuid.UUID) -> str | None:
    """Take back a job in this transaction, and return its cursor.

    A slow one that runs stops when it next tells its progress, without effects.
    """
    return db.session.scalar(delete(Job).where(Job.id == job_id).returning(Job.cursor))


def find_progress(job_id: uuid.UUID) -> tuple[int, int] | None:
    """Return (done, total) of a job that waits or runs, or None."""
    row = db.session.execute(
        select(Job.progress_done, Job.progress_total).where(Job.id == job_id, Job.state == JobState.WAITING)
    ).first()
    return (row[0], row[1]) if row else None


def find_run_fault(name: str, *, grace: timedelta) -> Statement | None:
    """State why a scheduled kind has not run when it should have; None when it has, or is not on record yet.

    What counts is when it last ran to its end: a date to come says nothing about the past. Raises KeyError.
    """
    kind = job_kinds()[name]
    row = db.session.execute(select(Schedule.noted_at, Schedule.ran_at).where(Schedule.name == name)).first()
    if row is None:
        return None
    since = row.ran_at or row.noted_at
    if since > clock.latest():
        return state("clock_ahead", job=name)
    if clock.now() <= kind.next_run(since) + grace:
        return None
    return state("last_ran", job=name, at=row.ran_at.isoformat()) if row.ran_at else state("never_ran", job=name)


RUN_FAULTS: Mapping[str, Sentence] = {
    "clock_ahead": lambda job: _("The clock was ahead when %(job)s last ran, so nobody knows when that was.", job=job),
    "last_ran": lambda job, at: _(
        "%(job)s last ran on %(at)s.", job=job, at=formats.instant(datetime.fromisoformat(at), "UTC")
    ),
    "never_ran": lambda job: _("%(job)s has never run.", job=job),
}
"""The sentences of `find_run_fault`, for the checks that state what it found."""


def count_failed() -> int:
    """Return how many jobs were given up: an operator should look."""
    return db.session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)) or 0


def oldest_wait() -> timedelta:
    """Return for how long the oldest due job has been waiting: a stopped worker shows here."""
    due = db.session.scalar(select(func.min(Job.run_at)).where(Job.state == JobState.WAITING, Job.run_at <= clock.now()))
    return clock.now() - due if due else timedelta()
