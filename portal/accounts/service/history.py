"""Sign-in history: each success, and failures in a row counted together, so that a person sees whether it was them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select, update
from sqlalchemy.orm import aliased

from portal.accounts import mail
from portal.accounts.models import Person, SignInEvent, SignInOutcome
from portal.accounts.service.known_browsers import MOST_WRONG
from portal.jobs import service as jobs
from portal.kit import clock
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.unit import after_unit, rows
from portal.traffic import service as traffic
from portal.traffic.models import Visit
from portal.traffic.service import SealedAddress

SAME_ROW = timedelta(hours=1)
"""Failures on one device closer together than this are one line."""
WORRYING = 10
"""Failures within a day that are worth an email."""
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


_DEVICES = (
    select(SignInEvent.device)
    .where(SignInEvent.person_id == bindparam("person_id"), SignInEvent.outcome == SignInOutcome.SIGNED_IN)
    .distinct()
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


def note_success(person: Person, *, device: str, in_known_browser: bool, session_id: uuid.UUID) -> None:
    """Write a sign-in into the history, and start its count of wrong passwords in a row again.

    Tells its owner when the device is new to the history. A sign-in from a known browser leaves the count of others.
    """
    if in_known_browser:
        person.wrong_passwords_known = 0
    else:
        person.wrong_passwords = 0
    known = set(db.session.scalars(_DEVICES, {"person_id": person.id}))
    visit = traffic.this_visit_id()
    db.session.add(
        SignInEvent(
            person_id=person.id,
            outcome=SignInOutcome.SIGNED_IN,
            device=device,
            session_id=session_id,
            first_visit_id=visit,
            last_visit_id=visit,
        )
    )
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


@dataclass(frozen=True)
class FailedTry:
    """A try that failed, and where: on which device, in which session if in one, by which visit."""

    device: str
    at: datetime
    wrong: Wrong
    session_id: uuid.UUID | None = None
    visit_id: uuid.UUID | None = None


def note_failure_later(
    person_id: uuid.UUID | None, *, device: str, wrong: Wrong, session_id: uuid.UUID | None = None
) -> None:
    """Have a failed try noted once the unit has ended. It is the same work for a stranger (v5.0.0-6.3.8)."""
    somebody = person_id or uuid.uuid4()
    failed = FailedTry(device, clock.now(), wrong, session_id, traffic.this_visit_id())
    after_unit(lambda: _enqueue(somebody, failed))


def _enqueue(person_id: uuid.UUID, failed: FailedTry) -> None:
    jobs.enqueue(
        "accounts.note_failed_sign_in",
        subject_id=person_id,
        person_id=str(person_id),
        device=failed.device,
        failed_at=failed.at.isoformat(),
        wrong=failed.wrong.value,
        session_id=str(failed.session_id or ""),
        visit_id=str(failed.visit_id or ""),
    )


def note_failure(person_id: uuid.UUID, failed: FailedTry) -> None:
    """Count a failed try, in the history and in a row; write an email when a day has seen many, and when a row is full.

    An id nobody has is passed over.
    """
    person = db.lock(Person, person_id)
    if person is None:
        return
    is_full = _count_in_a_row(person, failed.wrong) == MOST_WRONG
    before = _failures_since(person_id, failed.at - timedelta(days=1))
    _write_failure(person_id, failed)
    if is_full or before < WORRYING <= before + 1:
        mail.failed_sign_ins(person, count=before + 1, at=failed.at, is_full=is_full)


def _write_failure(person_id: uuid.UUID, failed: FailedTry) -> None:
    newest = select(SignInEvent).where(SignInEvent.person_id == person_id).order_by(SignInEvent.last_at.desc()).limit(1)
    last = db.session.scalar(newest)
    if last and _goes_on(last, failed):
        more = update(SignInEvent).where(SignInEvent.id == last.id)
        latest = {"last_at": failed.at, "last_visit_id": failed.visit_id} if failed.at > last.last_at else {}
        db.session.execute(more.values(count=SignInEvent.count + 1, **latest))
        return
    db.session.add(
        SignInEvent(
            person_id=person_id,
            outcome=SignInOutcome.FAILED,
            device=failed.device,
            session_id=failed.session_id,
            first_visit_id=failed.visit_id,
            last_visit_id=failed.visit_id,
            first_at=failed.at,
            last_at=failed.at,
        )
    )


def _goes_on(last: SignInEvent, failed: FailedTry) -> bool:
    # A stranger's tries never stand in a line of one's own session.
    same = (SignInOutcome.FAILED, failed.device, failed.session_id)
    return (last.outcome, last.device, last.session_id) == same and last.last_at > failed.at - SAME_ROW


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
