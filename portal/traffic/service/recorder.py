"""Recording visits beside the answers."""

import atexit
import os
import threading
import uuid
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, cast

import structlog
from sqlalchemy import insert

from portal.kit import keys
from portal.kit.actor import System
from portal.kit.db import db
from portal.kit.running import passing
from portal.kit.unit import acting_as, unit_of_work
from portal.traffic.models import Visit
from portal.traffic.service.days import PURPOSE, oldest_day_kept

log = structlog.get_logger()
_SLOT = "visit_id"
BATCH = 50
LONGEST_WAIT_SECONDS = 2.0
MOST_WAITING = 10_000
"""Visits that wait to be written at most: a flood, or a database that is away, costs bounded memory."""


class App(Protocol):
    """What a recorder needs of the app it records for."""

    def app_context(self) -> AbstractContextManager[Any]:
        """Enter the app."""


@dataclass(frozen=True)
class Seen:
    """A visit as the web saw it, its address still readable; it lives in memory for some seconds only."""

    at: datetime
    endpoint: str | None
    method: str
    status: int
    address: str
    subject_id: uuid.UUID | None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def this_visit_id() -> uuid.UUID | None:
    """Return the id under which the present visit will be written, so that a row may point to it; None outside of one."""
    state = passing()
    if state is None:
        return None
    if _SLOT not in state:
        setattr(state, _SLOT, uuid.uuid4())
    return cast(uuid.UUID, getattr(state, _SLOT))


class Recorder:
    """Keeps visits in memory for a moment and writes them in batches, each in a transaction of its own.

    Nothing here may break or slow down an answer: noting a visit only appends to a list. A batch that cannot be written
    is reported and let go.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.in_background = False
        self._waiting: deque[Seen] = deque(maxlen=MOST_WAITING)
        self._full = threading.Event()
        self._process = 0
        self._key: tuple[date, bytes] | None = None
        self._flushing = threading.Lock()

    def note(self, seen: Seen) -> None:
        """Remember a visit until the next batch."""
        self._waiting.append(seen)
        if len(self._waiting) >= BATCH:
            self._full.set()
        if self.in_background and self._process != os.getpid():
            self._start()

    def _start(self) -> None:
        # Asked for by the first visit and not at the start of the program: threads do not survive a fork.
        with self._flushing:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
        threading.Thread(target=self._run, name="visits", daemon=True).start()
        atexit.register(self.flush)

    def _run(self) -> None:
        while self.in_background:
            self._full.wait(LONGEST_WAIT_SECONDS)
            self._full.clear()
            self.flush()

    def flush(self) -> int:
        """Write what waits; return how many visits. Never raises: a batch that fails is reported by its size alone."""
        with self._flushing:
            batch = [self._waiting.popleft() for _each in range(len(self._waiting))]
            if not batch:
                return 0
            try:
                with self.app.app_context(), acting_as(System("traffic.recorder")), unit_of_work():
                    return self._write(batch)
            except Exception:
                log.exception("traffic.visits_lost", count=len(batch))
                return 0

    def _write(self, batch: list[Seen]) -> int:
        # A key that died must not be made again, not even for a visit that waited very long.
        oldest = oldest_day_kept()
        rows = [self._row(seen) for seen in batch if seen.at.date() >= oldest]
        if rows:
            db.session.execute(insert(Visit), rows)
        return len(rows)

    def _row(self, seen: Seen) -> dict[str, Any]:
        day = seen.at.date()
        sealed = keys.seal(PURPOSE, seen.address.encode(), context=seen.id.bytes, key=self._key_of(day))
        return {
            "id": seen.id,
            "at": seen.at,
            "sealed_on": day,
            "endpoint": seen.endpoint,
            "method": seen.method,
            "status": seen.status,
            "sealed_address": sealed,
            "subject_id": seen.subject_id,
        }

    def _key_of(self, day: date) -> bytes:
        if self._key is None or self._key[0] != day:
            self._key = (day, keys.day_keys().get_or_make(PURPOSE, day))
        return self._key[1]
