"""How many deletions are due, late, or dated too far ahead: the evidence that they run on time (P28)."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.periods import period
from portal.privacy.models import Deletion, DeletionState


def count_due() -> int:
    """Return how many deletions wait to be begun."""
    due = (
        select(func.count())
        .select_from(Deletion)
        .where(Deletion.state == DeletionState.WAITING, Deletion.due_at <= clock.now())
    )
    return db.session.scalar(due) or 0


def count_late(*, grace: timedelta) -> int:
    """Return how many deletions should have been done more than `grace` ago, begun or not."""
    unfinished = Deletion.state.in_((DeletionState.WAITING, DeletionState.RUNNING))
    late = select(func.count()).select_from(Deletion).where(unfinished, Deletion.due_at < clock.now() - grace)
    return db.session.scalar(late) or 0


def count_put_off() -> int:
    """Return how many deletions wait for longer than the time to undo, since a clock that was ahead has dated them.

    They are not put right unasked: under a clock that is behind, every deletion looks like that.
    """
    latest = clock.latest() + period("deletion_undo")
    put_off = (
        select(func.count()).select_from(Deletion).where(Deletion.state == DeletionState.WAITING, Deletion.due_at > latest)
    )
    return db.session.scalar(put_off) or 0
