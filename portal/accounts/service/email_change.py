"""A change of address: the new mailbox confirms it, the old one is told at once, may stop it, and may undo it for a while.

A change is a row, because it can be stopped; its links are signed and stamped with the row's state. Asking for an address
that has an account already looks the same to whoever asks: only the owner of that account is told.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import mail
from portal.accounts.events import AddressChanged
from portal.accounts.models import EmailChange, EmailChangeState, FactorRemovalState, Person
from portal.accounts.service.former_emails import undoable_changes
from portal.accounts.service.pending import end_email_changes, end_factor_removal, end_pending, guard_stamp
from portal.accounts.service.people import find_by_email, get_person, lock_person, person_for
from portal.accounts.service.sessions import end_sessions
from portal.kit import audit, clock, events, throttle, tokens
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.throttle import Spend
from portal.kit.unit import before_writes, rows

CONFIRM = tokens.LinkPurpose("accounts.email_confirm")
VETO = tokens.LinkPurpose("accounts.email_veto")
UNDO = tokens.LinkPurpose("accounts.email_undo")
REQUESTS_PER_PERSON = "5 per day"
EMAILS_PER_ADDRESS = "3 per 6 hours"


_OPEN = select(EmailChange).where(
    EmailChange.person_id == bindparam("person_id"),
    EmailChange.state == EmailChangeState.ASKED,
    EmailChange.requested_at > bindparam("since"),
)


class AccountIsFrozen(Refusal):
    """Somebody said "this wasn't me": sensitive changes wait until the password is chosen anew."""


class AddressIsTheSame(Refusal):
    """The new address is the present one."""


@before_writes
def request_email_change(actor: Actor, *, email: str) -> None:
    """Ask the new mailbox for its consent and tell the old one; an open change is replaced.

    Raises AccountIsFrozen, AddressIsTheSame, TooManyTries. The limit per new address is silent.
    """
    in_time = throttle.consume_both(
        Spend("accounts.email_change", str(actor.require_id()), REQUESTS_PER_PERSON),
        Spend("accounts.email_change_emails", lookup_key(email), EMAILS_PER_ADDRESS),
    )
    person = lock_person(person_for(actor).id)
    if person.frozen_at:
        raise AccountIsFrozen
    if lookup_key(email) == person.email_key:
        raise AddressIsTheSame
    end_email_changes(person.id, state=EmailChangeState.REPLACED)
    change = _add(person, email)
    mail.email_change_requested(person, new_email=email, veto_token=tokens.sign(VETO, str(change.id)))
    if in_time:
        _write_to_new_mailbox(person, change)
    audit.record("accounts.email_change_requested", subject_id=person.id, by=person.id)


def _write_to_new_mailbox(person: Person, change: EmailChange | Row[Any]) -> None:
    owner = find_by_email(change.new_email)
    if owner:
        mail.email_change_taken(owner)
    else:
        left = change.requested_at + period("email_change_confirm") - clock.now()
        mail.email_change_confirm(person, to=change.new_email, token=_confirm_token(change, person), time_left=left)


@before_writes
def send_email_change_again(actor: Actor) -> bool:
    """Send the email to the new mailbox once more, with the same link; False when no change waits any more.

    The limit per new address is silent.
    """
    change = find_open_email_change_for(actor)
    if change is None:
        return False
    in_time = throttle.try_consume("accounts.email_change_emails", change.new_email_key, EMAILS_PER_ADDRESS)
    person = lock_person(person_for(actor).id)
    change = find_open_email_change_for(actor)
    if change is None or person.frozen_at:
        return False
    if in_time:
        _write_to_new_mailbox(person, change)
    return True


def cancel_email_change(actor: Actor) -> bool:
    """End the actor's change that waits for its new mailbox; False when none waits any more."""
    person = lock_person(person_for(actor).id)
    if find_open_email_change_for(actor) is None:
        return False
    end_email_changes(person.id, state=EmailChangeState.ENDED)
    audit.record("accounts.email_change_cancelled", subject_id=person.id, by=person.id)
    return True


def _add(person: Person, email: str) -> EmailChange:
    change = EmailChange(
        id=uuid.uuid4(),
        person_id=person.id,
        old_email=person.email,
        old_email_key=person.email_key,
        new_email=email,
        new_email_key=lookup_key(email),
        state=EmailChangeState.ASKED,
        requested_at=clock.now(),
    )
    db.session.add(change)
    return change


def find_open_email_change_for(actor: Actor) -> Row[Any] | None:
    """Return the actor's change that waits for its new mailbox, or None."""
    since = clock.now() - period("email_change_confirm")
    found = rows(_OPEN, {"person_id": actor.person_id, "since": since})
    return found[0] if found else None


def email_change_to_confirm(token: str) -> EmailChange:
    """Return the change that a confirm link would make. Raises LinkDead, also once what guards the account has changed."""
    (change_id,) = tokens.read(CONFIRM, token, max_age=period("email_change_confirm"), stamp=_confirm_stamp)
    return _in_state(change_id, {EmailChangeState.ASKED})


def _confirm_token(change: EmailChange | Row[Any], person: Person) -> str:
    # Each time the same: it lives from the request on.
    return tokens.sign(CONFIRM, str(change.id), stamp=guard_stamp(person), at=change.requested_at)


def _confirm_stamp(change_id: str) -> str | None:
    change = db.session.get(EmailChange, uuid.UUID(change_id))
    return guard_stamp(get_person(change.person_id)) if change else None


