"""What the privacy officer of the demo company has before them: requests that fall due on several days."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy.models import Correction, PauseReason, Request, RequestState, Right
from portal.privacy.service.requests.corrections import Proposal, propose, subject_of
from portal.privacy.service.requests.links import token_of
from portal.support.models import Ticket
from tests.pictures.demo import Demo
from tests.privacy.desk import open_of, plant, plant_call, plant_step

WORDS = "My invoices still go to the old email address, though I’ve asked twice."
PLAN = "The plotter stands in the attic, and my surname changed in May. The plan of the workshop shows the first."
DUE_IN = (2, 5, 5, 9, 9, 9, 12, 20, 21, 21, 27, 28, 29)
"""In how many days each of them is due."""


def asking(made: Demo) -> str:
    """Return the address of a request; the first time they are all made."""
    with made.app.app_context(), unit_of_work():
        found = db.session.scalar(select(Request.id).where(Request.kind == Right.COMPLAINT).limit(1))
    return f"/admin/requests/{found or _asked(made)}"


def _asked(made: Demo) -> uuid.UUID:
    others = [
        made.cast.make(f"Guest {number}", f"guest{number}@example.com", "a guest who keeps to the point")
        for number in range(1, len(DUE_IN))
    ]
    ids = []
    with made.app.app_context(), unit_of_work():
        for person, days in zip([made.people["ada"], *others], DUE_IN, strict=True):
            dates = {"received_at": clock.now() - timedelta(days=30 - days), "due_at": clock.now() + timedelta(days=days)}
            kind = [*Right][-1 - len(ids) % len(Right)]
            ids.append(plant(**open_of(person, kind, message=WORDS, **dates)).id)
    return ids[0]


def erasing(made: Demo) -> str:
    """Return the address of a step that a vendor is to be asked for."""
    with made.app.app_context(), unit_of_work():
        return f"/admin/erasures/{plant_step('gone@example.com', number='8KQ2M7').id}"


def dissolved(made: Demo) -> str:
    """Return the address of a product that has not deleted a dissolved organisation's data."""
    with made.app.app_context(), unit_of_work():
        return f"/admin/erasures/organisations/{plant_call().id}"


def waiting(made: Demo, *, guest: bool) -> str:
    """Return the address of a request that waits for its person, as they open it: with an account, or by the link."""
    with made.app.app_context(), unit_of_work():
        mine = Request.subject_id.is_(None) if guest else Request.subject_id == made.people["ada"].account_id
        found = db.session.scalar(select(Request).where(mine, Request.kind == Right.CORRECTION).limit(1))
        if found is None:
            of = {"email": "guest@example.com", "verified_at": clock.now(), "kind": Right.CORRECTION}
            of = of if guest else open_of(made.people["ada"], Right.CORRECTION)
            waits = {"state": RequestState.PAUSED, "pause_reason": PauseReason.EVIDENCE, "message": WORDS}
            found = plant(**{**of, **waits})
        return f"/privacy/request/{token_of(found)}" if guest else f"/settings/privacy/requests/{found.id}"


def correcting(made: Demo) -> str:
    """Return the address of a request with two corrections that wait."""
    with made.app.app_context(), unit_of_work():
        request_id = db.session.scalar(select(Correction.request_id).where(Correction.decision.is_(None)).limit(1))
    if request_id is None:
        kim = made.cast.make("Kim Weaver", "kim@example.com", "kim weaves a long password")
        ticket = {"email": kim.email, "email_key": kim.email, "subject": "Pens for the plotter in the basement"}
        with made.app.app_context(), unit_of_work():
            ticket_id = uuid.uuid4()
            db.session.add(Ticket(id=ticket_id, reference="K1M2", subject_id=kim.account_id, name="Kim Webber", **ticket))
            dates = {"received_at": clock.now() - timedelta(days=3), "due_at": clock.now() + timedelta(days=27)}
            request = plant(**open_of(kim, Right.CORRECTION, message=PLAN, **dates))
            request_id = request.id
            for field, after in (("subject", "Pens for the plotter in the attic"), ("name", "Kim Weaver")):
                wanted = Proposal("ticket", ticket_id, field, after)
                propose(request, subject=subject_of(request), wanted=wanted, by=None)
    return f"/admin/requests/{request_id}"


def entering(made: Demo) -> str:
    """Return the address at which the officer enters a correction of that ticket."""
    request = correcting(made)
    with made.app.app_context(), unit_of_work():
        waits = select(Correction.record_id).where(Correction.decision.is_(None))
        return f"{request}/correct/ticket?record={db.session.scalar(waits.limit(1))}"
