"""Whether an email may go out: for its reader's own acts always, for a purpose of ours only if they allow it.

mail knows no decisions: `app.py` hands in who knows them. What nobody answers for is answered with no (P15).
"""

import uuid
from collections.abc import Callable

from portal.kit.running import App, Installed

MayEmail = Callable[..., bool]
SERVICE_AREAS = frozenset({"accounts", "disabling", "organisations", "privacy", "recovery", "support"})
"""Whose emails are about security, requests and purchases: they always come."""
SERVICE_EMAILS = frozenset({"newsletter/confirm", "newsletter/welcome"})
"""Emails of other areas that answer what their reader has just asked for."""

_MAY_EMAIL = Installed[MayEmail]("mail_gate")


def init_app(app: App, *, may_email: MayEmail) -> None:
    """Hand in who tells whether somebody may be emailed for a purpose: `may_email(subject_id, purpose=…)`."""
    _MAY_EMAIL.install(app, may_email)


def is_service(kind: str) -> bool:
    """Tell whether an email, `area/name`, serves its reader's own acts, so that no purpose of ours is behind it."""
    return kind.partition("/")[0] in SERVICE_AREAS or kind in SERVICE_EMAILS


def may_send(purpose: str | None, *, subject_id: uuid.UUID | None) -> bool:
    """Tell whether an email for a purpose, or for none of ours, may go to somebody now."""
    return purpose is None or _MAY_EMAIL.get()(subject_id, purpose=purpose)
