"""Sweeping: what has reached the end of its period goes, in bounded batches, by itself."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from portal.kit.claims import register, swept_at_once
from portal.kit.db import db
from portal.kit.files import storage

BREATH = 0.026
"""Seconds: whoever waits for SQLite's lock looks every 25 ms at least (its busy handler), so that nobody misses the gap."""
GRACE = timedelta(hours=1)
"""How old a file without a row must be before it is an orphan: the row of a new one may just be under way."""


@dataclass(frozen=True)
class Swept:
    """What one piece of a sweep deleted: table -> rows; and the table at which the next piece begins, if there is one."""

    gone: Mapping[str, int]
    go_on: str | None


def sweep_batch(*, start: str = "") -> Swept:
    """Delete one piece of what has reached its end, from the table `start` on."""
    gone = register().sweep(start=start)
    is_full = sum(gone.values()) >= swept_at_once()
    return Swept(gone, [*gone][-1] if is_full else None)


def let_others_write() -> None:
    """Wait a moment before a further piece where there is one writer at a time (SQLite): others look now and then."""
    if db.engine.dialect.name == "sqlite":
        time.sleep(BREATH)


def count_ended() -> dict[str, int]:
    """Return table -> rows that a sweep would delete now."""
    return register().count_ended()


def sweep_files(*, dry_run: bool = False) -> dict[str, int]:
    """Delete files that no row knows any more; return kind -> files gone (or, dry, what would go)."""
    return register().orphans(older_than=GRACE, dry_run=dry_run)


def remove_files(files: str) -> None:
    """See that files whose rows an erasure took are gone, by their keys with a space between."""
    for key in files.split():
        storage().remove(key)
