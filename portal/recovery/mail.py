"""Emails of lost access."""

from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.links import external_url
from portal.kit.periods import period
from portal.mail import service as mail


def account_closing(person: Person, *, token: str) -> None:
    """The way back into a closed account, for whoever asks for a new password of one."""
    mail.send(
        "recovery/account_closing",
        to=accounts.recipient(person),
        due_at=(person.deactivated_at or clock.now()) + period("deletion_undo"),
        url=external_url("privacy.undo", token=token),
        wasnt_me_url=accounts.wasnt_me_url(person),
    )


def reset_link(person: Person, *, token: str, until: datetime) -> None:
    """The link that lets its reader choose a new password (P08)."""
    mail.send(
        "recovery/reset_link",
        to=accounts.recipient(person),
        until=until,
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
