"""Recovery codes: ten to fall back on when the phone is lost, each good once and guessed no faster than the app's codes.

A code has 58 bits, fewer than the 112 from which on a plain hash would do (v5.0.0-6.5.2), so that it is hashed as a password
is. An HMAC would be quicker, and would die with the secret of the portal that made it (S26). The codes made together share
one salt: a try costs one hash and not ten.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, func, select, update

from portal.accounts import mail
from portal.accounts.models import Person, RecoveryCode
from portal.accounts.service import enrolment, people
from portal.accounts.service.enrolment import Drawn
from portal.accounts.service.pending import end_pending
from portal.kit import audit, clock, codes, passwords, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import LinkDead, NotFound, Refusal
from portal.kit.tokens import recovery_code
from portal.kit.unit import before_writes

COUNT = 10
FEW = 3
"""So many left, and fewer: the person is told to make new ones."""
SAVES_PER_PERSON = "10 per hour; 30 per day"
"""Each costs as much as ten sign-ins."""


class CodeNotListed(Refusal):
    """The code typed is none of those that were shown: they may not have been saved."""


@dataclass(frozen=True)
class CodeList:
    """Codes about to be made: `sealed` travels through the form, `codes` are for the person's eyes."""

    sealed: str
    codes: Sequence[str]


def draw_codes(actor: Actor, *, sealed: str | None = None) -> CodeList:
    """Draw codes in the place of the actor's, or show again those in `sealed`, if they are ours and young. Stores nothing.

    Raises NotFound for a person without a second factor.
    """
    stamp = enrolment.stamp_now(people.person_for(actor).id)
    if not actor.has_second_factor:
        raise NotFound
    try:
        shown = enrolment.unseal(actor, sealed=sealed or "")
    except LinkDead:
        shown = Drawn(stamp="")
    if shown.stamp != stamp or not shown.codes:
        return list_codes(actor, shown=Drawn(stamp=stamp))
    return list_codes(actor, shown=shown)


def list_codes(actor: Actor, *, shown: Drawn) -> CodeList:
    """Return the codes that were drawn, or draw them, beside whatever else was drawn."""
    if not shown.codes:
        shown = replace(shown, codes=tuple(recovery_code() for _each in range(COUNT)))
    return CodeList(enrolment.seal(actor, drawn=shown), [codes.grouped(code) for code in shown.codes])


def find_codes_in(actor: Actor, *, sealed: str) -> CodeList | None:
    """Return the codes that a form carries, or None: not ours, another person's, too old, or without any."""
    try:
        shown = enrolment.unseal(actor, sealed=sealed)
    except LinkDead:
        return None
    return CodeList(sealed, [codes.grouped(code) for code in shown.codes]) if shown.codes else None


@before_writes
def hash_listed(person_id: uuid.UUID, *, shown: Drawn, code: str) -> list[str]:
    """Return the hashes of codes, once one of them is typed: they were saved. Raises CodeNotListed, TooManyTries, Busy."""
    throttle.consume("accounts.recovery_codes", str(person_id), SAVES_PER_PERSON)
    if codes.typed(code).upper() not in shown.codes:
        raise CodeNotListed
    return passwords.hasher().hash_together(shown.codes)


@before_writes
def make_codes(actor: Actor, *, sealed: str, code: str) -> None:
    """Put the codes that were shown in the place of the person's, once one of them is typed.

    Raises CodeNotListed, TooManyTries, Busy; LinkDead when they were drawn too long ago, or something has changed since.
    """
    shown = enrolment.unseal(actor, sealed=sealed)
    hashes = hash_listed(actor.require_id(), shown=shown, code=code)
    person = people.lock_person(actor.require_id())
    if not people.has_factor(person) or enrolment.stamp_now(person.id) != shown.stamp:
        raise LinkDead
    drop_codes(person.id)
    store_codes(person.id, hashes=hashes)
    end_pending(person.id)
    mail.recovery_codes_made(person)
    audit.record("accounts.recovery_codes_made", subject_id=person.id, by=person.id)


def store_codes(person_id: uuid.UUID, *, hashes: Sequence[str]) -> None:
    """Store the hashes of codes that were made together."""
    now = clock.now()
    db.session.add_all(RecoveryCode(person_id=person_id, code_hash=each, created_at=now) for each in hashes)


def drop_codes(person_id: uuid.UUID, *, since: datetime | None = None) -> None:
    """Delete a person's codes: all of them, or those made at or after `since`."""
    theirs = delete(RecoveryCode).where(RecoveryCode.person_id == person_id)
    db.session.execute(theirs.where(RecoveryCode.created_at >= since) if since else theirs)


def count_codes(person_id: uuid.UUID) -> int:
    """Return how many codes a person has left."""
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


@before_writes
def find_code(person_id: uuid.UUID, *, code: str) -> uuid.UUID | None:
    """Return the id of the unused code that was typed, or None; for a person without any the same work is done.

    Raises Busy.
    """
    unused = select(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    ids = {row.code_hash: row.id for row in db.session.scalars(unused)}
    found = passwords.hasher().find_match(list(ids), code)
    return ids[found] if found else None


def spend_code(person: Person, *, code_id: uuid.UUID) -> int | None:
    """Note that a code is used, tell the person, and return how many are left; None when somebody was quicker."""
    mine = update(RecoveryCode).where(RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None))
    if db.affected(mine.values(used_at=clock.now())) != 1:
        return None
    left = count_codes(person.id)
    mail.recovery_code_used(person, left=left, is_few=left <= FEW)
    audit.record("accounts.recovery_code_used", subject_id=person.id, by=person.id, left=left)
    return left
