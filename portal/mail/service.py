"""Verbs of the outbox."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from portal.jobs import service as jobs
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.i18n import in_language
from portal.kit.renderer import render
from portal.kit.settings import current_settings
from portal.mail import gate, sendgrid_gateway
from portal.mail.gate import may_send as may_send
from portal.mail.models import Email, EmailState
from portal.mail.plain_text import text_of

LINE_ENDS = frozenset("\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


class UseRefused(Exception):
    """The reader does not allow emails for this purpose: who lists readers asks `consent.service.usable` first."""


class PurposeMissing(ValueError):
    """An email that is no service was sent without saying what for."""


@dataclass(frozen=True)
class Recipient:
    """Whom an email goes to: the address, how its reader is spoken to, and whose email it is in the register."""

    email: str
    language: str = "en"
    zone: str = "UTC"
    name: str = ""
    subject_id: uuid.UUID | None = None


def send(
    kind: str,
    *,
    to: Recipient,
    headers: Mapping[str, str] | None = None,
    purpose: str | None = None,
    email_id: uuid.UUID | None = None,
    **values: object,
) -> uuid.UUID:
    """Write the email `area/name` in the recipient's language into the outbox, in this transaction; return its id.

    Nothing is sent before the commit. `headers` are added as they are (RFC 8058). An `email_id` that follows from what the
    email carries lets later ones name it. `purpose` is what it serves beside its reader's own acts: it is asked about again
    before it leaves. Raises UseRefused, PurposeMissing, and ValueError for a line end, which no try to deliver would mend.
    """
    _refuse_use(kind, purpose, to)
    _refuse_line_ends(to.email, *(headers or {}).values())
    email_id = email_id or uuid.uuid4()
    values = {**values, "zone": to.zone, "name": to.name}
    with in_language(to.language):
        subject = " ".join(render(f"mail/{kind}/subject.txt", **values).split())
        text, html = compose(kind, subject=subject, **values)
    db.session.add(
        Email(
            id=email_id,
            kind=kind,
            purpose=purpose,
            subject_id=to.subject_id,
            to_address=to.email,
            to_key=lookup_key(to.email),
            subject_line=subject[:400],
            text=text,
            html=html,
            headers=dict(headers or {}),
            # Stable over every retry, so that an email delivered twice is seen as one.
            message_id=message_id(email_id),
        )
    )
    jobs.enqueue("mail.deliver", email_id=str(email_id), subject_id=to.subject_id)
    return email_id


def _refuse_use(kind: str, purpose: str | None, to: Recipient) -> None:
    if purpose is None and not gate.is_service(kind):
        raise PurposeMissing(kind)
    if not gate.may_send(purpose, subject_id=to.subject_id):
        raise UseRefused(kind)


def message_id(email_id: uuid.UUID) -> str:
    """Return the Message-ID of an email (RFC 5322, 3.6.4)."""
    return f"<{email_id}@{current_settings().host_name}>"


def compose(kind: str, **values: object) -> tuple[str, str]:
    """Return the text and the HTML part of an email, in the language that is spoken now: they say the same."""
    html = render(f"mail/{kind}/body.html", **values)
    return text_of(html), html


def _refuse_line_ends(*texts: str) -> None:
    if any(set(text) & LINE_ENDS for text in texts):
        raise ValueError("an address or header holds a line end")


def find_waiting(email_id: uuid.UUID) -> Email | None:
    """Return an email that is still to be sent, or None."""
    return db.session.scalar(select(Email).where(Email.id == email_id, Email.state == EmailState.WAITING))


def find_state(email_id: uuid.UUID) -> EmailState | None:
    """Return where an email stands; None once it is forgotten."""
    return db.session.scalar(select(Email.state).where(Email.id == email_id))


def may_leave(email: Email) -> bool:
    """Tell whether an email that waits may still be sent: its reader may have objected since it was written (P15)."""
    return gate.may_send(email.purpose, subject_id=email.subject_id)


def end(email_id: uuid.UUID, *, sent: bool) -> None:
    """Mark an email as sent or given up, and blank it."""
    email = db.session.get(Email, email_id)
    if email is not None:
        email.blank(EmailState.SENT if sent else EmailState.FAILED)


def vendor_holds_recipients() -> bool:
    """Tell whether emails leave through SendGrid, which then holds whom they went to."""
    host = current_settings().smtp_host or ""
    return host == "sendgrid.net" or host.endswith(".sendgrid.net")


def vendor_can_erase() -> bool:
    """Tell whether SendGrid can be asked by its API to erase that."""
    return current_settings().sendgrid_api_key is not None


def erase_at_vendor(addresses: Iterable[str]) -> None:
    """Have SendGrid erase what it holds about recipients. Call outside of a transaction. Raises CallFailed, HostRefused."""
    sendgrid_gateway.erase_recipients(addresses)
