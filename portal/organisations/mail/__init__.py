"""Emails of organisations: both sides of each change are told."""

from collections.abc import Sequence

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit.actor import OrganisationRole
from portal.kit.i18n import in_language
from portal.kit.links import external_url
from portal.mail import service as mail
from portal.organisations.models import Deed, Invitation, Organisation


def changed(
    organisation: Organisation,
    *,
    deed: Deed,
    to: Person,
    by: Person,
    about: Person | None = None,
    role: OrganisationRole | None = None,
    reason: str = "",
    is_theirs: bool = False,
) -> None:
    """Tell an Owner, or whom it was done to, of a change to who is in an organisation and as what.

    Whoever did it (`is_theirs`) gets the way out beside it, for the case that it was not them (P10).
    """
    person = accounts.recipient(to)
    with in_language(person.language):
        to_them = deed.to_them if about is not None and about.id == to.id else None
        values = {
            "by": by.name,
            "about": about.name if about else "",
            "role": role.label if role else "",
            "organisation": organisation.name,
        }
        said = (to_them or deed.sentence) % values
    mail.send(
        "organisations/changed",
        to=person,
        said=said,
        reason=reason,
        organisation=organisation.name,
        url=external_url("organisations.overview"),
        wasnt_me_url=accounts.wasnt_me_url(to, tells_of_act=True) if is_theirs else "",
    )


def invitation(invitation: Invitation, *, organisation: Organisation, by: str, token: str) -> None:
    """Send the link that lets its reader join; it is bound to this address."""
    mail.send(
        "organisations/invitation",
        to=mail.Recipient(invitation.email, invitation.language),
        organisation=organisation.name,
        asks_second_factor=organisation.asks_second_factor,
        by=by,
        role=invitation.role,
        url=external_url("organisations.invitation", token=token),
    )


def dissolved(organisation: Organisation, *, to: Person) -> None:
    """Tell somebody that an organisation they were in is dissolved."""
    mail.send("organisations/dissolved", to=accounts.recipient(to), organisation=organisation.name)


def second_factor(organisation: Organisation, *, to: Person, asked: bool) -> None:
    """Tell somebody without a second factor that the organisation asks for one, or no longer does."""
    endpoint = "organisations.set_up_second_factor" if asked else "organisations.organisation"
    mail.send(
        "organisations/second_factor",
        to=accounts.recipient(to),
        organisation=organisation.name,
        asked=asked,
        url=external_url(endpoint, organisation_id=organisation.id),
    )


def ownerless(organisation: Organisation, *, to: Person) -> None:
    """Tell somebody that nobody acts as an Owner of their organisation."""
    mail.send(
        "organisations/ownerless",
        to=accounts.recipient(to),
        organisation=organisation.name,
        url=external_url("organisations.organisation", organisation_id=organisation.id),
    )


def products_done(organisation: str, *, confirmed: Sequence[object], to: Person) -> None:
    """Tell whoever dissolved an organisation when each product has confirmed that it deleted what was the organisation's."""
    mail.send("organisations/products_done", to=accounts.recipient(to), organisation=organisation, confirmed=confirmed)


def products_late(organisation: str, *, products: Sequence[str], to: Person) -> None:
    """Tell them which products have not confirmed in time."""
    mail.send("organisations/products_late", to=accounts.recipient(to), organisation=organisation, products=products)
