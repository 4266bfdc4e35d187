"""Facts about lost access that higher areas act upon."""

import uuid
from dataclasses import dataclass

from portal.kit.events import Event


@dataclass(frozen=True)
class MisuseReported(Event):
    """Somebody without access says that an account is misused, or that security is broken (P10).

    `reporter_id` is who was signed in to another account than the one that `email` names, if anybody.
    """

    email: str
    message: str
    reporter_id: uuid.UUID | None = None
