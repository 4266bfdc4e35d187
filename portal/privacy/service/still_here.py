"""Saying that one is still here: the link in each question to an idle account, which acts once."""

import uuid
from datetime import datetime

from portal.accounts import service as accounts
from portal.kit import audit, clock, tokens
from portal.kit.db import db
from portal.kit.refusals import LinkDead
from portal.privacy.models import StandingOrder

HERE = tokens.LinkPurpose("privacy.still_here")


def note_here(order: StandingOrder, *, at: datetime) -> None:
    """Count the days anew from an instant at which a person was here."""
    order.here_at, order.asked, order.email_id, order.looks, order.goes_at = at, 0, None, 0, None


def sign_still_here(order: StandingOrder) -> str:
    """Return the token of the link in a question."""
    return tokens.sign(HERE, str(order.id), stamp=_stamp(order))


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
    note_here(order, at=clock.now())


def _order_of(token: str) -> StandingOrder:
    (order_id,) = tokens.read(HERE, token, max_age=tokens.LONGEST, stamp=_stamp_now)
    order = db.session.get(StandingOrder, uuid.UUID(order_id))
    if order is None:
        raise LinkDead
    return order
