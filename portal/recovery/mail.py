"""Letters of lost access."""

from portal.accounts.models import Person
from portal.accounts.service import alarmed_reader_of
from portal.kit.links import external_url
from portal.mail import service as mail


def reset_link(person: Person, *, token: str) -> None:
    """The link that lets its reader choose a new password (P08)."""
    mail.post(
        "recovery/reset_link",
        url=external_url("recovery.choose_password", token=token),
        **alarmed_reader_of(person),
    )


def secure_link(person: Person) -> None:
    """Tell the owner that somebody reported misuse, with the link that secures the account (P10)."""
    mail.post(
        "recovery/secure_link",
        **alarmed_reader_of(person),
    )


def account_secured(person: Person, *, token: str) -> None:
    """Say what "This wasn't me" did, with the link to a new password."""
    mail.post(
        "recovery/account_secured",
        url=external_url("recovery.choose_password", token=token),
        **alarmed_reader_of(person),
    )
