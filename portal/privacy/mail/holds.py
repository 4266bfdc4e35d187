"""Emails about holds."""

from portal.kit.links import external_url
from portal.mail import service as mail


def hold_set(hold: object, *, to: mail.Recipient) -> None:
    """Say what is kept longer, why and until when. Somebody without an account has no page to look at it."""
    mail.send("privacy/hold_set", to=to, hold=hold, url=external_url("privacy.holds") if to.subject_id else None)
