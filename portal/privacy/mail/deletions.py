"""Emails about deletions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.links import external_url
from portal.mail import service as mail


def deletion_begun(person: Person, *, to: str, due_at: datetime, token: str) -> None:
    """Say that the account is closed, when it is deleted, and how to undo that."""
    mail.send(
        "privacy/deletion_begun",
        to=replace(accounts.recipient(person), email=to),
        due_at=due_at,
        url=external_url("privacy.undo", token=token),
        was_yours=to != person.email,
        wasnt_me_url=accounts.wasnt_me_url(person, to=to, tells_of_act=True),
    )


def deletion_undone(person: Person) -> None:
    """Say that the account is open again."""
    mail.send(
        "privacy/deletion_undone",
        to=accounts.recipient(person),
        url=external_url("accounts.login"),
    )


def deletion_receipt(receipt: object, *, token: str, to: mail.Recipient) -> None:
    """Say what was deleted and what stays until when. About nobody any more, so it is kept under no account."""
    mail.send(
        "privacy/deletion_receipt",
        to=to,
        receipt=receipt,
        url=external_url("privacy.receipt", token=token),
    )


def deletion_complete(receipt: object, *, token: str, to: mail.Recipient) -> None:
    """Say that everybody has confirmed: the second receipt."""
    mail.send("privacy/deletion_complete", to=to, receipt=receipt, url=external_url("privacy.receipt", token=token))


def steps_late(steps: Sequence[object], *, number: str, to: mail.Recipient) -> None:
    """Tell the person who has not confirmed in time."""
    mail.send("privacy/steps_late", to=to, steps=steps, number=number)


def steps_late_officer(steps: Sequence[object], *, number: str, to: mail.Recipient) -> None:
    """Tell the privacy officer the same, and nothing about whose deletion it is."""
    mail.send("privacy/steps_late_officer", to=to, steps=steps, number=number, url=external_url("admin.overview"))


def products_late_officer(products: Sequence[str], *, to: mail.Recipient) -> None:
    """Tell the privacy officer which products have not confirmed in time that a dissolved organisation's data is gone."""
    mail.send("privacy/products_late_officer", to=to, products=products, url=external_url("admin.erasures"))
