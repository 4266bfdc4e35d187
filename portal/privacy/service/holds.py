"""Holding: some fields of one record are copied and sealed, for a reason and until a date (P30, P31).

The record itself goes on as if there were no hold: it is corrected, deleted and erased like any other. What is held is what
stood there when the hold was set, and it is read for the reason that it is held for, and for no other.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select

from portal.accounts import service as accounts
from portal.kit import audit, clock, formats, lasting, staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.claims import Subject, Subjects, by_email, of_subjects, seldom
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.i18n import _, in_language, listed
from portal.kit.periods import describe, period
from portal.kit.refusals import NotFound, Refusal
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.mail.service import Recipient
from portal.privacy import mail
from portal.privacy.models import SEALED_FIELDS, Hold, HoldGround
from portal.privacy.service import held_records

ADDRESSES = lasting.hashes("privacy.hold")
"""The hashes by which somebody without an account is found again."""
MOST_LISTED = 200


class HoldWithoutLaw(Refusal):
    """A hold that a law asks for names that law."""


class HoldTooLong(Refusal):
    """A hold ends within the longest time of its ground; `longest` is that time."""


class HoldOver(Refusal):
    """A hold ends after today."""


@dataclass(frozen=True)
class Terms:
    """Why something is held, and through which day (UTC)."""

    ground: HoldGround
    reason: str
    until: date
    law: str = ""

    @property
    def release_at(self) -> datetime:
        """The instant at which it ends by itself: the end of its last day."""
        return datetime.combine(self.until + timedelta(days=1), time(), UTC)

    def check(self) -> None:
        """Raise HoldWithoutLaw, HoldOver or HoldTooLong."""
        if self.ground is HoldGround.STATUTE and not self.law.strip():
            raise HoldWithoutLaw
        if self.until <= clock.today():
            raise HoldOver
        if self.until > clock.today() + period(self.ground.period):
            raise HoldTooLong(longest=describe(period(self.ground.period)))


@dataclass(frozen=True)
class HoldView:
    """A hold as its person sees it."""

    id: uuid.UUID
    what: str
    fields: Sequence[str]
    ground: HoldGround
    law: str
    reason: str
    set_at: datetime
    renewed_at: datetime | None
    release_at: datetime

    @property
    def last_day(self) -> date:
        """The last day (UTC) of it."""
        return _last_day(self.release_at)

    @property
    def why(self) -> str:
        """The ground in words, with the name of the law where it is one."""
        return _("%(ground)s: %(law)s", ground=self.ground.label, law=self.law) if self.law else self.ground.label


@dataclass(frozen=True)
class HoldLine:
    """A hold in the list of the privacy officer, without whose it is."""

    id: uuid.UUID
    what: str
    why: str
    last_day: date


def of_holds(subjects: Subjects) -> ColumnElement[bool]:
    """Return the clause for the holds of the subjects' records."""
    by_address = by_email(subjects, email=Hold.address_hash, since=Hold.set_at, read=_hashes_of)
    return or_(of_subjects(person=Hold.subject_id)(subjects), seldom(by_address))


def _hashes_of(email_key: str) -> Iterable[str]:
    return lasting.macs(ADDRESSES, email_key)


@for_staff(Role.PRIVACY)
def set_hold(
    subject: Subject, *, line: str, record_id: uuid.UUID, fields: Sequence[str], terms: Terms, by: Staff
) -> uuid.UUID:
    """Copy some fields of a record of the subject, sealed, until a date, and tell them; return the hold's id (P30, P31).

    Raises NotFound when the record is not theirs or has no such field, and what `Terms.check` raises.
    """
    terms.check()
    held = held_records.copy(subject, line=line, record_id=record_id, fields=fields)
    hold = Hold(
        id=uuid.uuid4(),
        subject_id=subject.person_id,
        address_hash=None if subject.person_id else lasting.mac(ADDRESSES, min(subject.email_keys)),
        line=line,
        record_id=record_id,
        columns=list(fields),
        ground=terms.ground,
        law=terms.law.strip() if terms.ground is HoldGround.STATUTE else "",
        reason=terms.reason,
        set_by=by.person_id,
        release_at=terms.release_at,
        file_key=held.file_key,
    )
    guest = None if subject.person_id else {"email": min(subject.email_keys), "language": held.language}
    hold.kept = SEALED_FIELDS.seal(json.dumps({"fields": held.values, "guest": guest}).encode(), of=hold.id)
    db.session.add(hold)
    _note("privacy.hold_set", hold, by)
    _tell(hold)
    return hold.id


