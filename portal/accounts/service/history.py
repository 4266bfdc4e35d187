"""Sign-in history: each success, and failures in a row counted together, so that a person sees whether it was them."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from portal.accounts import mail
from portal.accounts.models import Person, SignInEvent, SignInOutcome
from portal.accounts.service.known_browsers import MOST_WRONG
from portal.jobs import service as jobs
from portal.kit import clock
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.unit import after_unit, rows

SAME_ROW = timedelta(hours=1)
"""Failures on one device closer together than this are one line."""
WORRYING = 10
"""Failures within a day that are worth an email."""
SHOWN = 50
_NEWEST = (
    select(SignInEvent)
    .where(SignInEvent.person_id == bindparam("person_id"))
    .order_by(SignInEvent.last_at.desc())
    .limit(SHOWN)
)


_DEVICES = (
    select(SignInEvent.device)
    .where(SignInEvent.person_id == bindparam("person_id"), SignInEvent.outcome == SignInOutcome.SIGNED_IN)
    .distinct()
)


def history_for(actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the actor's sign-ins and failed tries, newest first."""
    return rows(_NEWEST, {"person_id": actor.person_id})


def note_success(person: Person, *, device: str, in_known_browser: bool) -> None:
    """Write a sign-in into the history, and start its count of wrong passwords in a row again.

    Tells its owner when the device is new to the history. A sign-in from a known browser leaves the count of others.
    """
    if in_known_browser:
        person.wrong_passwords_known = 0
    else:
        person.wrong_passwords = 0
    known = set(db.session.scalars(_DEVICES, {"person_id": person.id}))
    db.session.add(SignInEvent(person_id=person.id, outcome=SignInOutcome.SIGNED_IN, device=device))
    if known and device not in known:
        mail.new_sign_in(person, device=device, at=clock.now())


def note_factor_removed(person_id: uuid.UUID) -> None:
    """Write into the history that a lost factor went; no device did it."""
    db.session.add(SignInEvent(person_id=person_id, outcome=SignInOutcome.FACTOR_REMOVED, device=""))


class Wrong(StrEnum):
    """What was wrong: a password, in a browser that is known to the account or in another, or a code."""

    IN_KNOWN_BROWSER = "in_known_browser"
    ELSEWHERE = "elsewhere"
    CODE = "code"


def note_failure_later(person_id: uuid.UUID | None, *, device: str, wrong: Wrong) -> None:
    """Have a failed try noted once the unit has ended. It is the same work for a stranger (v5.0.0-6.3.8)."""
    somebody, at = person_id or uuid.uuid4(), clock.now().isoformat()
    after_unit(lambda: _enqueue(somebody, device, at, wrong))


def _enqueue(person_id: uuid.UUID, device: str, at: str, wrong: Wrong) -> None:
    jobs.enqueue(
        "accounts.note_failed_sign_in",
        subject_id=person_id,
        person_id=str(person_id),
        device=device,
        failed_at=at,
        wrong=wrong.value,
    )


def note_failure(person_id: uuid.UUID, *, device: str, at: datetime, wrong: Wrong) -> None:
    """Count a failed try, in the history and in a row; write an email when a day has seen many, and when a row is full.

    An id nobody has is passed over.
    """
    person = db.lock(Person, person_id)
    if person is None:
        return
    is_full = _count_in_a_row(person, wrong) == MOST_WRONG
    before = _failures_since(person_id, at - timedelta(days=1))
    last = db.session.scalar(
        select(SignInEvent).where(SignInEvent.person_id == person_id).order_by(SignInEvent.last_at.desc()).limit(1)
    )
    if last and last.outcome == SignInOutcome.FAILED and last.device == device and last.last_at > at - SAME_ROW:
        more = update(SignInEvent).where(SignInEvent.id == last.id)
        db.session.execute(more.values(count=SignInEvent.count + 1, last_at=max(at, last.last_at)))
    else:
        db.session.add(
            SignInEvent(person_id=person_id, outcome=SignInOutcome.FAILED, device=device, first_at=at, last_at=at)
        )
    if is_full or before < WORRYING <= before + 1:
        mail.failed_sign_ins(person, count=before + 1, at=at, is_full=is_full)


def _count_in_a_row(person: Person, wrong: Wrong) -> int:
    if wrong is Wrong.ELSEWHERE:
        person.wrong_passwords += 1
        return person.wrong_passwords
    if wrong is Wrong.IN_KNOWN_BROWSER:
        person.wrong_passwords_known += 1
        return person.wrong_passwords_known
    return 0


def _failures_since(person_id: uuid.UUID, since: datetime) -> int:
    total = select(func.sum(SignInEvent.count)).where(
        SignInEvent.person_id == person_id, SignInEvent.outcome == SignInOutcome.FAILED, SignInEvent.last_at > since
    )
    return db.session.scalar(total) or 0
