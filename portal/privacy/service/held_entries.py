"""One entry of what is held, field by field: what of it can be corrected, and what it says now."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts import service as accounts
from portal.kit.actor import Actor
from portal.kit.claims import RegisterRow, entries, register, shown_row
from portal.kit.refusals import NotFound
from portal.privacy.service.statements import Stated, statements_of


@dataclass(frozen=True)
class EntryField:
    """One field of an entry in words."""

    name: str
    label: str
    value: str
    is_correctable: bool


@dataclass(frozen=True)
class HeldEntry:
    """One entry with all its fields, and why those that can't be corrected stay as they are."""

    row: RegisterRow
    fields: list[EntryField]
    fixed: str
    stated: Sequence[Stated]
    """What the actor says of it."""

    def said_of(self, field: str) -> str:
        """Return the actor's statement on a field; empty where there is none."""
        return next((each.body for each in self.stated if each.field == field), "")


def held_entry_for(actor: Actor, record_id: uuid.UUID, *, area: str, line: str) -> HeldEntry:
    """Return an entry about the actor. Raises NotFound for one that is not, and for a line whose entries have no ID."""
    held = next((each for each in register().lines() if (each.claim.area, each.name) == (area, line)), None)
    if held is None or held.record_key is None:
        raise NotFound
    subject = accounts.subject_for(actor)
    found = entries.one(held, subject, record_id)
    if not found.rows:
        raise NotFound
    values = shown_row(found.fields, found.rows[0], zone=actor.time_zone)
    fields = [
        EntryField(field.name, field.label, value, field.name in held.correctable)
        for field, value in zip(found.fields, values, strict=True)
    ]
    return HeldEntry(held.row(), fields, str(held.table.fixed), statements_of(subject).get((line, record_id), ()))
