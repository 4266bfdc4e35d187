"""Idle accounts: their person is asked three times by email, days apart, and only then does the account go (with undo).

No clock alone deletes an account. A question counts once its email has really left; between two of them, and before the
end, there are hourly looks as well as days, so that a clock that jumps ahead asks, and does not delete.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import audit, clock, tokens
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.refusals import LinkDead
from portal.mail import service as outbox
from portal.mail.models import EmailState
from portal.privacy import mail
from portal.privacy.models import OrderKind, StandingOrder
from portal.privacy.service import deletions
from portal.privacy.service.orders import ORDER_OPTIONS

NOTICES = (timedelta(days=30), timedelta(days=14), timedelta(days=3))
"""How long before the end each question leaves, at least."""
LOOKS = 48
"""Hourly looks between two questions, and before the end, at least."""
AGAIN = timedelta(minutes=30)
"""A second look within that time is the same one: by another worker, or of the rest of a long list."""
AT_ONCE = 100
HERE = tokens.LinkPurpose("privacy.still_here")


def ask_idle() -> int:
    """Look at accounts that may be idle, a bounded number; return how many were looked at."""
    looked = 0
    for days in ORDER_OPTIONS[OrderKind.ACCOUNT]:
        now = clock.now()
        due = select(StandingOrder).where(
            StandingOrder.kind == OrderKind.ACCOUNT,
            StandingOrder.days == days,
            StandingOrder.here_at <= now - timedelta(days=days) + NOTICES[0],
            StandingOrder.starts_at <= now,
            or_(
                StandingOrder.looked_at.is_(None),
                StandingOrder.looked_at < now - AGAIN,
                StandingOrder.looked_at > clock.latest(),
            ),
        )
        locked = due.order_by(StandingOrder.here_at).limit(AT_ONCE).with_for_update(skip_locked=True)
        orders = db.session.scalars(locked).all()
        for order in orders:
            order.looked_at = now
            _go_on(order)
        looked += len(orders)
    return looked


def _go_on(order: StandingOrder) -> None:
    person = accounts.get_person(order.person_id)
    if person.deactivated_at is not None:
        return
    last = accounts.last_here(person.id)
    if last is not None and last > order.here_at:
        _note_here(order, last)
        return
    if order.email_id is not None and not _has_left(order):
        return
    order.looks += 1
    has_waited = order.looks > LOOKS
    if order.asked == len(NOTICES):
        if has_waited and order.goes_at is not None and order.goes_at <= clock.now():
            _close(order, person)
    elif order.goes_at is None or (has_waited and order.goes_at <= clock.now() + NOTICES[order.asked]):
        _ask(order, person)


def _has_left(order: StandingOrder) -> bool:
    """Tell whether the last question is out. One that never left is asked again: it counts for nothing."""
    state = outbox.find_state(order.email_id) if order.email_id else None
    if state is EmailState.WAITING:
        return False
    order.email_id, order.looks = None, 0
    if state is EmailState.SENT:
        order.asked += 1
    else:
        order.looks = LOOKS
    return True


def _ask(order: StandingOrder, person: Person) -> None:
    earliest = clock.now() + NOTICES[order.asked]
    planned = order.goes_at or order.here_at + timedelta(days=order.days)
    order.goes_at = max(planned, earliest)
    token = tokens.sign(HERE, str(order.id), stamp=_stamp(order))
    for address in accounts.addresses_of(person):
        email_id = mail.still_here(person, to=address, goes_at=order.goes_at, token=token, is_last=order.asked == 2)
        if address == person.email:
            order.email_id = email_id
    audit.record("privacy.idle_asked", subject_id=person.id, number=order.asked + 1)


def _close(order: StandingOrder, person: Person) -> None:
    # As whoever deletes it by hand: closed at once, with the time to undo it. The order ends with that.
    if not register().blockers(accounts.subject_of(person)):
        deletions.close(person)
        audit.record("privacy.idle_closed", subject_id=order.person_id)


def _note_here(order: StandingOrder, at: datetime) -> None:
    order.here_at, order.asked, order.email_id, order.looks, order.goes_at = at, 0, None, 0, None


def _stamp(order: StandingOrder) -> str:
    return f"{order.made_at} {order.here_at}"


def _stamp_now(order_id: str) -> str | None:
    order = db.session.get(StandingOrder, uuid.UUID(order_id))
    return _stamp(order) if order else None


def idle_until(token: str) -> tuple[datetime | None, str]:
    """Return when the account of a link closes, and its person's zone. Raises LinkDead (nothing is changed)."""
    order = _order_of(token)
    return order.goes_at, accounts.get_person(order.person_id).time_zone


def say_still_here(token: str) -> None:
    """Count as being here, by the link in a question. Raises LinkDead."""
    order = db.lock(StandingOrder, _order_of(token).id)
    if order is None:
        raise LinkDead
    audit.record("privacy.still_here", subject_id=order.person_id, by=order.person_id)
    _note_here(order, clock.now())


def _order_of(token: str) -> StandingOrder:
    (order_id,) = tokens.read(HERE, token, max_age=tokens.LONGEST, stamp=_stamp_now)
    order = db.session.get(StandingOrder, uuid.UUID(order_id))
    if order is None:
        raise LinkDead
    return order


def count_overdue(*, grace: timedelta) -> int:
    """Return how many idle accounts should have gone more than `grace` ago: asked three times, and still there."""
    late = StandingOrder.goes_at < clock.now() - grace
    asked = StandingOrder.asked == len(NOTICES)
    return db.session.scalar(select(func.count()).select_from(StandingOrder).where(asked, late)) or 0


def count_orders() -> int:
    """Return how many standing orders there are, up to one."""
    return len(db.session.scalars(select(StandingOrder.id).limit(1)).all())
