"""What happens to a person's data, told to whoever waits for it."""

import uuid
from dataclasses import dataclass, field

from portal.kit.claims import Subject
from portal.kit.events import Event


@dataclass(frozen=True)
class ErasureBegun(Event):
    """A deletion is carried out from now on: nobody can be answered about what it takes."""

    subject: Subject = field(repr=False)


@dataclass(frozen=True)
class DataErased(Event):
    """A deletion is done and read back."""

    deletion_id: uuid.UUID
