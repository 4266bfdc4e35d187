"""The appeal of somebody whose account is disabled: made once, answered by a senior who had no part in it (P38)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import Person, StaffRole
from portal.disabling import mail
from portal.disabling.models import Disabling, DisablingState, Rule
from portal.disabling.service.decisions import OverAlready, lock
from portal.kit import audit, clock
from portal.kit.actor import Actor, Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.products import service as products


class AppealedAlready(Refusal):
    """One appeal is made, and waits or was answered."""


class NothingToAnswer(Refusal):
    """No appeal waits."""


class AnotherSenior(Refusal):
    """Whoever proposed or decided it leaves the appeal to another senior, as there is one."""


@dataclass(frozen=True)
class MyDisabling:
    """How somebody's own account is disabled. Who decided is our team: no one's name."""

    id: uuid.UUID
    rule: Rule
    reason: str
    at: datetime
    appealed_at: datetime | None
    appeal: str
    answered_at: datetime | None
    answer: str


def disabling_for(by: Actor) -> MyDisabling | None:
    """Return how the actor's account is disabled; None when it is not."""
    row = _in_force(by.require_id())
    if row is None:
        return None
    at = row.decided_at or row.proposed_at
    return MyDisabling(
        row.id, row.rule, row.reason, at, row.appealed_at, row.appeal or "", row.answered_at, row.answer or ""
    )


def _in_force(person_id: uuid.UUID) -> Disabling | None:
    theirs = select(Disabling).where(Disabling.person_id == person_id, Disabling.state == DisablingState.IN_FORCE)
    return db.session.scalar(theirs)


def appeal(by: Actor, *, text: str) -> None:
    """Appeal against the decision, once; seniors see it in their list. Raises NotFound and AppealedAlready."""
    found = _in_force(by.require_id())
    if found is None:
        raise NotFound
    disabling = lock(found.id)
    if disabling.state is not DisablingState.IN_FORCE:
        raise NotFound
    if disabling.appealed_at is not None:
        raise AppealedAlready
    disabling.appeal, disabling.appealed_at = text, clock.now()
    audit.record("disabling.appealed", subject_id=by.person_id, by=by.person_id)


@for_staff(Role.SENIOR)
def uphold(disabling_id: uuid.UUID, *, answer: str, by: Staff) -> None:
    """Answer an appeal: the account stays disabled, for a reason.

    Raises NotFound, NothingToAnswer and AnotherSenior.
    """
    disabling = lock(disabling_id)
    if disabling.state is not DisablingState.IN_FORCE or disabling.appealed_at is None or disabling.answered_at:
        raise NothingToAnswer
    if by.person_id in (disabling.proposed_by, disabling.decided_by) and _is_another(disabling):
        raise AnotherSenior
    _answer(disabling, answer, by)
    audit.record("disabling.upheld", subject_id=disabling.person_id, by=by.person_id)
    mail.upheld(disabling, to=accounts.get_person(disabling.person_id))


def _is_another(disabling: Disabling) -> bool:
    """Tell whether there is a senior who neither proposed nor decided it."""
    had_part = [each for each in (disabling.proposed_by, disabling.decided_by) if each]
    others = (
        select(StaffRole.person_id)
        .join(Person, Person.id == StaffRole.person_id)
        .where(StaffRole.role == Role.SENIOR.value, StaffRole.person_id.not_in(had_part), Person.deactivated_at.is_(None))
    )
    return db.session.scalar(others.limit(1)) is not None


@for_staff(Role.SENIOR)
def lift(disabling_id: uuid.UUID, *, answer: str, by: Staff) -> None:
    """Let the account work again, for a reason that its person reads: with an appeal or without. One senior is enough.

    Raises NotFound and OverAlready.
    """
    disabling = lock(disabling_id)
    if disabling.state is not DisablingState.IN_FORCE:
        raise OverAlready
    _answer(disabling, answer, by)
    disabling.state, disabling.ended_at = DisablingState.LIFTED, clock.now()
    person = accounts.enable(disabling.person_id, by=by.person_id)
    products.tell_enabled(person.id)
    audit.record("disabling.lifted", subject_id=person.id, by=by.person_id)
    mail.lifted(disabling, to=person)


def _answer(disabling: Disabling, answer: str, by: Staff) -> None:
    disabling.answer, disabling.answered_by, disabling.answered_at = answer, by.person_id, clock.now()
