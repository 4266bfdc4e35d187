"""Background verbs of organisations."""

import uuid

from portal.jobs import service as jobs
from portal.kit.job_kinds import job
from portal.organisations import service


@job("organisations.dissolve")
def dissolve(*, organisation_id: str) -> None:
    """Tell some of a dissolved organisation's people, and ask for the next."""
    if service.tell_some(uuid.UUID(organisation_id)):
        jobs.enqueue("organisations.dissolve", organisation_id=organisation_id)


JOBS = (dissolve,)
