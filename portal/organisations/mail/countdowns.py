"""Emails about what waits in an organisation: to each address of every Owner, with the link that ends it; to the rest."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.links import external_url
from portal.mail import service as mail
from portal.organisations.models import Organisation


@dataclass(frozen=True)
class Reader:
    """Who reads an email about it, and where; `stop_token` is for Owners, whose link ends it."""

    person: Person
    address: str
    stop_token: str = ""

    @property
    def recipient(self) -> mail.Recipient:
        """Return the same for the outbox."""
        return replace(accounts.recipient(self.person), email=self.address)


def _page(organisation: Organisation) -> str:
    return external_url("organisations.organisation", organisation_id=organisation.id)


def _waiting(
    organisation: Organisation, *, to: Reader, by: Person, due_at: datetime, is_reminder: bool, ends_at: str
) -> dict[str, Any]:
    """Return what an email about it says; `ends_at` is the endpoint of an Owner's link."""
    return {
        "organisation": organisation.name,
        "by": by.name,
        "due_at": due_at,
        "is_reminder": is_reminder,
        "is_owner": bool(to.stop_token),
        "url": external_url(ends_at, token=to.stop_token) if to.stop_token else _page(organisation),
        "wasnt_me_url": accounts.wasnt_me_url(to.person, to=to.address, tells_of_act=True) if to.person.id == by.id else "",
    }


def dissolution(organisation: Organisation, *, to: Reader, by: Person, due_at: datetime, is_reminder: bool) -> None:
    """Tell somebody when the organisation is dissolved, and who has asked for it, at once and as a reminder.

    Whoever asked gets the way out beside it, for the case that it was not them (P10).
    """
    mail.send(
        "organisations/dissolution",
        to=to.recipient,
        **_waiting(organisation, to=to, by=by, due_at=due_at, is_reminder=is_reminder, ends_at="organisations.keep_by_link"),
    )


def dissolution_ended(organisation: Organisation, *, to: Reader) -> None:
    """Tell somebody that the organisation stays after all."""
    mail.send("organisations/dissolution_ended", to=to.recipient, organisation=organisation.name, url=_page(organisation))


def recovery(organisation: Organisation, *, to: Reader, by: Person, due_at: datetime, is_reminder: bool) -> None:
    """Tell somebody who is to become an Owner and when, at once and as a reminder; Owners get the link that ends it.

    Whoever asked gets the way out beside it, for the case that it was not them (P10).
    """
    mail.send(
        "organisations/recovery",
        to=to.recipient,
        **_waiting(
            organisation, to=to, by=by, due_at=due_at, is_reminder=is_reminder, ends_at="organisations.end_recovery_by_link"
        ),
    )


def recovery_ended(organisation: Organisation, *, to: Reader) -> None:
    """Tell somebody that nobody becomes an Owner by it."""
    mail.send("organisations/recovery_ended", to=to.recipient, organisation=organisation.name, url=_page(organisation))


def recovered(organisation: Organisation, *, to: Reader, by: Person) -> None:
    """Tell somebody who became an Owner."""
    mail.send(
        "organisations/recovered", to=to.recipient, organisation=organisation.name, by=by.name, url=_page(organisation)
    )
