"""Emails of lost access."""

from portal.accounts.models import Person
from portal.accounts.service import security_reader_of
from portal.kit.links import external_url
from portal.mail import service as mail


def reset_link(person: Person, *, token: str) -> None:
    """The link that lets its reader choose a new password (P08)."""
    mail.send(
        "recovery/reset_link",
        url=external_url("recovery.choose_password", token=token),
        **security_reader_of(person),
    )


def secure_link(person: Person) -> None:
    """Tell the owner that somebody reported misuse, with the link that secures the account (P10)."""
    mail.send(
        "recovery/secure_link",
        **security_reader_of(person),
    )


def account_secured(person: Person, *, token: str) -> None:
    """Say what "This wasn't me" did, with the link to a new password."""
    mail.send(
        "recovery/account_secured",
        url=external_url("recovery.choose_password", token=token),
        **security_reader_of(person, tells_of_act=True),
    )
