"""Addresses that an account has left: for how long they count as its own, and until when their mailbox has a say."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.mail import mailbox_mark
from portal.accounts.models import EmailChange, EmailChangeState, Person
from portal.kit import clock
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead


def _untaken() -> Select[EmailChange]:
    later = aliased(EmailChange)
    taken = or_(
        exists().where(Person.email_key == EmailChange.old_email_key, Person.id != EmailChange.person_id),
        # Somebody had it after this person, and has left it too.
        exists().where(
            later.old_email_key == EmailChange.old_email_key,
            later.person_id != EmailChange.person_id,
            later.confirmed_at > EmailChange.confirmed_at,
        ),
    )
    return select(EmailChange).where(EmailChange.state == EmailChangeState.CONFIRMED, ~taken)


LEFT_LATELY = (
    _untaken()
    .where(EmailChange.old_email_key == bindparam("email_key"), EmailChange.confirmed_at > bindparam("left_since"))
    .order_by(EmailChange.confirmed_at.desc())
    .limit(1)
)
_FORMER = _untaken().where(EmailChange.person_id == bindparam("person_id")).order_by(EmailChange.confirmed_at)


def find_undoable_change(email: str) -> EmailChange | None:
    """Return the change by which an account has left this address and can be taken back to it still, or None.

    One statement, whatever is found.
    """
    return db.session.scalar(LEFT_LATELY, {"email_key": lookup_key(email), "left_since": left_since()})


def was_left(email: str) -> bool:
    """Tell whether any account has ever left this address: what is held by it may be that account's. One statement."""
    left = select(EmailChange.id).where(
        EmailChange.old_email_key == lookup_key(email), EmailChange.state == EmailChangeState.CONFIRMED
    )
    return db.session.scalar(left.limit(1)) is not None


def former_emails(person_id: uuid.UUID) -> Sequence[EmailChange]:
    """Return the changes by which an account left an address that counts as its own for what is older, oldest first.

    Never once somebody else has confirmed that address. Not of changes that were undone: an address in the middle may
    have been somebody else's.
    """
    return db.session.scalars(_FORMER, {"person_id": person_id}).all()


def _in_time() -> ColumnElement[bool]:
    return EmailChange.confirmed_at > left_since()


def left_since() -> datetime:
    """Return since when an address must have been left for its mailbox to have a say still."""
    return clock.now() - period("email_change_undo")


def undoable_changes(person_id: uuid.UUID) -> Sequence[EmailChange]:
    """Return the changes that the mailbox which was left may still take back, oldest first."""
    mine = _untaken().where(EmailChange.person_id == person_id, _in_time())
    return db.session.scalars(mine.order_by(EmailChange.confirmed_at)).all()


def addresses_of(person: Person) -> list[str]:
    """Return the person's address and those before it that may still take the account back, each mailbox once."""
    before = [change.old_email for change in undoable_changes(person.id)]
    mailboxes = {lookup_key(address): address for address in [*before, person.email]}
    return [mailboxes[key] for key in sorted(mailboxes)]


def left_mailbox_at(person: Person, *, mark: str) -> datetime | None:
    """Return when an account left the mailbox that a link went to; None when it has not.

    Raises LinkDead when that mailbox has no say any more: it was left too long ago, the change to it was taken back, or
    somebody else has confirmed it since.
    """
    if mark == mailbox_mark(person.id, person.email):
        return None
    for change in reversed(undoable_changes(person.id)):
        if mark == mailbox_mark(person.id, change.old_email):
            return change.left_at
    raise LinkDead
