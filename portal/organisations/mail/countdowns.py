"""Emails about what waits in an organisation: to each address of every Owner, with the link that ends it; to the rest."""

from dataclasses import dataclass, replace
from datetime import datetime

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


def dissolution(organisation: Organisation, *, to: Reader, by: Person, due_at: datetime, is_reminder: bool) -> None:
    """Tell somebody when the organisation is dissolved, and who has asked for it, at once and as a reminder.

    Whoever asked gets the way out beside it, for the case that it was not them (P10).
    """
    asked = to.person.id == by.id
    page = external_url("organisations.organisation", organisation_id=organisation.id)
    mail.send(
        "organisations/dissolution",
        to=to.recipient,
        organisation=organisation.name,
        by=by.name,
        due_at=due_at,
        is_reminder=is_reminder,
        is_owner=bool(to.stop_token),
        url=external_url("organisations.keep_by_link", token=to.stop_token) if to.stop_token else page,
        wasnt_me_url=accounts.wasnt_me_url(to.person, to=to.address, tells_of_act=True) if asked else "",
    )


def dissolution_ended(organisation: Organisation, *, to: Reader) -> None:
    """Tell somebody that the organisation stays after all."""
    page = external_url("organisations.organisation", organisation_id=organisation.id)
    mail.send("organisations/dissolution_ended", to=to.recipient, organisation=organisation.name, url=page)


def recovery(organisation: Organisation, *, to: Reader, by: Person, due_at: datetime, is_reminder: bool) -> None:
    """Tell somebody who is to become an Owner and when, at once and as a reminder; Owners get the link that ends it.

    Whoever asked gets the way out beside it, for the case that it was not them (P10).
    """
    asked = to.person.id == by.id
    page = external_url("organisations.organisation", organisation_id=organisation.id)
    mail.send(
        "organisations/recovery",
        to=to.recipient,
        organisation=organisation.name,
        by=by.name,
        due_at=due_at,
        is_reminder=is_reminder,
        is_owner=bool(to.stop_token),
        url=external_url("organisations.end_recovery_by_link", token=to.stop_token) if to.stop_token else page,
        wasnt_me_url=accounts.wasnt_me_url(to.person, to=to.address, tells_of_act=True) if asked else "",
    )


def recovery_ended(organisation: Organisation, *, to: Reader) -> None:
    """Tell somebody that nobody becomes an Owner by it."""
    page = external_url("organisations.organisation", organisation_id=organisation.id)
    mail.send("organisations/recovery_ended", to=to.recipient, organisation=organisation.name, url=page)


def recovered(organisation: Organisation, *, to: Reader, by: Person) -> None:
    """Tell somebody who became an Owner."""
    page = external_url("organisations.organisation", organisation_id=organisation.id)
    mail.send("organisations/recovered", to=to.recipient, organisation=organisation.name, by=by.name, url=page)
