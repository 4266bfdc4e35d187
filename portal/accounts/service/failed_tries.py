"""Tries to sign in that failed: those in a row are counted together, and many of them are told of by email."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update

from portal.accounts import mail
from portal.accounts.models import Person, SignInEvent, SignInOutcome
from portal.accounts.service.known_browsers import MOST_WRONG
from portal.jobs import service as jobs
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import after_unit
from portal.traffic import service as traffic

SAME_ROW = timedelta(hours=1)
"""Failures on one device closer together than this are one line."""
WORRYING = 10
"""Failures within a day that are worth an email."""


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


def note_failure(person_id: uuid.UUID, *, failed: FailedTry) -> None:
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
