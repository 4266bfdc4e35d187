"""People: find them, change what guards them, close and reopen an account."""

import uuid
from datetime import datetime

from sqlalchemy import bindparam, inspect, select

from portal.accounts.events import AccountCloses, AccountDisabled
from portal.accounts.models import Person, StaffRole, TotpFactor
from portal.accounts.service import sessions
from portal.accounts.service.former_emails import former_emails
from portal.accounts.service.pending import end_pending
from portal.kit import audit, clock, events
from portal.kit.actor import Actor, Role
from portal.kit.claims import Subject
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.refusals import NotFound, Refusal


class ClosingRefused(Refusal):
    """Something must be handed over before this account can close."""


_BY_EMAIL = select(Person).where(Person.email_key == bindparam("email_key"))
_WITH_FACTOR = (
    select(Person, TotpFactor.person_id)
    .outerjoin(TotpFactor, TotpFactor.person_id == Person.id)
    .where(Person.email_key == bindparam("email_key"))
)
_FACTOR = select(TotpFactor.person_id).where(TotpFactor.person_id == bindparam("person_id"))


def find_by_email(email: str) -> Person | None:
    """Return the person with this address, however it is spelled, or None. One indexed lookup."""
    return db.session.scalar(_BY_EMAIL, {"email_key": lookup_key(email)})


def find_with_factor(email: str) -> tuple[Person | None, bool]:
    """Return the person with this address or None, and whether a code is asked beside their password; one statement."""
    found = db.session.execute(_WITH_FACTOR, {"email_key": lookup_key(email)}).first()
    return (found[0], found[1] is not None) if found else (None, False)


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


def has_factor(person: Person) -> bool:
    """Tell whether a code is asked beside the password."""
    return db.session.scalar(_FACTOR, {"person_id": person.id}) is not None


def lock_person(person_id: uuid.UUID) -> Person:
    """Return the person as the database holds them now, locked until the unit ends. Raises NotFound."""
    person = db.lock(Person, person_id)
    if person is None:
        raise NotFound
    return person


def freeze(person: Person) -> None:
    """End every session and let nobody in until the password is chosen anew (P10)."""
    person.frozen_at = person.frozen_at or clock.now()
    sessions.end_sessions(person.id)
    end_pending(person.id)
    audit.record("accounts.frozen", subject_id=person.id)


def deactivate(person_id: uuid.UUID, *, by: uuid.UUID | None) -> Person:
    """Close an account: it is out at its next request and nobody signs in (v5.0.0-7.4.2).

    Raises NotFound, and ClosingRefused while something must be handed over first.
    """
    events.publish(AccountCloses(person_id))
    person = lock_person(person_id)
    person.deactivated_at = person.deactivated_at or clock.now()
    sessions.end_sessions(person.id)
    end_pending(person.id)
    audit.record("accounts.deactivated", subject_id=person.id, by=by)
    return person


def reactivate(person_id: uuid.UUID) -> Person:
    """Open a closed account again; nobody is signed in by it. Raises NotFound."""
    person = lock_person(person_id)
    person.deactivated_at = None
    audit.record("accounts.reactivated", subject_id=person.id)
    return person


def disable(person_id: uuid.UUID, *, by: uuid.UUID) -> Person:
    """Disable an account, as two seniors have decided: every session ends. Raises NotFound, also for a closed one."""
    person = lock_person(person_id)
    if person.deactivated_at is not None:
        raise NotFound
    person.disabled_at = clock.now()
    sessions.end_sessions(person.id)
    audit.record("accounts.disabled", subject_id=person.id, by=by)
    events.publish(AccountDisabled(person.id))
    return person


def enable(person_id: uuid.UUID, *, by: uuid.UUID) -> Person:
    """Let a disabled account work again; nobody is signed in by it. Raises NotFound."""
    person = lock_person(person_id)
    person.disabled_at = None
    audit.record("accounts.enabled", subject_id=person.id, by=by)
    return person


def is_staff(person_id: uuid.UUID, *roles: Role) -> bool:
    """Tell whether somebody is on our team, in one of `roles` if any is named."""
    theirs = select(StaffRole.role).where(StaffRole.person_id == person_id)
    role = db.session.scalar(theirs)
    return role is not None and (not roles or role in {each.value for each in roles})


def account_columns() -> frozenset[str]:
    """Return what an account can hold, as the database has it (P03)."""
    return frozenset(column["name"] for column in inspect(db.session.connection()).get_columns(Person.__tablename__))
