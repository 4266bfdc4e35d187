"""Erasing somebody with 100,000 rows costs the same among a million people as among ten thousand, in short pieces."""

from __future__ import annotations

import resource
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sqlalchemy import select, update

from benchmarks import moving_in
from benchmarks.population import BEYOND
from benchmarks.towns import SQLITE, Town
from portal.accounts import service as accounts
from portal.jobs.models import Job
from portal.kit import clock, collector
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState

MOST_TIMES = 1.5
"""How many times as much it may cost while the people become a hundred times as many."""
MOST_MS = 30
"""How long each piece may hold SQLite's write lock."""
SMALL = 1_000
"""Rows of somebody who is erased before, so that the statements are built."""


@dataclass(frozen=True)
class Erasure:
    """What an erasure took: each piece in milliseconds, and the CPU of all in seconds."""

    pieces: Sequence[float]
    cpu: float

    @property
    def slowest_of_ten(self) -> float:
        """What nine of ten pieces do not exceed."""
        return sorted(self.pieces)[len(self.pieces) * 9 // 10]


def erase_much(town: Town, *, rows: int) -> Erasure:
    """Let somebody with so many rows move in, and erase them piece by piece, as the worker does."""
    _erase(town, rows=SMALL, first=3 * BEYOND)
    collector.look_only_at_new()
    return _erase(town, rows=rows, first=5 * BEYOND)


def _erase(town: Town, *, rows: int, first: int) -> Erasure:
    with town.app.app_context():
        with unit_of_work():
            email = f"{uuid.uuid4().hex}@example.org"
            person_id = accounts.add_person(email, name="Leaver", password=uuid.uuid4().hex, language="en").id
        db.engine.dispose()
        moving_in.pile_up(town.site.url, person_id, rows, first=first)
        with unit_of_work():
            service.request_deletion(Actor(person_id=person_id))
            db.session.flush()
            db.session.execute(update(Deletion).values(due_at=clock.now()).where(Deletion.person_id == person_id))
        with unit_of_work():
            service.begin_due()
        with unit_of_work(write=False):
            deletion_id = db.session.scalars(select(Deletion.id).where(Deletion.person_id == person_id)).one()
        before = _cpu() + town.database_cpu()
        pieces = _pieces(deletion_id)
        return Erasure(pieces, _cpu() + town.database_cpu() - before)


def _pieces(deletion_id: uuid.UUID) -> list[float]:
    took, start = [], ""
    while True:
        with unit_of_work(write=False):
            lines = start.split() or service.erasable_lines(deletion_id)
        began = time.perf_counter()
        with unit_of_work():
            service.erase_some(deletion_id, lines=lines)
        took.append((time.perf_counter() - began) * 1000)
        with unit_of_work(write=False):
            deletion = db.session.get(Deletion, deletion_id)
            if deletion is None or deletion.state is DeletionState.DONE:
                return took
            job = db.session.get(Job, deletion.job_id)
            start = str(job.payload.get("start", "")) if job else ""


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def tell(database: str, few: Erasure, many: Erasure) -> list[str]:
    """Print what was found; return what is above its bound."""
    times = many.cpu / few.cpu
    print(
        f"erasing 100,000 rows       {few.cpu:9.2f} {many.cpu:10.2f} {times:6.2f} {MOST_TIMES:8.2f}   CPU in s; "
        f"{len(many.pieces)} pieces, median {median(many.pieces):.1f} ms, nine of ten within {many.slowest_of_ten:.1f} ms, "
        f"the longest {max(many.pieces):.0f} ms"
    )
    faults = [f"erasing costs {times:.2f} times as much"] if times > MOST_TIMES else []
    # On PostgreSQL nobody waits for a piece but whoever wants the same rows.
    if database == SQLITE and max(many.pieces) > MOST_MS:
        faults.append(f"a piece of an erasure takes {max(many.pieces):.0f} ms, at most {MOST_MS}")
    return faults
