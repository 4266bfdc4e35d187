"""The plan of a deletion: which steps there are, in the words of who reads it (P28, P41).

A step for everything of the portal, for each product of the company, and for each vendor: what it does there, or why there
is nothing to do. Read from the settings and the register of vendors, so that none can be forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.kit import clock
from portal.kit.i18n import _, _l
from portal.legal import vendors
from portal.mail import service as mail
from portal.privacy.models import StepKind, StepState
from portal.products import service as products

_BY_HAND = _l("A member of our team has it delete what it holds about you, and confirms that.")
_ASKED = _l("We ask it to delete your data, and keep asking until it confirms.")
_ASKED_FOR_PERSON = _l(
    "We ask it to delete who you are, and keep asking until it confirms. What you made there stays with your organisation."
)
_NO_ACCOUNT = _l("It only knows accounts, and you have none.")
_SENDGRID_UNUSED = _l("It holds nothing about you: our emails don’t go through it.")
_SENDGRID_BY_API = _l(
    "We have it delete what it holds about emails to you. Its record of the email with your receipt ends by itself."
)


@dataclass(frozen=True)
class PlannedStep:
    """One step before it's taken. `why` says how it's done, or why there is nothing to do."""

    kind: StepKind
    target: str
    why: Any
    state: StepState = StepState.WAITING
    by_hand: bool = False

    @property
    def what(self) -> str:
        """Whom or what it's about."""
        return name_of(self.kind, target=self.target)

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to do."""
        return self.state is not StepState.NOT_NEEDED


_PORTAL: Mapping[str, tuple[Any, Any]] = {
    "tables": (_l("Your data in this portal"), _l("We delete it piece by piece, and check that nothing is left.")),
    "files": (_l("Your files"), _l("Each file is deleted together with the entry that it belongs to.")),
}


def _not_needed(target: str, why: Any) -> PlannedStep:
    return PlannedStep(StepKind.VENDOR, target, why, StepState.NOT_NEEDED)


def _sendgrid() -> PlannedStep:
    if not mail.vendor_holds_recipients():
        return _not_needed("sendgrid", _SENDGRID_UNUSED)
    if mail.vendor_can_erase():
        return PlannedStep(StepKind.VENDOR, "sendgrid", _SENDGRID_BY_API)
    return PlannedStep(StepKind.VENDOR, "sendgrid", _BY_HAND, by_hand=True)


_VENDORS: Mapping[str, Callable[[], PlannedStep]] = {
    "aws": lambda: _not_needed("aws", _l("This portal runs there, so what’s deleted here is deleted there too.")),
    "google_analytics": lambda: _not_needed(
        "google_analytics", _l("It only has totals. Nothing in them leads to you, so there’s nothing to delete.")
    ),
    "sendgrid": _sendgrid,
    "stripe": lambda: _not_needed("stripe", _l("It holds nothing about you: nothing is paid for in this portal yet.")),
}
"""What is done at each vendor; at one that nobody has thought of, a member of staff does it by hand."""


def plan(*, has_account: bool = True, production_stays: bool = False) -> list[PlannedStep]:
    """Return the steps of a deletion that begins now, in their order: of an account, or of somebody without one.

    Where `production_stays`, products keep what the person made there for their organisation.
    """
    steps = [PlannedStep(StepKind.PORTAL, target, why) for target, (_what, why) in _PORTAL.items()]
    kind, asked = (StepKind.PERSON, _ASKED_FOR_PERSON) if production_stays else (StepKind.PRODUCT, _ASKED)
    how = (asked, StepState.WAITING) if has_account else (_NO_ACCOUNT, StepState.NOT_NEEDED)
    steps += [PlannedStep(kind, name, *how) for name in products.systems()]
    return steps + [_at_vendor(vendor.key) for vendor in vendors.in_force(clock.today())]


def _at_vendor(key: str) -> PlannedStep:
    known = _VENDORS.get(key)
    return known() if known else PlannedStep(StepKind.VENDOR, key, _BY_HAND, by_hand=True)


def name_of(kind: StepKind, *, target: str) -> str:
    """Return what people call the target of a step; a product that has left the settings has only its name."""
    if kind is StepKind.PORTAL:
        return str(_PORTAL[target][0])
    if kind in (StepKind.PRODUCT, StepKind.PERSON):
        system = products.systems().get(target)
        title = system.title if system else _("Product “%(name)s”", name=target)
        return _("You in %(product)s", product=title) if kind is StepKind.PERSON else title
    return vendors.get(target).name


def reason_of(kind: StepKind, *, target: str) -> str:
    """Say why there is nothing to do for a step that is not needed."""
    return str(_at_vendor(target).why if kind is StepKind.VENDOR else _NO_ACCOUNT)
