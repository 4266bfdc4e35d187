"""Idle accounts: their person is asked three times by email, days apart, and only then does the account go (with undo).

No clock alone deletes an account. A question counts once its email has really left; between two of them, and before the
end, there are hourly looks as well as days, so that a clock that jumps ahead asks, and does not delete.

Every account is looked at daily, from the first day on: a visit is noted before the history of it goes.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import audit, clock
from portal.kit.db import db
from portal.mail import service as outbox
from portal.mail.models import EmailState
from portal.privacy import mail
from portal.privacy.models import OrderKind, StandingOrder
from portal.privacy.service import deletions
from portal.privacy.service.orders import ORDER_OPTIONS
from portal.privacy.service.still_here import note_here, sign_still_here

NOTICES = (timedelta(days=30), timedelta(days=14), timedelta(days=3))
"""How long before the end each question leaves, at least."""
LOOKS = 48
"""Hourly looks between two questions, and before the end, at least."""
LOOKS_OF_A_WEEK = 7 * 24
"""Looks between two tries of a question that never leaves, at most."""
AGAIN = timedelta(minutes=30)
"""A second look within that time is the same one: by another worker, or of the rest of a long list."""
EVERY = timedelta(hours=23)
"""How often each account is looked at while there is nothing to ask."""
LONGEST_GAP = timedelta(days=min(ORDER_OPTIONS[OrderKind.HISTORY]))
"""Between two looks that lie further apart, a visit may have come and its history gone: the days count anew."""
AT_ONCE = 100


def ask_idle() -> int:
    """Look at accounts that go when they are idle, a bounded number, longest unseen first; return how many."""
    now = clock.now()
    is_due = or_(
        StandingOrder.looked_at.is_(None),
        StandingOrder.looked_at < now - EVERY,
        StandingOrder.looked_at > clock.latest(),
        and_(StandingOrder.looked_at < now - AGAIN, _may_be_idle(now)),
    )
    due = select(StandingOrder).where(StandingOrder.kind == OrderKind.ACCOUNT, is_due)
    oldest = due.order_by(StandingOrder.looked_at.asc().nulls_first(), StandingOrder.id).limit(AT_ONCE)
    orders = db.session.scalars(oldest.with_for_update(skip_locked=True)).all()
    for order in orders:
        _look_at(order, now)
    return len(orders)


def _may_be_idle(now: datetime) -> ColumnElement[bool]:
    asked_from = [
        and_(StandingOrder.days == days, StandingOrder.here_at <= now - timedelta(days=days) + NOTICES[0])
        for days in ORDER_OPTIONS[OrderKind.ACCOUNT]
    ]
    return and_(StandingOrder.starts_at <= now, or_(*asked_from))


def _look_at(order: StandingOrder, now: datetime) -> None:
    seen, order.looked_at = order.looked_at or order.made_at, now
    person = accounts.get_person(order.person_id)
    if person.deactivated_at is not None:
        return
    has_gap = not now - LONGEST_GAP <= seen <= clock.latest()
    last = accounts.last_here(person.id)
    if has_gap or order.here_at > clock.latest():
        note_here(order, at=now)
    elif last is not None and last > order.here_at:
        note_here(order, at=last)
    elif order.starts_at <= now and _asked_from(order) <= now:
        _go_on(order, person)


def _asked_from(order: StandingOrder) -> datetime:
    return order.here_at + timedelta(days=order.days) - NOTICES[0]


def _go_on(order: StandingOrder, person: Person) -> None:
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
    """Tell whether the last question is out. One that never left counts for nothing, and is asked again after a while."""
    state = outbox.find_state(order.email_id) if order.email_id else None
    if state is EmailState.WAITING:
        return False
    order.email_id, order.looks = None, 0
    if state is EmailState.SENT:
        order.asked += 1
    else:
        # The longer it has been tried in vain, the longer until the next try.
        tried = (clock.now() - _asked_from(order)) // timedelta(hours=1)
        order.looks = LOOKS - min(max(tried, LOOKS), LOOKS_OF_A_WEEK)
    return True


def _ask(order: StandingOrder, person: Person) -> None:
    earliest = clock.now() + NOTICES[order.asked]
    planned = order.goes_at or order.here_at + timedelta(days=order.days)
    order.goes_at = max(planned, earliest)
    token = sign_still_here(order)
    for address in accounts.addresses_of(person):
        email_id = mail.still_here(person, to=address, goes_at=order.goes_at, token=token, is_last=order.asked == 2)
        if address == person.email:
            order.email_id = email_id
    audit.record("privacy.idle_asked", subject_id=person.id, number=order.asked + 1)


def _close(order: StandingOrder, person: Person) -> None:
    # As whoever deletes it by hand: closed at once, with the time to undo it. The order ends with that.
    try:
        deletions.close(person)
    except deletions.DeletionBlocked:
        # Such as an organisation that would be without an Owner. It is tried again at each look.
        return
    audit.record("privacy.idle_closed", subject_id=order.person_id)


def count_overdue(*, grace: timedelta) -> int:
    """Return how many idle accounts should have gone more than `grace` ago: asked three times, and still there."""
    late = StandingOrder.goes_at < clock.now() - grace
    asked = StandingOrder.asked == len(NOTICES)
    return db.session.scalar(select(func.count()).select_from(StandingOrder).where(asked, late)) or 0


def count_unseen(*, grace: timedelta) -> int:
    """Return how many accounts that go when they are idle were not looked at for more than `grace`."""
    seen = func.coalesce(StandingOrder.looked_at, StandingOrder.made_at)
    unseen = select(func.count()).where(StandingOrder.kind == OrderKind.ACCOUNT, seen < clock.now() - grace)
    return db.session.scalar(unseen) or 0


def count_orders() -> int:
    """Return how many standing orders there are, up to one."""
    return len(db.session.scalars(select(StandingOrder.id).limit(1)).all())
