"""Emails about leaving packs."""

from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.links import external_url
from portal.mail import service as mail
from portal.privacy.models import LeavingPack


def leaving_pack_ready(pack: LeavingPack, *, secret: str, person: Person, until: datetime) -> None:
    """Say that a pack can be fetched. The link holds its only key, and opens nothing but for an Owner who is signed in."""
    mail.send(
        "privacy/leaving_pack_ready",
        to=accounts.recipient(person),
        organisation=pack.organisation,
        until=until,
        url=external_url("privacy.leaving_pack_page", pack_id=pack.id, secret=secret),
    )
