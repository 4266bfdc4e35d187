"""Emails that are written in the background, so that asking for one takes as long for a stranger."""

import uuid

from portal.kit.job_kinds import job
from portal.recovery import service


@job("recovery.send_reset_link")
def send_reset_link(*, person_id: str, change_id: str, sign_up_id: str) -> None:
    """Write a reset email, or what else leads on."""
    service.send_reset_link(uuid.UUID(person_id), change_id=uuid.UUID(change_id), sign_up_id=uuid.UUID(sign_up_id))


@job("recovery.send_secure_link")
def send_secure_link(*, person_id: str, change_id: str) -> None:
    """Write an email that lets its reader secure the account."""
    service.send_secure_link(uuid.UUID(person_id), change_id=uuid.UUID(change_id))


JOBS = (send_reset_link, send_secure_link)
