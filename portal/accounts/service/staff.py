"""Staff: one role each, given and taken by an operator at the command line."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from portal.accounts.models import Person, StaffRole, TotpFactor
from portal.accounts.service import factors, people, sessions
from portal.accounts.service.pending import end_pending
from portal.jobs import service as jobs
from portal.kit import audit, clock
from portal.kit.actor import Role
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal


class FactorFromBefore(Refusal):
    """The factor is older than the role: it is reset once the role has lasted as long as a customer waits for that."""


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


def order_factor_reset(person_id: uuid.UUID) -> None:
    """Order that a member of staff's lost second factor be removed: staff write no factor, so the portal does it (P09).

    Raises NotFound without a role or a factor, and FactorFromBefore.
    """
    _refuse_reset(person_id)
    jobs.enqueue("accounts.reset_staff_factor", subject_id=person_id, person_id=str(person_id))
    audit.record("accounts.factor_reset_ordered", subject_id=person_id)


def reset_factor(person_id: uuid.UUID) -> None:
    """Remove a member of staff's lost second factor; their sessions end, they set up another.

    Raises NotFound without a role or a factor, and FactorFromBefore.
    """
    person = people.lock_person(person_id)
    _refuse_reset(person_id)
    factors.drop_factor(person)
    sessions.end_sessions(person_id)
    audit.record("accounts.factor_reset", subject_id=person_id)


def _refuse_reset(person_id: uuid.UUID) -> None:
    role, factor = db.session.get(StaffRole, person_id), db.session.get(TotpFactor, person_id)
    if role is None or factor is None:
        raise NotFound
    # Else an operator could make a customer staff for the length of a command.
    if factor.created_at < role.granted_at and clock.now() < role.granted_at + period("factor_removal"):
        raise FactorFromBefore


def list_staff() -> list[StaffMember]:
    """Return every member of staff, by address."""
    rows = db.session.execute(
        select(Person.id, Person.email, Person.name, StaffRole.role, StaffRole.granted_at, TotpFactor.person_id)
        .join(StaffRole, StaffRole.person_id == Person.id)
        .outerjoin(TotpFactor, TotpFactor.person_id == Person.id)
        .order_by(Person.email_key)
    )
    return [StaffMember(*row[:5], row[5] is not None) for row in rows]
