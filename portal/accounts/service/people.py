"""People: find them, change what guards them, close and reopen an account."""

import uuid
from datetime import datetime

from sqlalchemy import inspect, select, update

from portal.accounts import mail
from portal.accounts.models import Person, TotpFactor
from portal.accounts.service import sessions
from portal.accounts.service.former_emails import former_emails, undoable_changes
from portal.kit import audit, clock, passwords, throttle
from portal.kit.actor import Actor
from portal.kit.claims import Subject
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.settings import current_settings
from portal.kit.unit import before_writes
from portal.legal import policy

CHECKS_PER_PERSON = "10 per 5 minutes"


def find_by_email(email: str) -> Person | None:
    """Return the person with this address, however it is spelled, or None. One indexed lookup."""
    return db.session.scalar(select(Person).where(Person.email_key == lookup_key(email)))


def get_person(person_id: uuid.UUID) -> Person:
    """Return a person, also one whose account is closed. Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def person_for(actor: Actor) -> Person:
    """Return the person who acts. Raises NotFound for a visitor."""
    return get_person(actor.require_id())


def subject_of(person: Person) -> Subject:
    """Return whose data the register looks for: the id, the address, and addresses before it for what is from then."""
    return Subject.of(person.id, emails=[person.email], former=_former(person.id))


def subject_for(actor: Actor) -> Subject:
    """Return whose data the register looks for when the actor asks: `subject_of`, by one statement less."""
    person_id = actor.require_id()
    return Subject.of(person_id, emails=[actor.email], former=_former(person_id))


def _former(person_id: uuid.UUID) -> list[tuple[str, datetime]]:
    return [(change.old_email, change.left_at) for change in former_emails(person_id)]


def addresses_of(person: Person) -> list[str]:
    """Return the person's address and those before it that may still take the account back, each mailbox once."""
    before = [change.old_email for change in undoable_changes(person.id)]
    mailboxes = {lookup_key(address): address for address in [*before, person.email]}
    return [mailboxes[key] for key in sorted(mailboxes)]


def least_password(person: Person) -> int:
    """Return how many characters this person's password needs: fewer when a second factor is asked as well."""
    return passwords.least(with_factor=has_factor(person))


def has_factor(person: Person) -> bool:
    """Tell whether a code is asked beside the password."""
    return db.session.scalar(select(TotpFactor.person_id).where(TotpFactor.person_id == person.id)) is not None


def context_words(*own: str) -> list[str]:
    """Return the words that a password must not be made of: the person's and the company's (v5.0.0-6.2.11)."""
    company = policy.company_from(current_settings())
    return [*own, company.name, company.product, company.site, company.legal_entity, current_settings().host, "portal"]


@before_writes
def check_password(person: Person, *, password: str) -> bool:
    """Tell whether `password` is the person's own; wrong answers are counted.

    Raises TooManyTries, also for the right one while the count is spent, and Busy.
    """
    throttle.spend("accounts.password", str(person.id), CHECKS_PER_PERSON)
    if not passwords.hasher().verify(person.password_hash, password):
        return False
    throttle.give_back("accounts.password", str(person.id), CHECKS_PER_PERSON)
    return True


@before_writes
def set_password(person: Person, *, password: str, keep_session: uuid.UUID | None = None) -> None:
    """Set a new password: every link stamped with the old one dies, other sessions end, a frozen account thaws (P08).

    Writes the security letter and the audit row. Hashing holds no transaction.
    Raises PasswordTooShort, PasswordTooCommon, PasswordTellsContext, Busy; LinkDead when somebody set one meanwhile.
    """
    person_id, set_before = person.id, person.password_set_at
    passwords.check(password, least=least_password(person), context=context_words(person.name, person.email))
    hashed = passwords.hasher().hash(password)
    person = lock_person(person_id)
    if person.password_set_at != set_before:
        raise LinkDead
    person.password_hash, person.password_set_at, person.frozen_at = hashed, clock.now(), None
    sessions.end_sessions(person.id, but=keep_session)
    mail.password_changed(person)
    audit.record("accounts.password_changed", subject_id=person.id, by=person.id)


def lock_person(person_id: uuid.UUID) -> Person:
    """Return the person as the database holds them now, locked until the unit ends. Raises NotFound."""
    person = db.lock(Person, person_id)
    if person is None:
        raise NotFound
    return person


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


def freeze(person: Person) -> None:
    """End every session and let nobody in until the password is chosen anew (P10)."""
    person.frozen_at = person.frozen_at or clock.now()
    sessions.end_sessions(person.id)
    audit.record("accounts.frozen", subject_id=person.id)


def deactivate(person_id: uuid.UUID, *, by: uuid.UUID | None) -> Person:
    """Close an account: it is out at its next request and nobody signs in (v5.0.0-7.4.2). Raises NotFound."""
    person = lock_person(person_id)
    person.deactivated_at = person.deactivated_at or clock.now()
    sessions.end_sessions(person.id)
    audit.record("accounts.deactivated", subject_id=person.id, by=by)
    return person


def reactivate(person_id: uuid.UUID) -> Person:
    """Open a closed account again; nobody is signed in by it. Raises NotFound."""
    person = lock_person(person_id)
    person.deactivated_at = None
    audit.record("accounts.reactivated", subject_id=person.id)
    return person


def account_columns() -> frozenset[str]:
    """Return what an account can hold, as the database has it (P03)."""
    return frozenset(column["name"] for column in inspect(db.session.connection()).get_columns(Person.__tablename__))


def newest_password_hashes(most: int) -> list[str]:
    """Return stored password hashes to judge their parameters by, newest first (P07)."""
    statement = select(Person.password_hash).where(Person.password_hash.is_not(None))
    return [each for each in db.session.scalars(statement.order_by(Person.password_set_at.desc()).limit(most)) if each]
