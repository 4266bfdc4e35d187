"""What is to be known of an account before a session of it is opened, in one statement that is built once."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select

from portal.accounts.models import Person, SignInEvent, SignInOutcome, SignInSession, StaffRole, TotpFactor
from portal.kit.refusals import NotFound
from portal.kit.unit import rows

_SIGNED_IN = (SignInEvent.person_id == Person.id, SignInEvent.outcome == SignInOutcome.SIGNED_IN)
_FACTS = (
    select(
        Person.password_set_at,
        TotpFactor.created_at,
        exists().where(StaffRole.person_id == Person.id),
        exists().where(*_SIGNED_IN),
        exists().where(*_SIGNED_IN, SignInEvent.device == bindparam("device")),
        select(func.count()).where(SignInSession.person_id == Person.id).scalar_subquery(),
    )
    .select_from(Person)
    .outerjoin(TotpFactor, TotpFactor.person_id == Person.id)
    .where(Person.id == bindparam("person_id"))
)


@dataclass(frozen=True)
class Entry:
    """An account as it stands when a session is opened: its guards, staff or not, its history with this device."""

    password_set_at: datetime
    factor_set_up_at: datetime | None
    is_staff: bool
    has_signed_in_before: bool
    has_used_device: bool
    sessions: int
    session_id: uuid.UUID = field(default_factory=uuid.uuid4)
    """What the session will be called, which the history says too."""


def entry_of(person_id: uuid.UUID, *, device: str) -> Entry:
    """Return how an account stands; to be asked under its lock, before anything is written. Raises NotFound."""
    found = rows(_FACTS, {"person_id": person_id, "device": device})
    if not found:
        raise NotFound
    return Entry(*found[0])
