"""Lost factors whose reminder or day has come. None goes without its reminder some days before, however late that is."""

import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts import mail
from portal.accounts.models import FactorRemoval, FactorRemovalState, Person
from portal.accounts.service import factors, history, people, sessions
from portal.accounts.service.factor_removals import find_open, guards_of, is_staff, stop_token
from portal.accounts.service.former_emails import addresses_of
from portal.accounts.service.pending import end_factor_removal, end_pending
from portal.jobs import service as jobs
from portal.kit import audit, clock
from portal.kit.db import db
from portal.kit.periods import period

AT_ONCE = 500
LATE = timedelta(hours=3)
"""By how much a reminder may be late without putting the day off: an hourly sweep is never on the minute."""


def enqueue_due_removals() -> None:
    """Have each removal gone on with whose reminder or day has come: each in a transaction of its own, a bounded number."""
    due = select(FactorRemoval.id, FactorRemoval.person_id).where(
        FactorRemoval.state == FactorRemovalState.WAITING, or_(_to_be_reminded_of(), _to_be_carried_out())
    )
    for removal_id, person_id in db.session.execute(due.order_by(FactorRemoval.due_at).limit(AT_ONCE)):
        jobs.enqueue("accounts.continue_removal", subject_id=person_id, removal_id=str(removal_id))


def _to_be_reminded_of() -> ColumnElement[bool]:
    soon = clock.now() + period("factor_removal_reminder")
    return FactorRemoval.reminded_at.is_(None) & (FactorRemoval.due_at <= soon)


def _to_be_carried_out() -> ColumnElement[bool]:
    return FactorRemoval.reminded_at.is_not(None) & (FactorRemoval.due_at <= clock.now())


def continue_removal(removal_id: uuid.UUID) -> None:
    """Remind of a removal, or carry it out, if its time for that has come; an id that nobody has is passed over.

    Run twice it does nothing the second time: what is to be done is read under the lock.
    """
    found = db.session.get(FactorRemoval, removal_id)
    if found is None:
        return
    person = people.lock_person(found.person_id)
    removal = find_open(person.id)
    if removal is None or removal.id != removal_id or removal.state != FactorRemovalState.WAITING:
        return
    if is_staff(person.id) or removal.guards != guards_of(person):
        end_factor_removal(person.id, state=FactorRemovalState.ENDED)
    elif removal.reminded_at is None:
        _remind(removal, person)
    elif removal.goes_at <= clock.now():
        _carry_out(removal, person)


def _remind(removal: FactorRemoval, person: Person) -> None:
    now, notice = clock.now(), period("factor_removal_reminder")
    if removal.goes_at > now + notice:
        return
    if removal.goes_at < now + notice - LATE:
        # No worker ran on its day. Nothing goes of which nobody was warned: it goes late.
        removal.due_at = now + notice
    removal.reminded_at = now
    for address in addresses_of(person):
        mail.factor_removal_reminder(person, to=address, due_at=removal.goes_at, token=stop_token(removal, to=address))
    audit.record("accounts.factor_removal_reminded", subject_id=person.id)


def _carry_out(removal: FactorRemoval, person: Person) -> None:
    removal.state, removal.ended_at = FactorRemovalState.DONE, clock.now()
    factors.delete_factor(person.id)
    sessions.end_sessions(person.id)
    end_pending(person.id)
    history.note_factor_removed(person.id)
    for address in addresses_of(person):
        mail.factor_removal_done(person, to=address)
    audit.record("accounts.factor_removal_done", subject_id=person.id)


def count_late_removals(*, grace: timedelta) -> int:
    """Return how many removals should have been carried out more than `grace` ago."""
    return _count_waiting(FactorRemoval.due_at < clock.now() - grace)


def count_put_off_removals() -> int:
    """Return how many removals wait for longer than they may, since a clock that was ahead has dated them."""
    return _count_waiting(FactorRemoval.due_at > clock.latest() + period("factor_removal"))


def _count_waiting(clause: ColumnElement[bool]) -> int:
    waiting = select(func.count()).select_from(FactorRemoval).where(FactorRemoval.state == FactorRemovalState.WAITING)
    return db.session.scalar(waiting.where(clause)) or 0
