"""The privacy officer of the demo company keeps one text of a ticket for longer, and is about to keep another."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy import service as privacy
from portal.privacy.models import Hold
from tests.pictures.demo import Demo

PARTS = {
    "holdable": "/admin/holds/of/{whose}",
    "holdable_records": "/admin/holds/of/{whose}/ticket_message",
    "set_hold": "/admin/holds/of/{whose}/ticket_message/{record}",
    "hold": "/admin/holds/{hold}",
    "read_kept": "/admin/holds/{hold}/read",
}


def holding(part: str) -> Callable[[Demo], str]:
    """Return how the address of a page about holds comes about."""
    return lambda made: PARTS[part].format(**_places(made))


def _places(made: Demo) -> dict[str, str]:
    record = uuid.UUID(made.first_message("Markers"))
    by = made.cast.staff_in(made.signed_in("pia"))
    with made.app.app_context(), unit_of_work():
        whose = privacy.handle_of(made.people["ada"].email, by=by)
        hold_id = db.session.scalar(select(Hold.id).limit(1))
        if hold_id is None:
            until = clock.today() + timedelta(days=200)
            terms = privacy.Terms(privacy.HoldGround.LEGAL_CLAIM, "The claim about the plotter, case 12 of 2026.", until)
            subject = privacy.subject_of(whose)
            hold_id = privacy.set_hold(subject, line="ticket_message", record_id=record, fields=["body"], terms=terms, by=by)
    return {"whose": whose, "record": str(record), "hold": str(hold_id)}
