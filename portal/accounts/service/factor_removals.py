"""A second factor whose phone and codes are lost: it goes a week after password and mailbox have both asked for it.

Meanwhile every address of the account is told, at once and once more before the day, and can stop it by a link; so does a
good code, and whatever else guards the account (`pending`). Staff are refused, whose factor guards the data of others: an
operator resets it, upon proof in person.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from portal.accounts import mail
from portal.accounts.models import OPEN_REMOVAL, FactorRemoval, FactorRemovalState, Person, StaffRole
from portal.accounts.service import people
from portal.accounts.service.former_emails import addresses_of, left_mailbox_at
from portal.accounts.service.passwords import check_password
from portal.accounts.service.pending import end_factor_removal, guard_stamp
from portal.accounts.service.sign_ins import read_step
from portal.kit import audit, clock, passwords, throttle, tokens
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.unit import before_writes

CONFIRM = tokens.LinkPurpose("accounts.factor_removal_confirm")
STOP = tokens.LinkPurpose("accounts.factor_removal_stop")
REQUESTS = "3 per hour; 6 per day"
"""Counted for a person and their password: whoever knew an older one keeps nobody from asking."""


class StaffFactorStays(Refusal):
    """A member of staff has lost the factor: an operator resets it (`portal staff reset-factor`)."""


class AccountClosed(Refusal):
    """The account is about to be deleted: who wants to keep it opens the link in the email about that first."""


@dataclass(frozen=True)
class LostFactor:
    """What somebody whose password was right is told: that staff ask elsewhere, or that a removal waits already."""

    is_staff: bool
    waiting: FactorRemoval | None


def lost_factor_of(step: str) -> LostFactor:
    """Return what the person of the first half of a sign-in is told. Raises LinkDead for one that is too old."""
    return _lost_factor(read_step(step).person_id)


def lost_factor_for(actor: Actor) -> LostFactor:
    """Return what somebody is told whose session lacks the code. Raises NotFound for a visitor."""
    return _lost_factor(actor.require_id())


def _lost_factor(person_id: uuid.UUID) -> LostFactor:
    return LostFactor(is_staff(person_id), db.session.scalar(_waiting_of(person_id)))


def find_waiting_removal_for(actor: Actor) -> FactorRemoval | None:
    """Return the removal of the actor's factor that has been confirmed and waits for its day, or None."""
    return db.session.scalar(_waiting_of(actor.require_id()))


@before_writes
def request_removal(step: str) -> None:
    """Send the link that confirms the removal, for the sign-in whose first half is proven.

    Raises LinkDead for a first half that is too old, and StaffFactorStays, AccountClosed, PasswordTooShort, TooManyTries.
    """
    first_half = read_step(step)
    _refuse_staff(first_half.person_id)
    if not first_half.stands_alone:
        raise passwords.PasswordTooShort(least=passwords.MIN_ALONE)
    proven = people.get_person(first_half.person_id)
    _request(proven.id, set_at=proven.password_set_at)


@before_writes
def request_removal_inside(actor: Actor, *, password: str, device: str) -> None:
    """Send it for a session that lacks the code, once the password is given again.

    Raises WrongPassword, TooManyTries, Busy, StaffFactorStays, PasswordTooShort.
    """
    set_at = people.person_for(actor).password_set_at
    check_password(actor, password=password, device=device)
    _refuse_staff(actor.require_id())
    passwords.check_length(password, least=passwords.MIN_ALONE)
    _request(actor.require_id(), set_at=set_at)


@before_writes
def _request(person_id: uuid.UUID, *, set_at: datetime) -> None:
    """Ask the mailbox, if the password that was given, set at `set_at`, is the person's still.

    Of one that waits already nothing changes: its day stays, and nothing is sent.
    """
    throttle.consume("accounts.factor_removal", f"{person_id} {set_at}", REQUESTS)
    person = people.lock_person(person_id)
    if person.deactivated_at:
        raise AccountClosed
    if person.frozen_at or person.password_set_at != set_at or not people.has_factor(person):
        raise LinkDead
    removal = find_open(person.id)
    if removal and removal.state == FactorRemovalState.WAITING:
        return
    removal = _renewed(removal) if removal else _begun(person.id)
    mail.factor_removal_requested(person, token=_confirm_token(removal, person))
    audit.record("accounts.factor_removal_requested", subject_id=person.id, by=person.id)


def _begun(person_id: uuid.UUID) -> FactorRemoval:
    removal = FactorRemoval(id=uuid.uuid4(), person_id=person_id, requested_at=clock.now(), guards="")
    db.session.add(removal)
    return removal


def _renewed(removal: FactorRemoval) -> FactorRemoval:
    # As long as it has half its life left, the link that is out is sent again: a thief's asking does not kill the owner's.
    age = clock.now() - removal.requested_at
    if not timedelta() <= age <= period("factor_removal_confirm") / 2:
        removal.requested_at = clock.now()
    return removal


def _refuse_staff(person_id: uuid.UUID) -> None:
    if is_staff(person_id):
        raise StaffFactorStays


