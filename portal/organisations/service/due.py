"""What waits in organisations and whose reminder or day has come: each is gone on with in a transaction of its own."""

from sqlalchemy import or_, select

from portal.jobs import service as jobs
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations.models import Dissolution, Recovery
from portal.organisations.service import countdowns
from portal.organisations.service.recoveries import owner_was_here

AT_ONCE = 500


@across("a job looks for what is due, whoever's it is")
def enqueue_due() -> None:
    """Enqueue each, a bounded number."""
    due = select(Dissolution.organisation_id).where(countdowns.is_due(Dissolution)).order_by(Dissolution.due_at)
    for organisation_id in db.session.scalars(due.limit(AT_ONCE)):
        jobs.enqueue("organisations.go_on_with_dissolution", organisation_id=str(organisation_id))
    # Also one that is not due: it ends once an Owner was here.
    came = or_(countdowns.is_due(Recovery), owner_was_here(Recovery.organisation_id, since=Recovery.requested_at))
    for organisation_id in db.session.scalars(
        select(Recovery.organisation_id).where(came).order_by(Recovery.due_at).limit(AT_ONCE)
    ):
        jobs.enqueue("organisations.go_on_with_recovery", organisation_id=str(organisation_id))
