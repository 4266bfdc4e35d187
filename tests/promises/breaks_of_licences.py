"""How the promises about licences are broken on purpose (P11, P12)."""

from __future__ import annotations

import uuid

from portal.licences.models import Activation, Licence
from tests.promises.breaking import Tools, add, breaks


def _licence(file: str = "") -> Licence:
    named = {"product": "production-system", "plan": "workshop", "purchase_id": "a purchase", "file": file}
    return Licence(id=uuid.uuid4(), organisation_id=uuid.uuid4(), seats=2, perpetual=True, **named)


@breaks("licences_checked_offline")
def a_licence_is_changed_after_it_was_signed(tools: Tools) -> None:
    add(_licence("-----BEGIN 3CLICKS LICENCE-----\neyJhbGciOiJub25lIn0=\n-----END 3CLICKS LICENCE-----\n"))


@breaks("machines_unnamed")
def a_machine_is_held_by_its_name(tools: Tools) -> None:
    licence = _licence()
    add(licence)
    add(Activation(licence_id=licence.id, machine="cutting-room-pc", file=""))
