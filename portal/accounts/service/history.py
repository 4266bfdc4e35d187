"""Sign-in history: each success, and failures in a row counted together, so that a person sees whether it was them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import aliased

from portal.accounts import mail
from portal.accounts.models import Person, SignInEvent, SignInOutcome
from portal.accounts.service.entries import Entry
from portal.kit import clock
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.unit import rows
from portal.traffic import service as traffic
from portal.traffic.models import Visit
from portal.traffic.service import SealedAddress

SHOWN = 50
_LINES = (
    select(SignInEvent)
    .where(SignInEvent.person_id == bindparam("person_id"))
    .order_by(SignInEvent.last_at.desc())
    .limit(SHOWN)
    .subquery()
)
_FIRST, _LAST = aliased(Visit), aliased(Visit)
_NEWEST = (
    select(
        _LINES.c.outcome,
        _LINES.c.device,
        _LINES.c.count,
        _LINES.c.first_at,
        _LINES.c.last_at,
        _LINES.c.session_id == bindparam("this"),
        *(column for visit in (_LAST, _FIRST) for column in (visit.id, visit.sealed_on, visit.sealed_address)),
    )
    .outerjoin_from(_LINES, _LAST, _LAST.id == _LINES.c.last_visit_id)
    .outerjoin(_FIRST, and_(_FIRST.id == _LINES.c.first_visit_id, _LINES.c.first_visit_id != _LINES.c.last_visit_id))
    .order_by(_LINES.c.last_at.desc())
)


@dataclass(frozen=True)
class HistoryLine:
    """A line of the history as its person sees it."""

    outcome: SignInOutcome
    device: str
    count: int
    first_at: datetime
    last_at: datetime
    is_this: bool
    """Whether it was this very session."""
    addresses: tuple[str, ...] | None
    """The address of the last try, and that of the first when it was another. Empty when it is not written yet, or never
    was; None once nobody can read it any more."""


def history_for(actor: Actor) -> list[HistoryLine]:
    """Return the actor's sign-ins and failed tries, newest first, with the addresses that can still be read."""
    found = rows(_NEWEST, {"person_id": actor.person_id, "this": actor.session_id})
    visits = [[SealedAddress(*row[at : at + 3]) for at in (6, 9) if row[at] is not None] for row in found]
    opened = traffic.addresses_of(visit for both in visits for visit in both)
    return [_line(row, [opened.get(visit.id) for visit in both]) for row, both in zip(found, visits, strict=True)]


def _line(row: Row[*tuple[Any, ...]], addresses: Iterable[str | None]) -> HistoryLine:
    outcome, device, count, first_at, last_at, is_this = row[:6]
    is_over = last_at < datetime.combine(traffic.oldest_day_kept(), time.min, tzinfo=UTC)
    return HistoryLine(
        outcome, device, count, first_at, last_at, bool(is_this), addresses=None if is_over else _unlike(addresses)
    )


def _unlike(addresses: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for address in addresses if address is not None))


def note_success(person: Person, *, device: str, in_known_browser: bool, entry: Entry) -> None:
    """Write a sign-in into the history, and start its count of wrong passwords in a row again.

    Tells its owner when the device is new to the history. A sign-in from a known browser leaves the count of others.
    """
    if in_known_browser:
        person.wrong_passwords_known = 0
    else:
        person.wrong_passwords = 0
    visit = traffic.this_visit_id()
    db.session.add(
        SignInEvent(
            person_id=person.id,
            outcome=SignInOutcome.SIGNED_IN,
            device=device,
            session_id=entry.session_id,
            first_visit_id=visit,
            last_visit_id=visit,
        )
    )
    if entry.has_signed_in_before and not entry.has_used_device:
        mail.new_sign_in(person, device=device, at=clock.now())


def note_factor_removed(person_id: uuid.UUID) -> None:
    """Write into the history that a lost factor went; no device did it."""
    db.session.add(SignInEvent(person_id=person_id, outcome=SignInOutcome.FACTOR_REMOVED, device=""))
