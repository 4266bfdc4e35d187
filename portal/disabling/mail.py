"""Emails about a disabled account. They say our team, and no one's name: the decision is the company's."""

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.disabling.models import Disabling
from portal.kit.links import external_url
from portal.mail import service as mail


def disabled(disabling: Disabling, *, to: Person) -> None:
    """Say that the account is disabled, for which rule and why, what stays open, and how to appeal."""
    mail.send(
        "disabling/disabled",
        to=accounts.recipient(to),
        rule=disabling.rule.label,
        reason=disabling.reason,
        url=external_url("disabling.disabled"),
    )


def upheld(disabling: Disabling, *, to: Person) -> None:
    """Answer an appeal: the account stays disabled."""
    mail.send("disabling/upheld", to=accounts.recipient(to), answer=disabling.answer, url=external_url("disabling.disabled"))


def lifted(disabling: Disabling, *, to: Person) -> None:
    """Say that the account works again, and why."""
    mail.send("disabling/lifted", to=accounts.recipient(to), answer=disabling.answer, url=external_url("accounts.login"))
