"""Sweeping: what has reached the end of its period goes, in bounded batches, by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from portal.kit.claims import is_walked, register, swept_at_once, walk
from portal.kit.db import make_room
from portal.kit.files import storage

GRACE = timedelta(hours=1)
"""How old a file without a row must be before it is an orphan: the row of a new one may just be under way."""


@dataclass(frozen=True)
class Swept:
    """What one piece of a sweep deleted: table -> rows; and where the next piece begins, if there is one."""

    gone: Mapping[str, int]
    go_on: str | None


def sweep_batch(*, start: str = "") -> Swept:
    """Delete one piece of what has reached its end, from `start` on: a table, with a page where one walks along it."""
    name, _, page = start.partition(" ")
    if start:
        make_room()
    table = register().find_table(name)
    if table and (page or is_walked(table)):
        walked = walk(table, page=int(page or 0))
        return Swept({name: walked.rows}, f"{name} {walked.next_page}" if walked.next_page else register().table_after(name))
    gone = register().sweep(start=name)
    is_full = sum(gone.values()) >= swept_at_once()
    return Swept(gone, [*gone][-1] if is_full else None)


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
