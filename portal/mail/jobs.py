"""Delivery in the background: at least once, with one Message-ID, until it is taken or given up."""

import uuid
from collections.abc import Callable

from portal.kit.job_kinds import job
from portal.kit.unit import release_connection
from portal.mail import service, transport


@job("mail.deliver", tries=20, slow=True, staff_may_order=True)
def deliver(*, email_id: str) -> Callable[[], None] | None:
    """Send an email without holding a transaction, then blank it."""
    email = service.find_waiting(uuid.UUID(email_id))
    if email is None:
        return None
    if not service.may_leave(email):
        return lambda: service.end(uuid.UUID(email_id), sent=False)
    # Here: whoever serves pages never sends one.
    from portal.mail.message import build

    message = build(email)
    release_connection()
    try:
        transport.send(message)
    except transport.Refused:
        return lambda: service.end(uuid.UUID(email_id), sent=False)
    return lambda: service.end(uuid.UUID(email_id), sent=True)


JOBS = (deliver,)
