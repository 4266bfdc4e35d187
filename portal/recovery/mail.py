"""Emails of lost access."""

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.links import external_url
from portal.mail import service as mail


def reset_link(person: Person, *, token: str) -> None:
    """The link that lets its reader choose a new password (P08)."""
    mail.send(
        "recovery/reset_link",
        to=accounts.recipient(person),
        url=external_url("recovery.choose_password", token=token),
        wasnt_me_url=accounts.wasnt_me_url(person),
    )


def secure_link(person: Person) -> None:
    """Tell the owner that somebody reported misuse, with the link that secures the account (P10)."""
    mail.send("recovery/secure_link", to=accounts.recipient(person), wasnt_me_url=accounts.wasnt_me_url(person))


def account_secured(person: Person, *, token: str) -> None:
    """Say what "This wasn't me" did, with the link to a new password."""
    mail.send(
        "recovery/account_secured",
        to=accounts.recipient(person),
        url=external_url("recovery.choose_password", token=token),
        wasnt_me_url=accounts.wasnt_me_url(person, tells_of_act=True),
    )
