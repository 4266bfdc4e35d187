"""Following standing orders: an hourly look, a bounded number of rows at once; twice does nothing the second time."""

from datetime import timedelta

from sqlalchemy import exists, select

from portal.accounts import service as accounts
from portal.kit import audit, clock
from portal.kit.claims import OrderRule, register
from portal.kit.db import db
from portal.privacy.models import OrderKind, StandingOrder
from portal.privacy.service.orders import ORDER_OPTIONS

BATCH = 500
"""Rows of one piece."""
AT_ONCE = 50
"""Orders of one kind and one choice in one piece."""


def follow_orders() -> int:
    """Delete what standing orders ask for, at most a batch; return how many rows went, 0 when nothing is left.

    An order is locked while it is followed: another worker passes it over.
    """
    gone = 0
    for kind, rule in register().orders().items():
        for days in ORDER_OPTIONS[OrderKind(kind)]:
            if gone < BATCH:
                gone += _follow(OrderKind(kind), rule, days, most=BATCH - gone)
    return gone


def _follow(kind: OrderKind, rule: OrderRule, days: int, *, most: int) -> int:
    before, gone = clock.now() - timedelta(days=days), 0
    something = exists(select(rule.model.id).where(rule.where(StandingOrder.person_id, before=before)))
    due = select(StandingOrder).where(
        StandingOrder.kind == kind, StandingOrder.days == days, StandingOrder.starts_at <= clock.now(), something
    )
    locked = due.order_by(StandingOrder.made_at).limit(AT_ONCE).with_for_update(skip_locked=True)
    for order in db.session.scalars(locked).all():
        # Whoever reports that somebody else is in keeps what could prove it; a closed account goes as a whole.
        person = accounts.get_person(order.person_id)
        if gone < most and not person.frozen_at and not person.deactivated_at:
            rows = rule.delete(order.person_id, before=before, most=most - gone)
            audit.record("privacy.order_followed", subject_id=order.person_id, kind=kind.value, rows=rows)
            gone += rows
    return gone
