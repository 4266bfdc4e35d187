"""Browsers that were signed in before. Each has a count of wrong tries of its own: a stranger's lock nobody out of theirs.

What makes a browser known is a signed mark in its cookie. It opens nothing and spares nothing but the counts of strangers.
It holds a random id and names no account; it ends with the password and the second factor under which it was given.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from portal.accounts.models import Person, TotpFactor
from portal.accounts.service.entries import Entry
from portal.kit import tokens
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.kit.unit import rows

KNOWN = tokens.LinkPurpose("accounts.known_browser")
AFTER_RESET = "after-reset"
"""The one id of every browser in which the password was chosen by a link and nobody has signed in since.

They share a count: whoever reads the mailbox can ask for as many links as they like.
"""
MOST_WRONG = 100
"""Wrong passwords in a row (NIST SP 800-63B-4, 3.2.2) after which a known browser is none, and an unknown one is let in by
nothing: a new password, by a link to the mailbox, starts the counts again.
"""


_GUARDS = (
    select(Person.password_set_at, TotpFactor.created_at)
    .outerjoin(TotpFactor, TotpFactor.person_id == Person.id)
    .where(Person.id == bindparam("person_id"))
)


def find_browser(person: Person | None, *, marks: Sequence[str]) -> str | None:
    """Return the id under which a browser is known to an account, or None. A stranger's address costs the same question."""
    if not marks:
        return None
    person_id = person.id if person else uuid.uuid4()
    stamp = _stamp(person_id)
    if person is None or person.wrong_passwords_known >= MOST_WRONG:
        return None
    for mark in marks:
        if mark.partition(":")[0] == _tag(person_id):
            return _read(mark, stamp)
    return None


def _read(mark: str, stamp: str | None) -> str | None:
    try:
        (browser,) = tokens.read(
            KNOWN, mark.partition(":")[2], max_age=period("session_remembered"), stamp=lambda _browser: stamp, count=1
        )
    except LinkDead:
        return None
    return browser


def mark_browser(person_id: uuid.UUID) -> str:
    """Return the mark of a browser in which somebody has proved who they are, under an id of its own."""
    return _mark(person_id, _id_from_before(None))


def mark_browser_after_reset(person_id: uuid.UUID) -> str:
    """Return the mark of a browser in which the password was just chosen by a link: the mailbox is proved, no factor is."""
    return _mark(person_id, AFTER_RESET)


def _mark(person_id: uuid.UUID, browser: str) -> str:
    # Asked by the session, which sends what waits to be written: a mark stands under the guards as they are from now on.
    row = db.session.execute(_GUARDS, {"person_id": person_id}).one()
    return _signed(person_id, browser, guards=_say(person_id, *row))


def mark_at_entry(person_id: uuid.UUID, *, browser: str | None, entry: Entry) -> str:
    """Return the mark of a browser that a session is being opened in, under the guards by which that was done."""
    guards = _say(person_id, entry.password_set_at, entry.factor_set_up_at)
    return _signed(person_id, _id_from_before(browser), guards=guards)


def _signed(person_id: uuid.UUID, browser: str, *, guards: str) -> str:
    return f"{_tag(person_id)}:{tokens.sign(KNOWN, browser, stamp=guards)}"


def _id_from_before(browser: str | None) -> str:
    return secrets.token_urlsafe(12) if browser is None or browser == AFTER_RESET else browser


def count_key(person_id: uuid.UUID, *, browser: str) -> str:
    """Return the key of the counts of a known browser."""
    return f"{person_id} {browser}"


def _tag(person_id: uuid.UUID) -> str:
    return hashlib.sha256(f"{KNOWN} {person_id}".encode()).hexdigest()[:16]


def _stamp(person_id: uuid.UUID) -> str | None:
    found = rows(_GUARDS, {"person_id": person_id})
    return _say(person_id, *found[0]) if found else None


def _say(person_id: uuid.UUID, password_set_at: datetime, factor_set_up_at: datetime | None) -> str:
    return f"{person_id} {password_set_at.isoformat()} {factor_set_up_at}"
