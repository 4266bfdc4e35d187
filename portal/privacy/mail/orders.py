"""Emails about standing orders, and the question to whoever stays away."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.links import external_url
from portal.mail import service as mail
from portal.privacy.models import OrderKind


def orders_changed(person: Person, *, to: str, orders: Sequence[tuple[OrderKind, int, datetime]]) -> None:
    """Say what is deleted by itself from now on, and how to say that it was somebody else."""
    mail.send(
        "privacy/orders_changed",
        to=replace(accounts.recipient(person), email=to),
        orders=[(str(kind), days, starts_at) for kind, days, starts_at in orders],
        url=external_url("privacy.orders"),
        was_yours=to != person.email,
        wasnt_me_url=accounts.wasnt_me_url(person, to=to, tells_of_act=True),
    )


def orders_ended(person: Person, *, to: str) -> None:
    """Say that nothing is deleted by itself any more, and why."""
    mail.send(
        "privacy/orders_ended",
        to=replace(accounts.recipient(person), email=to),
        url=external_url("privacy.orders"),
        was_yours=to != person.email,
    )


def still_here(person: Person, *, to: str, goes_at: datetime, token: str, is_last: bool) -> uuid.UUID:
    """Ask whether somebody is still here, with the day on which their account closes; return the email's id."""
    return mail.send(
        "privacy/still_here",
        to=replace(accounts.recipient(person), email=to),
        goes_at=goes_at,
        url=external_url("privacy.still_here", token=token),
        is_last=is_last,
        was_yours=to != person.email,
    )
