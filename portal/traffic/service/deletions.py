"""Deleting the visits of one person before their time."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from portal.kit.db import db
from portal.traffic.models import Visit


def delete_visits(subject_id: uuid.UUID, *, until: datetime, keep: Collection[uuid.UUID], most: int) -> int:
    """Delete at most so many visits of somebody until an instant, but for those to keep; return how many."""
    found = select(Visit.id).where(Visit.subject_id == subject_id, Visit.at <= until, Visit.id.not_in(keep)).limit(most)
    return db.affected(delete(Visit).where(Visit.id.in_(found)))
