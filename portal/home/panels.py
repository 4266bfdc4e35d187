"""The panels of the customer's home: each one glance, at most one query, and the ways on."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts import service as accounts
from portal.kit.actor import Actor
from portal.kit.i18n import _, ngettext
from portal.newsletter import service as newsletter
from portal.promises import service as promises
from portal.promises.service import Standing
from portal.support import service as support


@dataclass(frozen=True)
class Panel:
    """One glance: an icon, a title, a sentence, perhaps a figure with its unit, and links as (endpoint, label)."""

    icon: str
    title: str
    text: str
    links: Sequence[tuple[str, str]]
    figure: str | None = None
    unit: str | None = None


def for_actor(actor: Actor) -> list[Panel]:
    """Return the panels for a customer, the one with their rights first."""
    return [_your_data(), _security(actor), _communication(actor), _support(actor), _promises()]


def _your_data() -> Panel:
    return Panel(
        icon="shield",
        title=_("Your data"),
        text=_("See what we hold and why, take a copy, or delete it. You need nobody’s help."),
        links=[
            ("privacy.overview", _("See and download my data")),
            ("privacy.delete", _("Delete my account")),
            ("privacy.who_looked", _("Who looked at my data")),
            ("traffic.mine", _("My visits")),
            ("privacy.requests", _("What I asked for")),
        ],
    )


def _security(actor: Actor) -> Panel:
    count = len(accounts.sessions_for(actor))
    return Panel(
        icon="lock",
        title=_("Security"),
        figure=str(count),
        unit=ngettext("browser signed in", "browsers signed in", count),
        text=_("See where you are signed in, and end whatever is not you."),
        links=[("settings.security", _("Sessions and sign-ins")), ("settings.password", _("Change my password"))],
    )


def _communication(actor: Actor) -> Panel:
    gets_newsletter = newsletter.state_for(actor)
    return Panel(
        icon="mail",
        title=_("Communication"),
        figure=_("On") if gets_newsletter else _("Off"),
        unit=_("newsletter"),
        text=_("You decide what we may write to you about."),
        links=[("settings.communication", _("Choose")), ("settings.profile", _("Name, language, time zone"))],
    )


def _support(actor: Actor) -> Panel:
    count = support.count_open(actor)
    return Panel(
        icon="chat",
        title=_("Support"),
        figure=str(count),
        unit=ngettext("open question", "open questions", count),
        text=_("A person answers, and our whole conversation stays here for you."),
        links=[("support.overview", _("My questions")), ("support.contact", _("Ask us"))],
    )


def _promises() -> Panel:
    counts = promises.tally(promises.board())
    return Panel(
        icon="tape",
        title=_("Promises"),
        figure=str(counts[Standing.KEPT]),
        unit=_("kept, of %(total)s", total=sum(counts.values())),
        text=_("What our policy promises, and what a machine saw when it last looked."),
        links=[("promises.overview", _("See them all")), ("legal.privacy", _("The policy"))],
    )
