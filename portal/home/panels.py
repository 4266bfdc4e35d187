"""The panels of the customer's home: each one glance, at most one query, and the ways on."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts import service as accounts
from portal.kit.actor import Actor
from portal.kit.i18n import _, ngettext
from portal.newsletter import service as newsletter
from portal.promises import service as promises
from portal.promises.service import PromiseStatus
from portal.support import service as support


@dataclass(frozen=True)
class Panel:
    """One glance: an icon, a title, a sentence, perhaps a figure with its noun, and links as (endpoint, label)."""

    icon: str
    title: str
    text: str
    links: Sequence[tuple[str, str]]
    figure: str | None = None


def for_actor(actor: Actor) -> list[Panel]:
    """Return the panels for a customer, the one with their rights first."""
    return [_your_data(), _security(actor), _communication(actor), _support(actor), _promises()]


def _your_data() -> Panel:
    return Panel(
        icon="shield",
        title=_("Your data"),
        text=_("See what we hold and why, download it, or delete it. No need to ask anyone."),
        links=[
            ("privacy.overview", _("See and download my data")),
            ("privacy.delete", _("Delete my account")),
            ("privacy.who_looked", _("Who looked at my data")),
            ("traffic.mine", _("My visits")),
            ("privacy.requests", _("My requests")),
        ],
    )


def _security(actor: Actor) -> Panel:
    count = len(accounts.sessions_for(actor))
    return Panel(
        icon="lock",
        title=_("Security"),
        figure=ngettext("%(num)s browser signed in", "%(num)s browsers signed in", count),
        text=_("Check where you’re signed in, and sign out anything you don’t recognise."),
        links=[("accounts.security", _("Devices and sign-ins")), ("accounts.password", _("Change my password"))],
    )


def _communication(actor: Actor) -> Panel:
    gets_newsletter = newsletter.state_for(actor)
    return Panel(
        icon="mail",
        title=_("Emails from us"),
        figure=_("Newsletter on") if gets_newsletter else _("Newsletter off"),
        text=_("Choose what we may email you about."),
        links=[("settings.communication", _("Email preferences")), ("accounts.profile", _("Name, language, time zone"))],
    )


def _support(actor: Actor) -> Panel:
    count = support.count_open(actor)
    return Panel(
        icon="chat",
        title=_("Support"),
        figure=ngettext("%(num)s open ticket", "%(num)s open tickets", count),
        text=_("A person replies, and your tickets stay here for you."),
        links=[("support.overview", _("My tickets")), ("support.contact", _("Contact support"))],
    )


def _promises() -> Panel:
    standing = promises.standing()
    kept, total = standing.count(PromiseStatus.KEPT), standing.total
    return Panel(
        icon="tape",
        title=_("Promises"),
        figure=_("%(kept)s of %(total)s checked and kept", kept=kept, total=total),
        text=_("The promises in our policy, and the result of the last automatic check."),
        links=[("promises.overview", _("See all promises")), ("legal.privacy", _("Privacy policy"))],
    )
