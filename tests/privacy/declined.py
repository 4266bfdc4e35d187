"""A request of somebody without an account whose correction was declined, as it stands in the database."""

from __future__ import annotations

from portal.kit import clock
from portal.kit.db import db
from portal.privacy.models import CorrectionDecision, Outcome, Reason, Request
from portal.privacy.service import Proposal
from portal.privacy.service.requests import corrections, rows
from portal.support.models import Ticket


def decline(request: Request, *, subject: str, after: str) -> None:
    """Give an open request a correction of a ticket's subject, and decline it."""
    email = request.email or ""
    ticket = Ticket(reference=f"D{request.reference[:4]}", name="Gus", email=email, email_key=email, subject=subject)
    db.session.add(ticket)
    db.session.flush()
    wanted = Proposal("ticket", ticket.id, "subject", after)
    corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted, by=None)
    for each in corrections.waiting(request):
        each.decision, each.reason, each.decided_at = CorrectionDecision.DECLINED, Reason.NOT_SHOWN, clock.now()
    rows.end(request, outcome=Outcome.REFUSED, reason=Reason.NOT_SHOWN, answer="")
