"""What somebody typed into a form that the gate turned away: kept for them alone, sealed, until they have proved themselves.

It lies here and not in the sign-in's own form, because it must outlive redirects (password, code, a factor to set up) and
a browser that loses the page; and not in a cookie, which belongs to no tab (rule 12). Its id travels in the address that
leads back. Passwords, codes, files and a form's hidden fields are never kept.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock, throttle
from portal.kit.db import Base, Id, db
from portal.kit.keys import CannotOpen
from portal.kit.periods import period
from portal.kit.sealed import Sealed
from portal.kit.unit import before_writes

SEALED_TYPED = Sealed("unsent_form", what="forms that were not sent")
PER_OWNER = "30 per hour"
MOST_BYTES = 128 * 1024
"""Of one form: the longest text that a field takes, in the longest characters, and the rest of its page."""
MARKS = frozenset({"csrf_token", "person_stamp", "form_mark"})
"""What a page puts into each of its forms."""
SECRETS = frozenset({"password", "current_password", "code"})
STATE = frozenset({"sealed", "step", "next", "seen", "username", "List-Unsubscribe"})
"""Fields that a form fills in by itself."""

Typed = Sequence[tuple[str, str]]


class UnsentForm(Base):
    """One form as it was typed, and whose it is."""

    __tablename__ = "unsent_form"

    id: Mapped[Id]
    owner: Mapped[str] = mapped_column(String(16), index=True)
    typed: Mapped[bytes] = mapped_column(SEALED_TYPED)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


@dataclass(frozen=True)
class Unsent:
    """What was typed, into the form of which page, and whether something was left out that must be given again."""

    path: str
    typed: Typed
    is_partial: bool


def typed_in(fields: Iterable[tuple[str, str]]) -> Typed:
    """Return what a person typed or chose among the fields of a form that was sent; nothing when all of it is blank."""
    kept = [(name, value) for name, value in fields if name not in MARKS | SECRETS | STATE]
    return kept if any(value.strip() for _name, value in kept) else []


@before_writes
def keep(unsent: Unsent, *, owner: str) -> uuid.UUID | None:
    """Keep a form for its owner and return its id; None when it is too large, or when they have kept too many lately."""
    plain = json.dumps([unsent.path, unsent.typed, unsent.is_partial], ensure_ascii=False).encode(errors="replace")
    if len(plain) > MOST_BYTES or not throttle.try_consume("kit.unsent_form", owner, PER_OWNER):
        return None
    row = UnsentForm(id=uuid.uuid4(), owner=owner)
    row.typed = SEALED_TYPED.seal(plain, of=row.id)
    db.session.add(row)
    return row.id


def find(unsent_id: uuid.UUID, *, owner: str) -> Unsent | None:
    """Return a form that was kept for this owner and no other; None when there is none, or none any more."""
    row = db.session.scalar(select(UnsentForm).where(_own(unsent_id, owner)))
    if row is None:
        return None
    try:
        path, typed, is_partial = json.loads(SEALED_TYPED.open(row.typed, of=row.id))
    except CannotOpen:
        return None
    return Unsent(path, [(name, value) for name, value in typed], is_partial)


def forget(unsent_id: uuid.UUID, *, owner: str) -> None:
    """Delete a form of this owner's: it has been sent."""
    db.session.execute(delete(UnsentForm).where(_own(unsent_id, owner)))


def _own(unsent_id: uuid.UUID, owner: str) -> ColumnElement[bool]:
    age_at_most = UnsentForm.at > clock.now() - period("unsent_form")
    return (UnsentForm.id == unsent_id) & (UnsentForm.owner == owner) & age_at_most
