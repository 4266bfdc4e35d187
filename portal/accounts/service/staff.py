"""Staff: one role each, given and taken by an operator at the command line."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from portal.accounts.models import Person, StaffRole, TotpFactor
from portal.accounts.service import factors, people, sessions
from portal.accounts.service.pending import end_pending
from portal.kit import audit, clock
from portal.kit.actor import Role
from portal.kit.db import db
from portal.kit.refusals import NotFound


@dataclass(frozen=True)
class StaffMember:
    """One member of staff."""

    person_id: uuid.UUID
    email: str
    name: str
    role: str
    granted_at: datetime
    has_second_factor: bool


def grant_role(person_id: uuid.UUID, *, role: Role) -> None:
    """Give a person a role, in the place of any other; their sessions end. Raises NotFound, ValueError for no such role."""
    person = people.lock_person(person_id)
    row = db.session.get(StaffRole, person_id) or StaffRole(person_id=person_id)
    row.role, row.granted_at = Role(role).value, clock.now()
    db.session.add(row)
    sessions.end_sessions(person.id)
    end_pending(person.id)
    audit.record("accounts.role_granted", subject_id=person_id, role=role)


def remove_role(person_id: uuid.UUID) -> None:
    """Take a person's role away; their sessions end. Raises NotFound when there is none."""
    row = db.session.get(StaffRole, person_id)
    if row is None:
        raise NotFound
    people.lock_person(person_id)
    db.session.execute(delete(StaffRole).where(StaffRole.person_id == person_id))
    sessions.end_sessions(person_id)
    end_pending(person_id)
    audit.record("accounts.role_removed", subject_id=person_id, role=row.role)


def reset_factor(person_id: uuid.UUID) -> None:
    """Remove a member of staff's lost second factor; their sessions end, they set up another. Raises NotFound."""
    if db.session.get(StaffRole, person_id) is None:
        raise NotFound
    factors.drop_factor(people.lock_person(person_id))
    sessions.end_sessions(person_id)
    audit.record("accounts.factor_reset", subject_id=person_id)


def list_staff() -> list[StaffMember]:
    """Return every member of staff, by address."""
    rows = db.session.execute(
        select(Person.id, Person.email, Person.name, StaffRole.role, StaffRole.granted_at, TotpFactor.person_id)
        .join(StaffRole, StaffRole.person_id == Person.id)
        .outerjoin(TotpFactor, TotpFactor.person_id == Person.id)
        .order_by(Person.email_key)
    )
    return [StaffMember(*row[:5], row[5] is not None) for row in rows]
