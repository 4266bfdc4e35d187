"""Emails about rights in use."""

import uuid
from datetime import datetime

from portal.accounts.models import Person
from portal.accounts.service import reader_of, security_reader_of
from portal.kit.links import external_url
from portal.mail import service as mail


def export_ready(export_id: uuid.UUID, *, person: Person, until: datetime) -> None:
    """Say that a copy can be fetched. The link asks to sign in; it opens nothing by itself."""
    mail.send(
        "privacy/export_ready",
        until=until,
        url=external_url("privacy.export_file", export_id=export_id),
        **reader_of(person),
    )


def deletion_begun(person: Person, *, to: str, due_at: datetime, token: str) -> None:
    """Say that the account is closed, when it is deleted, and how to undo that."""
    mail.send(
        "privacy/deletion_begun",
        due_at=due_at,
        url=external_url("privacy.undo", token=token),
        was_yours=to != person.email,
        **security_reader_of(person, to=to, tells_of_act=True),
    )


def deletion_undone(person: Person) -> None:
    """Say that the account is open again."""
    mail.send(
        "privacy/deletion_undone",
        url=external_url("accounts.login"),
        password_url=external_url("recovery.forgot_password"),
        **reader_of(person),
    )


def deletion_receipt(receipt: object, *, token: str, email: str, language: str, zone: str) -> None:
    """Say what was deleted and what stays until when. About nobody any more, so it is kept under no account."""
    mail.send(
        "privacy/deletion_receipt",
        to=email,
        language=language,
        zone=zone,
        receipt=receipt,
        url=external_url("privacy.receipt", token=token),
    )
