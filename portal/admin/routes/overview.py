"""The console's first page."""

from datetime import timedelta

from flask import Blueprint

from portal.disabling import service as disabling
from portal.jobs import service as jobs
from portal.kit import access
from portal.kit.actor import Role
from portal.kit.templating import render
from portal.privacy import service as privacy
from portal.support import service as support

bp = Blueprint("admin", __name__)


@bp.get("/")
@access.staff(*Role)
def overview() -> str:
    """Show how much there is to do: counts, no customer's data."""
    by = access.acting_staff()
    return render(
        "admin/overview.html",
        counts=support.count_queues(),
        most=support.MOST_COUNTED,
        may_read_tickets=by.role in support.TICKET_ROLES,
        due=privacy.count_due_requests(by=by) if by.role in privacy.HANDLERS else None,
        may_hold=by.role is Role.PRIVACY,
        disablings=disabling.count_open(by=by) if by.role is Role.SENIOR else None,
        failed_jobs=jobs.count_failed(),
        longest_wait=timedelta(minutes=jobs.oldest_wait() // timedelta(minutes=1)),
    )
