"""Following standing orders: an hourly look, a bounded number of rows at once; twice does nothing the second time."""

from datetime import timedelta

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError

from portal.accounts import service as accounts
from portal.kit import audit, clock
from portal.kit.claims import OrderRule, register
from portal.kit.db import db
from portal.kit.unit import savepoint
from portal.privacy.models import OrderKind, StandingOrder

BATCH = 500
"""Rows of one piece."""
AT_ONCE = 100
"""Orders of one piece."""
AGAIN = timedelta(minutes=30)
"""An order that left nothing to delete is looked at again after that."""
log = structlog.get_logger()


def follow_orders() -> int:
    """Delete what standing orders ask for, at most a batch, longest unseen first.

    Return how many rows went, and never 0 while orders are left to look at. An order is locked while it is followed:
    another worker passes it over.
    """
    now, rules = clock.now(), register().orders()
    is_due = or_(
        StandingOrder.looked_at.is_(None),
        StandingOrder.looked_at < now - AGAIN,
        StandingOrder.looked_at > clock.latest(),
    )
    kinds = [OrderKind(kind) for kind in rules]
    due = select(StandingOrder).where(StandingOrder.kind.in_(kinds), StandingOrder.starts_at <= now, is_due)
    oldest = due.order_by(StandingOrder.looked_at.asc().nulls_first(), StandingOrder.id).limit(AT_ONCE)
    orders = db.session.scalars(oldest.with_for_update(skip_locked=True)).all()
    gone = 0
    for order in orders:
        if gone < BATCH:
            gone += _follow(order, rules[order.kind], most=BATCH - gone)
    return gone or int(len(orders) == AT_ONCE)


def _follow(order: StandingOrder, rule: OrderRule, *, most: int) -> int:
    """Follow an order, and put it behind the others once nothing is left or its rule has failed."""
    kind, rows, failed_at = order.kind, 0, None
    try:
        with savepoint():
            rows = _delete(order, rule, most=most)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        # What failed for one is taken back, and everybody else's goes on.
        log.exception("privacy.order_failed", kind=kind.value)
        failed_at = order.failed_at or clock.now()
    if order.failed_at != failed_at:
        order.failed_at = failed_at
    if not rows:
        order.looked_at = clock.now()
    return rows


def count_failing_orders() -> int:
    """Return how many standing orders could not be followed when they were last looked at."""
    failing = select(func.count()).select_from(StandingOrder).where(StandingOrder.failed_at.is_not(None))
    return db.session.scalar(failing) or 0


def _delete(order: StandingOrder, rule: OrderRule, *, most: int) -> int:
    # Whoever reports that somebody else is in keeps what could prove it; a closed account goes as a whole.
    person = accounts.get_person(order.person_id)
    if person.frozen_at or person.deactivated_at:
        return 0
    rows = rule.delete(order.person_id, before=clock.now() - timedelta(days=order.days), most=most)
    if rows:
        audit.record("privacy.order_followed", subject_id=order.person_id, kind=order.kind.value, rows=rows)
    return rows
