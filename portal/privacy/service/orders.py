"""Standing orders: what a person has deleted by itself, set in their settings and said to every address of the account."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal.accounts import service as accounts
from portal.accounts.events import PendingEnded
from portal.accounts.models import Person
from portal.kit import audit, clock
from portal.kit.actor import Actor
from portal.kit.claims import MOST_COUNTED, register
from portal.kit.claims.counting import counting
from portal.kit.db import db
from portal.kit.periods import period
from portal.privacy import mail
from portal.privacy.models import OrderKind, StandingOrder

ORDER_OPTIONS: Mapping[OrderKind, Sequence[int]] = {
    OrderKind.TICKETS: (30, 90, 180, 365),
    OrderKind.FILES: (7, 14, 30),
    OrderKind.HISTORY: (7, 30, 60),
    OrderKind.ACCOUNT: (180, 365, 730),
}
"""After how many days each kind may be deleted."""
NEVER = 0


@dataclass(frozen=True)
class OrderView:
    """How one kind stands: after how many days (0: never), from when, and what each choice would delete today."""

    kind: OrderKind
    days: int
    starts_at: datetime | None
    today: Mapping[int, int]
    """Days -> entries; one beyond those that are counted says that there are more. Nothing for the account."""


def orders_for(actor: Actor) -> dict[OrderKind, OrderView]:
    """Return how each kind stands for the actor, with what each choice would delete today. Two statements."""
    mine = db.session.scalars(select(StandingOrder).where(StandingOrder.person_id == actor.require_id()))
    there = {order.kind: order for order in mine}
    counts = _dry_run(actor.require_id())
    return {
        kind: OrderView(
            kind,
            days=there[kind].days if kind in there else NEVER,
            starts_at=there[kind].starts_at if kind in there else None,
            today={days: counts[kind, days] for days in options if (kind, days) in counts},
        )
        for kind, options in ORDER_OPTIONS.items()
    }


def _dry_run(person_id: uuid.UUID) -> dict[tuple[OrderKind, int], int]:
    rules, now = register().orders(), clock.now()
    asked = [(kind, days) for kind, options in ORDER_OPTIONS.items() if kind in rules for days in options]
    clauses = [(rules[kind].model, rules[kind].where(person_id, before=now - timedelta(days=days))) for kind, days in asked]
    found = db.session.execute(counting(clauses, stop_at=MOST_COUNTED + 1)).one()
    return dict(zip(asked, found, strict=True))


def set_orders(actor: Actor, *, wanted: Mapping[OrderKind, int]) -> bool:
    """Set after how many days each kind is deleted (0: never), and email every address of the account what has changed.

    Nothing starts before the owner has had time to object. Return whether anything changed. Raises ValueError for days
    that are no option.
    """
    if any(days not in (NEVER, *ORDER_OPTIONS[kind]) for kind, days in wanted.items()):
        raise ValueError("no such choice")
    person = accounts.lock_person(actor.require_id())
    mine = db.session.scalars(select(StandingOrder).where(StandingOrder.person_id == person.id))
    there = {order.kind: order for order in mine}
    changed = [kind for kind in wanted if wanted[kind] != (there[kind].days if kind in there else NEVER)]
    for kind in changed:
        _set(person, kind, wanted[kind], there.get(kind))
    if changed:
        db.session.flush()
        _tell(person)
    return bool(changed)


def _set(person: Person, kind: OrderKind, days: int, there: StandingOrder | None) -> None:
    audit.record("privacy.order_changed", subject_id=person.id, by=person.id, kind=kind.value, days=days)
    if there is not None:
        db.session.delete(there)
        db.session.flush()
    if days != NEVER:
        # A new row each time: what was asked for the one before says nothing about this one.
        starts_at = clock.now() + period("standing_order_start")
        db.session.add(StandingOrder(person_id=person.id, kind=kind, days=days, starts_at=starts_at))


def _tell(person: Person) -> None:
    query = select(StandingOrder).where(StandingOrder.person_id == person.id).order_by(StandingOrder.kind)
    orders = [(order.kind, order.days, order.starts_at) for order in db.session.scalars(query)]
    for address in accounts.addresses_of(person):
        mail.orders_changed(person, to=address, orders=orders)


def end_orders(ended: PendingEnded) -> None:
    """End every order of an account whose guards have changed: whoever set them may be in no longer."""
    statement = delete(StandingOrder).where(StandingOrder.person_id == ended.person_id).returning(StandingOrder.kind)
    if not db.session.scalars(statement).all():
        return
    audit.record("privacy.orders_ended", subject_id=ended.person_id)
    person = accounts.get_person(ended.person_id)
    # One that is being closed has nothing left to order; its emails say so.
    if person.deactivated_at is None:
        for address in accounts.addresses_of(person):
            mail.orders_ended(person, to=address)