@for_staff(Role.PRIVACY)
def renew_hold(hold_id: uuid.UUID, *, reason: str, until: date, by: Staff) -> None:
    """Move the date of a hold, with a reason of its own, and tell its person. Raises NotFound and what `Terms.check` raises.

    From now on it may last as long as its ground allows.
    """
    hold = _locked(hold_id)
    terms = Terms(hold.ground, reason, until, hold.law)
    terms.check()
    hold.reason, hold.release_at, hold.renewed_at, hold.set_by = reason, terms.release_at, clock.now(), by.person_id
    _note("privacy.hold_renewed", hold, by)
    _tell(hold)


@for_staff(Role.PRIVACY)
def release_hold(hold_id: uuid.UUID, *, by: Staff) -> None:
    """End a hold before its date; what it kept goes with it. Raises NotFound."""
    hold = _locked(hold_id)
    _note("privacy.hold_released", hold, by)
    delete_files([hold])
    db.session.delete(hold)


@for_staff(Role.PRIVACY)
@before_writes
def read_hold(hold_id: uuid.UUID, *, by: Staff) -> HoldView:
    """Return a hold without what it keeps; on record before, as its reason is about somebody. Raises NotFound."""
    hold = db.session.get(Hold, hold_id)
    if hold is None or hold.release_at <= clock.now():
        raise NotFound
    shown = view(hold)
    subjects = [hold.subject_id] if hold.subject_id else []
    staff_reads.record(Hold, by=by, subjects=subjects, basis=Basis.HOLD, basis_id=hold_id)
    return shown


@for_staff(Role.PRIVACY)
def list_holds(*, by: Staff) -> list[HoldLine]:
    """Return the holds that end next: what kind of record each keeps and on which ground, not whose it is."""
    ends_next = select(Hold.id, Hold.line, Hold.ground, Hold.release_at).where(Hold.release_at > clock.now())
    rows = db.session.execute(ends_next.order_by(Hold.release_at, Hold.id).limit(MOST_LISTED))
    return [HoldLine(row.id, _what(row.line), row.ground.label, _last_day(row.release_at)) for row in rows]


def holds_on(subject: Subject) -> list[HoldView]:
    """Return what is held of somebody, what ends first at the top."""
    # Nobody has many. Asked for by its last day or in that order, SQLite would look through those of everybody.
    theirs = [hold for hold in db.session.scalars(select(Hold).where(of_holds([subject]))) if hold.release_at > clock.now()]
    return [view(hold) for hold in sorted(theirs, key=lambda hold: (hold.release_at, hold.id))[:MOST_LISTED]]


def said_of_holds(subject: Subject) -> list[str]:
    """Say of each hold what stays, why and until when: beforehand, and on the receipt."""
    return [
        str(
            _(
                "%(what)s (%(fields)s): we keep a restricted copy until %(date)s. %(ground)s. %(reason)s",
                what=each.what,
                fields=listed(each.fields),
                date=formats.day(each.last_day, "UTC"),
                ground=each.why,
                reason=each.reason,
            )
        )
        for each in holds_on(subject)
    ]


def delete_files(holds: Iterable[Hold]) -> None:
    """Delete the copies of files with the holds that keep them."""
    for hold in holds:
        if hold.file_key:
            storage().delete(hold.file_key)


def view(hold: Hold) -> HoldView:
    """Return a hold as its person sees it, in the language that is spoken now."""
    line = held_records.find_line(hold.line)
    return HoldView(
        id=hold.id,
        what=_what(hold.line),
        fields=[held_records.label_of(line, name=name) if line else name for name in hold.columns],
        ground=hold.ground,
        law=hold.law,
        reason=hold.reason,
        set_at=hold.set_at,
        renewed_at=hold.renewed_at,
        release_at=hold.release_at,
    )


def _what(name: str) -> str:
    line = held_records.find_line(name)
    return line.what if line else name


def _last_day(release_at: datetime) -> date:
    return (release_at - timedelta(days=1)).date()


def _note(event: str, hold: Hold, by: Staff) -> None:
    until = hold.release_at.date().isoformat()
    audit.record(
        event, subject_id=hold.subject_id, by=by.person_id, hold=str(hold.id), ground=hold.ground.value, until=until
    )


def _locked(hold_id: uuid.UUID) -> Hold:
    hold = db.lock(Hold, hold_id)
    if hold is None or hold.release_at <= clock.now():
        raise NotFound
    return hold


def _tell(hold: Hold) -> None:
    # An account that was erased meanwhile has nobody to tell: its receipt has told.
    with suppress(NotFound):
        to = _recipient(hold)
        with in_language(to.language):
            mail.hold_set(view(hold), to=to)


def _recipient(hold: Hold) -> Recipient:
    if hold.subject_id:
        return accounts.recipient(accounts.get_person(hold.subject_id))
    return Recipient(**held_records.opened(hold)["guest"])
