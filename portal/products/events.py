"""Facts that product systems tell."""

import uuid
from dataclasses import dataclass

from portal.kit.events import Event
from portal.products.models import Confirmation


@dataclass(frozen=True)
class CallConfirmed(Event):
    """A product has confirmed a call: what was to go is gone, or an account stands there as told."""

    call_id: uuid.UUID
    confirmed_by: Confirmation