def email_change_to_veto(token: str) -> EmailChange:
    """Return the change that a veto link would stop; it may be confirmed, or have ended, meanwhile.

    Raises LinkDead, also when the account has left the mailbox that the link went to by another change.
    """
    change = _read(
        VETO, token, {EmailChangeState.ASKED, EmailChangeState.REPLACED, EmailChangeState.ENDED, EmailChangeState.CONFIRMED}
    )
    if change.state != EmailChangeState.CONFIRMED and get_person(change.person_id).email_key != change.old_email_key:
        raise LinkDead
    return change


def email_change_to_undo(token: str) -> EmailChange:
    """Return the change that an undo link would take back. Raises LinkDead, also once somebody else has the address."""
    change = _read(UNDO, token, {EmailChangeState.CONFIRMED})
    if change.id not in {each.id for each in undoable_changes(change.person_id)}:
        raise LinkDead
    return change


def tell_left_mailbox(change_id: uuid.UUID) -> None:
    """Write once more to the mailbox that was left by a change which it may still take back; other ids are passed over."""
    change = db.session.get(EmailChange, change_id)
    if change is not None and change.id in {each.id for each in undoable_changes(change.person_id)}:
        mail.email_change_done_old(get_person(change.person_id), change=change, undo_token=undo_token(change))


def undo_token(change: EmailChange) -> str:
    """Return the token of the link that takes a confirmed change back: each time the same, it lives from the change on."""
    return tokens.sign(UNDO, str(change.id), at=change.left_at)


def confirm_email_change(token: str, *, keep_session: uuid.UUID | None = None) -> None:
    """Give the account its new address; every session but `keep_session` ends, old links die, both mailboxes are told.

    Raises LinkDead, also when the address was taken meanwhile: of two who race for it, one wins.
    """
    change = email_change_to_confirm(token)
    person = lock_person(change.person_id)
    change = _lock(change)
    if change.state != EmailChangeState.ASKED or person.frozen_at or person.deactivated_at:
        raise LinkDead
    change.state, change.confirmed_at = EmailChangeState.CONFIRMED, clock.now()
    _set_address(person, change.new_email)
    end_sessions(person.id, but=keep_session)
    # It hangs on the mailbox that confirmed it and on those that were told of it.
    end_factor_removal(person.id, state=FactorRemovalState.ENDED)
    mail.email_change_done_old(person, change=change, undo_token=undo_token(change))
    mail.email_change_done_new(person)
    audit.record("accounts.email_changed", subject_id=person.id, by=person.id)


def veto_email_change(token: str) -> EmailChange:
    """Stop a change that is not made; return it. Raises LinkDead."""
    change = email_change_to_veto(token)
    person = lock_person(change.person_id)
    change = _lock(change)
    if (
        change.state not in (EmailChangeState.ASKED, EmailChangeState.REPLACED, EmailChangeState.ENDED)
        or person.email_key != change.old_email_key
    ):
        raise LinkDead
    change.state = EmailChangeState.VETOED
    audit.record("accounts.email_change_vetoed", subject_id=change.person_id)
    return change


def undo_email_change(token: str) -> EmailChange:
    """Give the account its old address back, whatever it was changed to since; return the change. Raises LinkDead."""
    change = email_change_to_undo(token)
    person = lock_person(change.person_id)
    change = _lock(change)
    if change.state != EmailChangeState.CONFIRMED:
        raise LinkDead
    stop_email_changes(person, since=change.left_at)
    if person.email_key != change.old_email_key:
        raise LinkDead
    return change


def stop_email_changes(person: Person, *, since: datetime | None = None) -> None:
    """Stop a change that waits, and take back those confirmed at or after `since`: the oldest of them says whose it was.

    An old address that belongs to another account by now is not taken from it.
    """
    end_pending(person.id)
    undone = _confirmed_since(person.id, since) if since else []
    owner = find_by_email(undone[0].old_email) if undone else None
    if not undone or (owner and owner.id != person.id):
        return
    for change in undone:
        change.state = EmailChangeState.UNDONE
    _set_address(person, undone[0].old_email, is_undo=True)
    mail.email_change_undone(person, to=undone[-1].new_email)
    audit.record("accounts.email_change_undone", subject_id=person.id)


def _confirmed_since(person_id: uuid.UUID, since: datetime) -> Sequence[EmailChange]:
    return db.session.scalars(
        select(EmailChange)
        .where(
            EmailChange.person_id == person_id,
            EmailChange.state == EmailChangeState.CONFIRMED,
            EmailChange.confirmed_at >= since,
            EmailChange.confirmed_at > clock.now() - period("email_change_undo"),
        )
        .order_by(EmailChange.confirmed_at)
    ).all()


def _set_address(person: Person, email: str, *, is_undo: bool = False) -> None:
    change = AddressChanged(person.id, old_email=person.email, new_email=email, is_undo=is_undo)
    person.email, person.email_key = email, lookup_key(email)
    try:
        db.session.flush()
    except IntegrityError:
        raise LinkDead from None
    events.publish(change)


def _read(purpose: tokens.LinkPurpose, token: str, states: set[EmailChangeState]) -> EmailChange:
    (change_id,) = tokens.read(purpose, token, max_age=period("email_change_undo"))
    return _in_state(change_id, states)


def _in_state(change_id: str, states: set[EmailChangeState]) -> EmailChange:
    change = db.session.get(EmailChange, uuid.UUID(change_id))
    if change is None or change.state not in states:
        raise LinkDead
    return change


def _lock(change: EmailChange) -> EmailChange:
    locked = db.lock(EmailChange, change.id)
    if locked is None:
        raise LinkDead
    return locked
