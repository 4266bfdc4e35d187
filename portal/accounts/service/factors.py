"""The second factor: codes of an authenticator app (RFC 6238), each good once, and recovery codes to fall back on."""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

import pyotp
import structlog
from sqlalchemy import delete, or_, select, update

from portal.accounts import mail
from portal.accounts.models import FACTOR_SECRET, FactorRemovalState, Person, StaffRole, TotpFactor
from portal.accounts.service import enrolment, people, recovery_codes, sessions
from portal.accounts.service.enrolment import Drawn
from portal.accounts.service.known_browsers import mark_browser
from portal.accounts.service.passwords import check_password
from portal.accounts.service.pending import end_factor_removal, end_pending
from portal.kit import audit, clock, codes, keys, passwords, qr_codes, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import LinkDead, NotFound, Refusal, Unavailable
from portal.kit.sealed import key_id_of
from portal.kit.settings import current_settings
from portal.kit.tokens import is_like_recovery_code
from portal.kit.unit import before_writes
from portal.legal import policy

log = structlog.get_logger()
TRIES = "5 per 5 minutes; 20 per hour; 50 per day"
STEP_SECONDS = 30
DRIFT = (-1, 0, 1)
"""Steps that a slow clock or a slow hand may be away."""


class CodeWrong(Refusal):
    """The code is not the present one, or has served already."""


class CodesUnreadable(Unavailable):
    """The secret behind the codes does not open: its key is missing from PORTAL_SECRET_KEYS."""


class FactorPresent(Refusal):
    """The person has a second factor already."""


@dataclass(frozen=True)
class Setup:
    """A factor about to be set up: `sealed` travels through the form, the rest is for the person's app and eyes."""

    sealed: str
    secret: str
    uri: str
    qr: qr_codes.QrCode


def begin_factor(actor: Actor, *, sealed: str | None = None) -> Setup:
    """Draw a secret for an authenticator app, or show again the one in `sealed`, if it is ours and young. Stores nothing."""
    try:
        secret = enrolment.unseal(actor, sealed=sealed or "").secret
    except LinkDead:
        secret = ""
    if not secret:
        secret, sealed = pyotp.random_base32(), None
    company = policy.company_from(current_settings())
    uri = pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name=company.product)
    again = sealed or enrolment.seal(actor, drawn=Drawn(enrolment.stamp_now(actor.require_id()), secret=secret))
    return Setup(again, secret, uri, qr_codes.draw(uri))


def seal_secret(person_id: uuid.UUID, *, secret: str) -> bytes:
    """Return a factor's secret as it is stored: sealed, and of use for this person only."""
    return FACTOR_SECRET.seal(secret.encode(), of=person_id)


@before_writes
def prove_app(actor: Actor, *, sealed: str, code: str) -> recovery_codes.CodeList:
    """Return the recovery codes of a factor about to be set up, once the app's first code is right. Stores nothing.

    Raises CodeWrong, TooManyTries; LinkDead for a setup that is too old.
    """
    setup = enrolment.unseal(actor, sealed=sealed)
    throttle.consume("accounts.code", str(actor.require_id()), TRIES)
    step = _step_of(setup.secret, code) if setup.secret else None
    if step is None:
        raise CodeWrong
    throttle.refund("accounts.code", str(actor.require_id()), TRIES)
    return recovery_codes.list_codes(actor, shown=replace(setup, step=step))


@before_writes
def add_factor(actor: Actor, *, sealed: str, code: str) -> sessions.SignedIn:
    """Set up a proven factor once one of its recovery codes is typed; other sessions end, this one gets another secret.

    Raises CodeNotListed, FactorPresent, TooManyTries, Busy; LinkDead for a setup that is too old or was not proven.
    """
    setup = enrolment.unseal(actor, sealed=sealed)
    if setup.step is None:
        raise LinkDead
    hashes = recovery_codes.hash_listed(actor.require_id(), shown=setup, code=code)
    person = people.lock_person(actor.require_id())
    if people.has_factor(person):
        raise FactorPresent
    # The email comes first: its "This wasn't me" undoes what has been done since it was written.
    mail.factor_added(person)
    now, sealed_secret = clock.now(), seal_secret(person.id, secret=setup.secret)
    db.session.add(
        TotpFactor(person_id=person.id, secret_sealed=sealed_secret, created_at=now, confirmed_at=now, last_step=setup.step)
    )
    recovery_codes.store_codes(person.id, hashes=hashes)
    sessions.end_sessions(person.id, but=actor.session_id)
    end_pending(person.id)
    audit.record("accounts.factor_added", subject_id=person.id, by=person.id)
    return replace(sessions.renew_session(actor, by_second_factor=True), mark=mark_browser(person.id))


@before_writes
def replace_factor(actor: Actor, *, sealed: str, password: str, code: str, device: str) -> sessions.SignedIn:
    """Put a new app in the place of the old one, which is good until the new one's first code is right; codes stay.

    Other sessions end, this one gets another secret. The password is asked as it is for turning the factor off. Raises
    WrongPassword, CodeWrong, TooManyTries, Busy; LinkDead for a setup that is too old, or when something has changed since.
    """
    setup = enrolment.unseal(actor, sealed=sealed)
    check_password(actor, password=password, device=device)
    throttle.consume("accounts.code", str(actor.require_id()), TRIES)
    step = _step_of(setup.secret, code) if setup.secret else None
    if step is None:
        raise CodeWrong
    throttle.refund("accounts.code", str(actor.require_id()), TRIES)
    person = people.lock_person(actor.require_id())
    factor = db.session.get(TotpFactor, person.id)
    if factor is None or enrolment.stamp_now(person.id) != setup.stamp:
        raise LinkDead
    mail.factor_replaced(person)
    factor.secret_sealed, factor.last_step = seal_secret(person.id, secret=setup.secret), step
    factor.created_at = factor.confirmed_at = clock.now()
    sessions.end_sessions(person.id, but=actor.session_id)
    end_pending(person.id)
    audit.record("accounts.factor_replaced", subject_id=person.id, by=person.id)
    return replace(sessions.renew_session(actor, by_second_factor=True), mark=mark_browser(person.id))


