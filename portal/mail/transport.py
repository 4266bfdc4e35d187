"""The ways out for an email: SMTP, and the mailbox that development keeps beside it."""

import json
import smtplib
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from portal.kit import clock
from portal.kit.email_address import lookup_key
from portal.kit.files import storage
from portal.kit.settings import current_settings

TIMEOUT_SECONDS = 20
NO_SUCH_MAILBOX = 550
"""From here on an answer is about the recipient or the email (RFC 5321, 4.2.3); lower ones are about us: tried again."""
MAILBOX_MOST = 500
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Refused(Exception):
    """The server will never take this email for this recipient."""


def send(message: EmailMessage) -> None:
    """Hand a message over. Raises Refused for good, any other error for now."""
    settings = current_settings()
    if settings.smtp_url:
        _send_smtp(message, settings.smtp_url.get_secret_value())
    if not settings.is_production:
        _keep(message)


def _send_smtp(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    context = ssl.create_default_context()
    connection: smtplib.SMTP = (
        smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
        if secure
        else smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
    )
    try:
        if not secure and host not in LOOPBACK:
            # A server that offers no TLS is refused: emails carry links that open accounts (v5.0.0-12.3.1).
            connection.starttls(context=context)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        _hand_over(connection, message)
    finally:
        # Whatever the server says to our goodbye, it has the email or it has not.
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()


def _hand_over(connection: smtplib.SMTP, message: EmailMessage) -> None:
    sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
    # Not by `send_message`, which would put a ">" before every line that begins with "From ".
    email = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    try:
        connection.sendmail(sender, [recipient], email)
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= NO_SUCH_MAILBOX for code, _words in error.recipients.values()):
            raise Refused from None
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= NO_SUCH_MAILBOX:
            raise Refused from None
        raise


def _keep(message: EmailMessage) -> None:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    email = {
        "to": str(message["To"]),
        "from": str(message["From"]),
        "subject": str(message["Subject"]),
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else "",
        "headers": {name: str(value) for name, value in message.items()},
        "sent_at": clock.now().isoformat(),
    }
    storage().store("mailbox", [json.dumps(email).encode()])
    for key, _email in mailbox()[MAILBOX_MOST:]:
        storage().remove(key)


def kept_for(email_keys: Collection[str], *, former: Mapping[str, datetime] | None = None) -> list[str]:
    """Return the storage keys of the emails that development kept for these addresses, however each was spelled.

    Of a `former` address those until its instant: later ones went to whoever reads that mailbox now.
    """
    until = former or {}

    def is_theirs(email: dict[str, Any]) -> bool:
        to = lookup_key(email["to"])
        return to in email_keys or (to in until and datetime.fromisoformat(email["sent_at"]) <= until[to])

    return [key for key, email in mailbox() if is_theirs(email)]


def mailbox() -> list[tuple[str, dict[str, Any]]]:
    """Return the emails that development kept, newest first, each with its key in the storage."""
    emails = []
    for key in list(storage().keys("mailbox")):
        try:
            with storage().open(key) as stream:
                emails.append((key, json.load(stream)))
        except FileNotFoundError:
            continue
    return sorted(emails, key=lambda pair: pair[1]["sent_at"], reverse=True)
