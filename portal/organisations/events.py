"""Facts about organisations that higher areas act upon."""

import uuid
from dataclasses import dataclass

from portal.kit.events import Event


@dataclass(frozen=True)
class MembershipEnded(Event):
    """Somebody is no longer in an organisation: what they shared with it is theirs alone again."""

    organisation_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True)
class ProductsLate(Event):
    """Products have not confirmed for too long that they deleted what a dissolved organisation had there."""

    products: tuple[str, ...]
    """As people call them."""
