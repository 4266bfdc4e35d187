"""The links that undo the deletion of an account: sign-in and privacy write them, privacy acts upon them."""

import uuid

from portal.accounts.mail import mailbox_mark
from portal.accounts.models import Person
from portal.accounts.service.former_emails import left_mailbox_at
from portal.accounts.service.people import get_person
from portal.kit import tokens
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead

UNDO_DELETION = tokens.LinkPurpose("undo_deletion")


def undo_deletion_token(person: Person, *, to: str) -> str:
    """Return the token of a link to a mailbox that opens a closed account again. Raises LinkDead for one that is open."""
    stamp = _closing_stamp(person)
    if stamp is None:
        raise LinkDead
    return tokens.sign(UNDO_DELETION, str(person.id), mailbox_mark(person.id, to), stamp=stamp)


def person_of_closing_link(token: str) -> Person:
    """Return whose account such a link opens again.

    Raises LinkDead: forged, too old, the account was opened or closed anew, or the mailbox has no say any more.
    """
    person_id, mailbox = tokens.read(UNDO_DELETION, token, max_age=period("deletion_undo"), stamp=_stamp_now, count=2)
    person = get_person(uuid.UUID(person_id))
    left_mailbox_at(person, mark=mailbox)
    return person


def _stamp_now(person_id: str, _mailbox: str) -> str | None:
    person = db.session.get(Person, uuid.UUID(person_id))
    return _closing_stamp(person) if person else None


def _closing_stamp(person: Person) -> str | None:
    return person.deactivated_at.isoformat() if person.deactivated_at else None
