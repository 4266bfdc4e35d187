"""Sweeping: what has reached the end of its period goes, in bounded batches, by itself."""

from datetime import timedelta

from portal.kit.claims import register
from portal.kit.files import storage

GRACE = timedelta(hours=1)
"""How old a file without a row must be before it is an orphan: the row of a new one may just be under way."""


def sweep_batch(*, dry_run: bool = False) -> dict[str, int]:
    """Delete at most one batch a rule; return table -> rows gone, empty when nothing is left (or, dry, what would go)."""
    return register().sweep(dry_run=dry_run)


def sweep_files(*, dry_run: bool = False) -> dict[str, int]:
    """Delete files that no row knows any more; return kind -> files gone (or, dry, what would go)."""
    return register().orphans(older_than=GRACE, dry_run=dry_run)


def remove_files(files: str) -> None:
    """See that files whose rows an erasure took are gone, by their keys with a space between."""
    for key in files.split():
        storage().remove(key)
