"""The vendors: the only others that a customer's data may reach (P04, P05).

Outgoing calls and the Content-Security-Policy are built from this register. A vendor whose date lies ahead is
announced and not yet in force: its hosts are refused until the day comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address
from typing import Any

from portal.kit.i18n import _l
from portal.kit.settings import SettingsError
from portal.legal.policy import period


@dataclass(frozen=True)
class Link:
    """One of a vendor's own documents."""

    label: Any
    url: str


@dataclass(frozen=True)
class Change:
    """A dated change of a vendor's entry."""

    on: date
    what: Any


@dataclass(frozen=True, eq=False)
class Vendor:
    """Somebody who handles data for the company.

    `hosts` are all names it may be contacted at, `script_hosts` those of them that may send a script to a page.
    A leading `*.` stands for any name below.
    """

    key: str
    name: str
    entity: str
    purpose: Any
    countries: tuple[Any, ...]
    links: tuple[Link, ...]
    hosts: tuple[str, ...]
    announced_on: date
    in_force_from: date
    history: tuple[Change, ...]
    script_hosts: tuple[str, ...] = ()
    ended_on: date | None = None
    is_founding: bool = False
    """Named in the first version of the policy, so that there was nobody to give notice to before."""

    def is_in_force(self, on: date) -> bool:
        """Tell whether data may reach it on that day."""
        return self.in_force_from <= on and (self.ended_on is None or on < self.ended_on)

    @property
    def had_notice(self) -> bool:
        """Tell whether the customers were told long enough before it takes effect."""
        return self.is_founding or self.in_force_from - self.announced_on >= notice()

    def answers_at(self, host: str) -> bool:
        """Tell whether the host is one of its own."""
        return any(_matches(host.lower().rstrip("."), pattern) for pattern in self.hosts)


_FOUNDED = date(2026, 11, 23)
_LISTED = (Change(_FOUNDED, _l("Listed in the first version of this register.")),)
_USA = _l("USA")
_PRIVACY = _l("Privacy policy")

VENDORS: tuple[Vendor, ...] = (
    Vendor(
        key="aws",
        name="Amazon Web Services",
        entity="Amazon Web Services, Inc.",
        purpose=_l("Hosting and databases"),
        countries=(_USA, _l("Ireland")),
        links=(Link(_PRIVACY, "https://aws.amazon.com/privacy/"),),
        hosts=("*.amazonaws.com",),
        announced_on=_FOUNDED,
        in_force_from=_FOUNDED,
        history=_LISTED,
        is_founding=True,
    ),
    Vendor(
        key="google_analytics",
        name="Google Analytics",
        entity="Google LLC",
        purpose=_l("Aggregate visitor statistics, only if you accept"),
        countries=(_USA,),
        links=(Link(_PRIVACY, "https://policies.google.com/privacy"),),
        hosts=(
            "www.googletagmanager.com",
            "*.googletagmanager.com",
            "*.google-analytics.com",
            "*.analytics.google.com",
        ),
        script_hosts=("www.googletagmanager.com",),
        announced_on=_FOUNDED,
        in_force_from=_FOUNDED,
        history=_LISTED,
        is_founding=True,
    ),
    Vendor(
        key="sendgrid",
        name="SendGrid",
        entity="Twilio Inc.",
        purpose=_l("Transactional email"),
        countries=(_USA,),
        links=(
            Link(_PRIVACY, "https://www.twilio.com/en-us/legal/privacy"),
            Link(_l("EU data protection"), "https://www.twilio.com/en-us/legal/data-protection-addendum"),
        ),
        hosts=("smtp.sendgrid.net", "api.sendgrid.com"),
        announced_on=_FOUNDED,
        in_force_from=_FOUNDED,
        history=_LISTED,
        is_founding=True,
    ),
    Vendor(
        key="stripe",
        name="Stripe",
        entity="Stripe, Inc.",
        purpose=_l("Payments"),
        countries=(_USA,),
        links=(Link(_PRIVACY, "https://stripe.com/privacy"),),
        hosts=("api.stripe.com", "checkout.stripe.com", "billing.stripe.com"),
        announced_on=_FOUNDED,
        in_force_from=_FOUNDED,
        history=_LISTED,
        is_founding=True,
    ),
)


def notice() -> timedelta:
    """Return how long before it takes effect a new vendor must be announced."""
    return period("vendor_notice")


def in_force(today: date) -> tuple[Vendor, ...]:
    """Return the vendors that data may reach today."""
    return tuple(vendor for vendor in VENDORS if vendor.is_in_force(today))


def announced(today: date) -> tuple[Vendor, ...]:
    """Return the vendors that were announced and take effect later."""
    return tuple(vendor for vendor in VENDORS if vendor.announced_on <= today < vendor.in_force_from)


def get(key: str) -> Vendor:
    """Return the vendor of that key. Raises KeyError when there is none."""
    return {vendor.key: vendor for vendor in VENDORS}[key]


def strangers(hosts: Iterable[str], *, today: date) -> list[str]:
    """Return the hosts that belong to no vendor in force. This machine itself is nobody else (P04)."""
    allowed = in_force(today)
    return [host for host in hosts if not is_own(host) and not any(vendor.answers_at(host) for vendor in allowed)]


def outgoing_hosts(settings: object) -> list[str]:
    """Return the hosts that the settings make the portal, or a page of it, talk to."""
    hosts = [
        getattr(settings, "smtp_host", None),
        getattr(settings, "sendgrid_host", None),
        getattr(settings, "stripe_host", None),
    ]
    if getattr(settings, "ga_measurement_id", None):
        hosts += get("google_analytics").hosts
    return [host for host in hosts if host]


def refuse_strangers(settings: object, *, today: date) -> None:
    """Stop the boot when a configured provider is no vendor in force. Raises SettingsError naming every such host (P04)."""
    strange = strangers(outgoing_hosts(settings), today=today)
    if strange:
        raise SettingsError("The portal cannot start. These providers aren’t vendors in force: " + ", ".join(strange))


def is_own(host: str) -> bool:
    """Tell whether the host is this machine: what stays on it reaches nobody."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _matches(host: str, pattern: str) -> bool:
    return host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]) and len(host) >= len(pattern))
