"""Calls in the background, until they are confirmed."""

import uuid
from collections.abc import Callable

from portal.kit import outgoing
from portal.kit.job_kinds import job
from portal.kit.unit import release_connection
from portal.products import service


@job("products.call", slow=True, staff_may_order=True)
def call(*, call_id: str) -> Callable[[], None]:
    """Call a product without holding a transaction, then note what came of it."""
    of = uuid.UUID(call_id)
    message = service.find_message(of)
    release_connection()
    answer = None
    if message is not None:
        try:
            answer = outgoing.post(message.url, message.body, headers=message.headers)
        except (outgoing.CallFailed, outgoing.HostRefused):
            answer = None
    return lambda: service.note_try(of, answer=answer)


JOBS = (call,)
"""Each enqueues its next try itself: the job's own tries are for a machine that fails."""
