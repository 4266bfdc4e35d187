"""The password of an account: judged, checked, set, changed, hashed again (P07)."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update

from portal.accounts import mail
from portal.accounts.models import Person
from portal.accounts.service import failed_tries
from portal.accounts.service.known_browsers import MOST_WRONG, mark_browser
from portal.accounts.service.pending import end_pending
from portal.accounts.service.people import has_factor, lock_person, person_for
from portal.accounts.service.sessions import SignedIn, end_sessions, renew_session
from portal.kit import audit, clock, keys, password_strength, passwords, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.settings import current_settings
from portal.kit.unit import before_writes, release_connection
from portal.legal import policy

CHECKS_PER_SESSION = "10 per 5 minutes"
PASSWORDS_PER_PERSON = "10 per hour; 20 per day"
"""Changes that one account may try: each costs an email, hashes and a judgement. A reset by email has a limit of its own."""


class WrongPassword(Refusal):
    """The password given is not the person's own."""


def least_password(person: Person) -> int:
    """Return how many characters this person's password needs: fewer when a second factor is asked as well."""
    return passwords.least(with_factor=has_factor(person))


def context_words(*own: str) -> list[str]:
    """Return the words that a password must not be made of: the person's and the company's (v5.0.0-6.2.11)."""
    company = policy.company_from(current_settings())
    return [*own, company.name, company.product, company.site, company.legal_entity, current_settings().host, "portal"]


@before_writes
def find_verdict(person: Person, *, password: str) -> str | None:
    """Return what the right password of a person is found hard to guess by, to be kept with them; None for a weak one.

    It is judged only when that is not what it was found so by before: list, rules, context and password are the same.
    """
    context = context_words(person.name, person.email)
    verdict = _verdict(context, set_at=person.password_set_at)
    if person.password_verdict == verdict:
        return verdict
    # Nobody waits for the write lock meanwhile.
    release_connection()
    return None if password_strength.is_weak(password, context=context) else verdict


def _verdict(context: Sequence[str], *, set_at: datetime) -> str:
    # Keyed: the words of a name or an address that is not the person's any more are not to be guessed from it.
    key = keys.derive(keys.secret_keys()[0], "password_verdict")
    return keys.mac(key, "\0".join((password_strength.version(), set_at.isoformat(), *context)))


@before_writes
def check_password(actor: Actor, *, password: str, device: str) -> None:
    """Check that `password` is the actor's own; a wrong one is counted, and stands in the history.

    Each session has a count of its own: a thief's does not keep the owner's from a defence. Raises WrongPassword, also
    for the right one after too many wrong ones in a row; TooManyTries, likewise; and Busy.
    """
    person, key = person_for(actor), f"{actor.person_id} {actor.session_id}"
    throttle.consume("accounts.password", key, CHECKS_PER_SESSION)
    is_right = passwords.hasher().verify(person.password_hash, password)
    if not is_right or person.wrong_passwords_known >= MOST_WRONG:
        wrong = failed_tries.Wrong.IN_KNOWN_BROWSER
        failed_tries.note_failure_later(person.id, device=device, wrong=wrong, session_id=actor.session_id)
        raise WrongPassword
    throttle.refund("accounts.password", key, CHECKS_PER_SESSION)


@before_writes
def set_password(person: Person, *, password: str, keep_session: uuid.UUID | None = None) -> None:
    """Set a new password: what waits and other sessions end, links of before are dead, a frozen account thaws (P08).

    Writes the security email and the audit row. Hashing holds no transaction.
    Raises PasswordTooShort, PasswordTooCommon, PasswordTellsContext, Busy; LinkDead when somebody set one meanwhile.
    """
    person_id, set_before = person.id, person.password_set_at
    context = context_words(person.name, person.email)
    passwords.check(password, least=least_password(person), context=context)
    hashed = passwords.hasher().hash(password)
    person = lock_person(person_id)
    if person.password_set_at != set_before:
        raise LinkDead
    person.password_hash, person.password_set_at, person.frozen_at = hashed, clock.now(), None
    person.password_verdict = _verdict(context, set_at=person.password_set_at)
    person.wrong_passwords = person.wrong_passwords_known = 0
    end_sessions(person.id, but=keep_session)
    end_pending(person.id)
    mail.password_changed(person)
    audit.record("accounts.password_changed", subject_id=person.id, by=person.id)


@before_writes
def change_password(actor: Actor, *, current: str, password: str, device: str) -> SignedIn:
    """Change one's own password: other sessions end, this one gets another secret (v5.0.0-6.2.3, 7.2.4, 7.4.3).

    Raises WrongPassword, which counts; TooManyTries, Busy, and what `set_password` raises.
    """
    check_password(actor, password=current, device=device)
    person = person_for(actor)
    throttle.consume("accounts.password_change", str(person.id), PASSWORDS_PER_PERSON)
    set_password(person, password=password, keep_session=actor.session_id)
    return replace(renew_session(actor, by_second_factor=False), mark=mark_browser(person.id))


@before_writes
def refresh_hash(person: Person, *, password: str, fits: passwords.Match) -> None:
    """Hash a password anew when parameters (v5.0.0-11.2.2) or form have changed since; it stays the same password."""
    person_id, old = person.id, person.password_hash
    if old is None or not (fits is passwords.Match.AS_SENT or passwords.hasher().needs_rehash(old)):
        return
    hashed = passwords.hasher().hash(password)
    # Only in the place of the very hash that was verified: a password chosen meanwhile stays.
    statement = update(Person).where(Person.id == person_id, Person.password_hash == old).values(password_hash=hashed)
    db.session.execute(statement)


def newest_password_hashes(most: int) -> list[str]:
    """Return stored password hashes to judge their parameters by, newest first (P07)."""
    statement = select(Person.password_hash).where(Person.password_hash.is_not(None))
    return [each for each in db.session.scalars(statement.order_by(Person.password_set_at.desc()).limit(most)) if each]
