"""Emails of the newsletter. Whatever goes to a subscriber carries the way out, to read and for machines (P18)."""

import uuid
from collections.abc import Mapping

from portal.kit import tokens
from portal.kit.links import external_url
from portal.mail import service as mail
from portal.newsletter.models import Subscriber

UNSUBSCRIBE = tokens.LinkPurpose("newsletter.unsubscribe")


def unsubscribe_url(subscriber_id: uuid.UUID) -> str:
    """Return the address that ends a subscription. It holds an id, never an address, and never expires."""
    return external_url("newsletter.unsubscribe", token=tokens.sign(UNSUBSCRIBE, str(subscriber_id)))


def headers_for(url: str) -> Mapping[str, str]:
    """Return the headers by which a mail program unsubscribes with one press (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def confirm(address: str, *, token: str, language: str) -> None:
    """The link that puts an address on the list; nobody has confirmed it yet, so it says nothing else."""
    mail.send(
        "newsletter/confirm",
        to=mail.Recipient(address, language),
        url=external_url("newsletter.confirm", token=token),
    )


def welcome(subscriber: Subscriber) -> None:
    """Say that the newsletter will come, and how to end it."""
    url = unsubscribe_url(subscriber.id)
    mail.send(
        "newsletter/welcome",
        to=mail.Recipient(subscriber.email, subscriber.language, subject_id=subscriber.subject_id),
        headers=headers_for(url),
        unsubscribe_url=url,
    )
