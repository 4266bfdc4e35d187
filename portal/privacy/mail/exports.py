"""Emails about copies."""

import uuid
from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.links import external_url
from portal.mail import service as mail


def export_ready(export_id: uuid.UUID, *, secret: str, person: Person, until: datetime) -> None:
    """Say that a copy can be fetched. The link holds its only key, and asks to sign in: it opens nothing by itself."""
    mail.send(
        "privacy/export_ready",
        to=accounts.recipient(person),
        until=until,
        url=external_url("privacy.export_page", export_id=export_id, secret=secret),
    )