@before_writes
def remove_factor(actor: Actor, *, password: str, device: str) -> sessions.SignedIn:
    """Remove the second factor, if the password is long enough to stand alone.

    Other sessions end and this one gets another secret. Raises WrongPassword, TooManyTries, NotFound (there is none),
    PasswordTooShort.
    """
    check_password(actor, password=password, device=device)
    passwords.check_length(password, least=passwords.MIN_ALONE)
    person = people.lock_person(actor.require_id())
    drop_factor(person)
    sessions.end_sessions(person.id, but=actor.session_id)
    audit.record("accounts.factor_removed", subject_id=person.id, by=person.id)
    return replace(sessions.renew_session(actor, by_second_factor=False), mark=mark_browser(person.id))


def drop_factor(person: Person) -> None:
    """Delete the factor and its recovery codes, end what waits, write the email. Raises NotFound when there is none."""
    if not delete_factor(person.id):
        raise NotFound
    end_pending(person.id)
    mail.factor_removed(person)


def delete_factor(person_id: uuid.UUID) -> bool:
    """Delete the factor and its recovery codes; return whether there was one."""
    recovery_codes.drop_codes(person_id)
    return db.affected(delete(TotpFactor).where(TotpFactor.person_id == person_id)) == 1


def undo_factor(person: Person, *, since: datetime) -> None:
    """Remove a second factor that was set up at or after `since`: an intruder's would shut its owner out for good (P10).

    A member of staff's stays, since it guards the data of others: an operator resets it, upon proof in person. Recovery
    codes made since go in any case: they open, and guard nothing.
    """
    recovery_codes.drop_codes(person.id, since=since)
    if db.session.get(StaffRole, person.id) is not None:
        return
    newer = delete(TotpFactor).where(TotpFactor.person_id == person.id, TotpFactor.created_at >= since)
    if db.affected(newer):
        recovery_codes.drop_codes(person.id)
        audit.record("accounts.factor_undone", subject_id=person.id)


@before_writes
def consume_code(person_id: uuid.UUID, *, code: str, count: str | None = None) -> int | None:
    """Check a code of the app, or a recovery code, and spend it: it never serves twice (v5.0.0-6.5.1).

    A wrong one counts for the person, or in `count`. A good one shows that the factor is not lost: its removal is stopped.

    Returns how many recovery codes are left when one was given. Raises CodeWrong, also for a person without a factor,
    TooManyTries, CodesUnreadable, and Busy.
    """
    key, typed = count or str(person_id), codes.typed(code).upper()
    throttle.consume("accounts.code", key, TRIES)
    if is_like_recovery_code(typed):
        return _consume_recovery_code(person_id, typed, key)
    _consume_app_code(person_id, typed, key)
    return None


@before_writes
def _consume_recovery_code(person_id: uuid.UUID, code: str, key: str) -> int:
    code_id = recovery_codes.find_code(person_id, code=code)
    if code_id is None:
        raise CodeWrong
    throttle.refund("accounts.code", key, TRIES)
    left = recovery_codes.spend_code(people.lock_person(person_id), code_id=code_id)
    if left is None:
        raise CodeWrong
    end_factor_removal(person_id, state=FactorRemovalState.STOPPED)
    return left


@before_writes
def _consume_app_code(person_id: uuid.UUID, code: str, key: str) -> None:
    sealed = db.session.scalar(select(TotpFactor.secret_sealed).where(TotpFactor.person_id == person_id))
    if sealed is None:
        raise CodeWrong
    step = _step_of(_open_secret(person_id, sealed, key), code)
    if step is None:
        raise CodeWrong
    throttle.refund("accounts.code", key, TRIES)
    people.lock_person(person_id)
    # A step far ahead was spent while a clock was ahead; it must not lock its owner out until that day.
    unspent = or_(TotpFactor.last_step < step, TotpFactor.last_step > step + clock.SKEW.total_seconds() // STEP_SECONDS)
    newer = update(TotpFactor).where(TotpFactor.person_id == person_id, unspent)
    if db.affected(newer.values(last_step=step)) != 1:
        raise CodeWrong
    end_factor_removal(person_id, state=FactorRemovalState.STOPPED)


def _open_secret(person_id: uuid.UUID, sealed: bytes, key: str) -> str:
    try:
        return FACTOR_SECRET.open(sealed, of=person_id).decode()
    except keys.CannotOpen:
        # No guess was made, and none is counted.
        throttle.refund("accounts.code", key, TRIES)
        log.error("accounts.codes_unreadable", key=key_id_of(sealed))
        raise CodesUnreadable from None


def _step_of(secret: str, code: str) -> int | None:
    given, now = codes.typed(code), int(clock.now().timestamp()) // STEP_SECONDS
    matching = [
        now + drift
        for drift in DRIFT
        if secrets.compare_digest(pyotp.TOTP(secret).generate_otp(now + drift).encode(), given.encode())
    ]
    return matching[0] if matching else None
