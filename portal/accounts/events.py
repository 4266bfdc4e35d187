"""Facts about people that higher areas act upon."""

import uuid
from dataclasses import dataclass

from portal.kit.events import Event


@dataclass(frozen=True)
class AccountFrozen(Event):
    """Somebody said "this wasn't me" (P10): every session has ended, sensitive changes wait, our team should look."""

    person_id: uuid.UUID
