"""The panels of the customer's home: each one glance, at most one query, and the ways on."""

from dataclasses import dataclass

from portal.kit.actor import Actor
from portal.kit.i18n import _, ngettext
from portal.newsletter import service as newsletter
from portal.promises import service as promises
from portal.promises.service import PromiseStatus, Standing
from portal.support.service import OwnTickets


@dataclass(frozen=True)
class Panel:
    """One glance: an icon, a title, a sentence, perhaps a figure with its noun, and links as (endpoint, label)."""

    icon: str
    title: str
    text: str
    links: tuple[tuple[str, str], ...]
    figure: str | None = None


def for_actor(actor: Actor, tickets: OwnTickets) -> list[Panel]:
    """Return the panels for a customer, in the order of their worth."""
    return [_security(actor), _communication(actor), _support(tickets), _promises()]


def _security(actor: Actor) -> Panel:
    is_on = actor.has_second_factor
    return Panel(
        icon="lock",
        title=_("Security"),
        figure=_("Two-step verification is on") if is_on else _("Two-step verification is off"),
        text=_("Check where you’re signed in, and sign out anything you don’t recognise."),
        links=(("accounts.security", _("Devices and sign-ins")), ("accounts.password", _("Change my password"))),
    )


def _communication(actor: Actor) -> Panel:
    gets_newsletter = newsletter.state_for(actor)
    return Panel(
        icon="mail",
        title=_("Emails from us"),
        figure=_("Newsletter on") if gets_newsletter else _("Newsletter off"),
        text=_("Choose what we may email you about."),
        links=(("settings.communication", _("Email preferences")),),
    )


def _support(tickets: OwnTickets) -> Panel:
    waiting = ngettext("%(num)s ticket waits for our reply", "%(num)s tickets wait for our reply", tickets.ours)
    return Panel(
        icon="chat",
        title=_("Support"),
        figure=waiting if tickets.ours else _("No ticket waits for our reply"),
        text=_("A person replies, and your tickets stay here for you."),
        links=(("support.overview", _("My tickets")), ("support.contact", _("Contact support"))),
    )


def _promises() -> Panel:
    return Panel(
        icon="tape",
        title=_("Promises"),
        figure=say_standing(promises.standing()),
        text=_("What our policy promises, and the result of the last automatic check."),
        links=(("promises.overview", _("See all promises")), ("legal.privacy", _("Privacy policy"))),
    )


def say_standing(standing: Standing) -> str:
    """Say how the promises stand that are in force and checked; those that start later stand apart, on their page."""
    kept, broken = standing.count(PromiseStatus.KEPT), standing.count(PromiseStatus.BROKEN)
    if not standing.looks or not standing.live:
        return _("Promises you can check")
    if broken:
        return ngettext("%(num)s promise is broken", "%(num)s promises are broken", broken)
    if kept < standing.live:
        return _("Some promises haven’t been checked recently")
    return ngettext("%(num)s promise that’s fully built is kept", "All %(num)s promises that are fully built are kept", kept)