def is_staff(person_id: uuid.UUID) -> bool:
    """Tell whether a person works for us."""
    return db.session.get(StaffRole, person_id) is not None


def _confirm_token(removal: FactorRemoval, person: Person) -> str:
    return tokens.sign(CONFIRM, str(removal.id), stamp=_confirm_stamp(removal, person), at=removal.requested_at)


def _confirm_stamp(removal: FactorRemoval, person: Person) -> str:
    return f"{removal.requested_at.isoformat()}|{guard_stamp(person)}"


def _confirm_stamp_now(removal_id: str) -> str | None:
    removal = db.session.get(FactorRemoval, uuid.UUID(removal_id))
    return _confirm_stamp(removal, people.get_person(removal.person_id)) if removal else None


def removal_to_confirm(token: str) -> FactorRemoval:
    """Return the removal that a link from the account's mailbox confirms; it may have done so, and then it waits.

    Raises LinkDead, also once what guards the account has changed.
    """
    (removal_id,) = tokens.read(CONFIRM, token, max_age=period("factor_removal_confirm"), stamp=_confirm_stamp_now, count=1)
    removal = db.session.get(FactorRemoval, uuid.UUID(removal_id))
    if removal is None or removal.state not in OPEN_REMOVAL:
        raise LinkDead
    return removal


def confirm_removal(token: str) -> FactorRemoval:
    """Let the removal wait for its day, and tell every address of the account; return it. Raises LinkDead.

    Confirmed already, it is left as it is: nothing begins anew.
    """
    named = removal_to_confirm(token)
    person = people.lock_person(named.person_id)
    removal = find_open(person.id)
    if removal is None or removal.id != named.id or is_staff(person.id):
        raise LinkDead
    if removal.state == FactorRemovalState.WAITING:
        return removal
    removal.state, removal.confirmed_at = FactorRemovalState.WAITING, clock.now()
    removal.due_at, removal.guards = removal.confirmed_at + period("factor_removal"), guards_of(person)
    for address in addresses_of(person):
        mail.factor_removal_begun(person, to=address, due_at=removal.due_at, token=stop_token(removal, to=address))
    audit.record("accounts.factor_removal_confirmed", subject_id=person.id, by=person.id)
    return removal


def guards_of(person: Person) -> str:
    """Return the hash of what guards an account as it stands now."""
    return tokens.hash_secret(guard_stamp(person))


def stop_token(removal: FactorRemoval, *, to: str) -> str:
    """Return the token of the link by which a mailbox stops a removal that waits."""
    return tokens.sign(STOP, str(removal.id), mail.mailbox_mark(removal.person_id, to), stamp=_stop_stamp(removal))


def own_stop_token(removal: FactorRemoval) -> str:
    """Return the same for the account's own mailbox, which has confirmed it."""
    return stop_token(removal, to=people.get_person(removal.person_id).email)


def _stop_stamp(removal: FactorRemoval) -> str:
    return f"{removal.state} {removal.confirmed_at}"


def _stop_stamp_now(removal_id: str, _mailbox: str) -> str | None:
    removal = db.session.get(FactorRemoval, uuid.UUID(removal_id))
    return _stop_stamp(removal) if removal and removal.state == FactorRemovalState.WAITING else None


def removal_to_stop(token: str) -> FactorRemoval:
    """Return the removal that a link stops. Raises LinkDead: it is over, or the mailbox has no say any more."""
    removal_id, mailbox = tokens.read(STOP, token, max_age=tokens.LONGEST, stamp=_stop_stamp_now, count=2)
    removal = db.session.get(FactorRemoval, uuid.UUID(removal_id))
    if removal is None:
        raise LinkDead
    left_mailbox_at(people.get_person(removal.person_id), mark=mailbox)
    return removal


def stop_removal_by_link(token: str) -> None:
    """Stop a removal by the link in an email about it. Raises LinkDead."""
    named = removal_to_stop(token)
    person = people.lock_person(named.person_id)
    removal = find_open(person.id)
    if removal is None or removal.id != named.id:
        raise LinkDead
    end_factor_removal(person.id, state=FactorRemovalState.STOPPED)


def stop_removal(actor: Actor) -> None:
    """Stop the removal of the actor's factor; where none is open there is nothing to do. Raises NotFound for a visitor."""
    person = people.lock_person(actor.require_id())
    end_factor_removal(person.id, state=FactorRemovalState.STOPPED)


def find_open(person_id: uuid.UUID) -> FactorRemoval | None:
    """Return the open removal as the database holds it now, locked."""
    locked = _open_of(person_id).with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(locked)


def _open_of(person_id: uuid.UUID) -> Select[FactorRemoval]:
    return select(FactorRemoval).where(FactorRemoval.person_id == person_id, FactorRemoval.state.in_(OPEN_REMOVAL))


def _waiting_of(person_id: uuid.UUID) -> Select[FactorRemoval]:
    return _open_of(person_id).where(FactorRemoval.state == FactorRemovalState.WAITING)
