"""Cards: Stripe's public test numbers and how each behaves. A number is looked at here and kept nowhere."""

from __future__ import annotations

import copy
import hashlib

from standins.stripe.events import before, tell
from standins.stripe.lists import page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.routes import route
from standins.stripe.state import SHAPES, Object, State

GOOD = "good"
DISPUTED = "disputed"
LATER = "declined later"
NUMBERS = {
    "4242424242424242": ("visa", GOOD), "4000056655665556": ("visa", GOOD), "5555555555554444": ("mastercard", GOOD),
    "378282246310005": ("amex", GOOD), "6200000000000005": ("unionpay", GOOD), "4000000360000006": ("visa", GOOD),
    "4000000000000002": ("visa", "generic_decline"), "4000000000009995": ("visa", "insufficient_funds"),
    "4000000000009987": ("visa", "lost_card"), "4000000000009979": ("visa", "stolen_card"),
    "4000000000000069": ("visa", "expired_card"), "4000000000000127": ("visa", "incorrect_cvc"),
    "4000000000000119": ("visa", "processing_error"), "4000000000000341": ("visa", LATER),
    "4000000000000259": ("visa", DISPUTED),
}  # fmt: skip
"""Number -> brand, and what it does: it pays, is declined, takes the first payment only, or is disputed once it has paid.

https://docs.stripe.com/testing. Stripe's 4000 0000 0000 0341 fails from the first charge on; here it pays the first, so
that a newcomer can see what a failed renewal is like.
"""


def add_card(
    state: State, *, number: str, exp_month: int, exp_year: int, name: str | None, email: str | None, address: Object | None
) -> Object:
    """Make a payment method of a card. Raises Refusal for a number that is none of the test numbers."""
    digits = number.replace(" ", "").replace("-", "")
    if digits not in NUMBERS:
        raise Refusal(
            "Only Stripe’s test cards work here, such as 4242 4242 4242 4242. Don’t enter a real card.",
            status=402, kind="card_error", code="incorrect_number", param="number",
        )  # fmt: skip
    brand, behaviour = NUMBERS[digits]
    card = copy.deepcopy(SHAPES["payment_method"]["card"])
    mark = hashlib.sha256(f"{brand}{digits[-4:]}{exp_month}{exp_year}".encode()).hexdigest()[:16]
    card.update(
        brand=brand, display_brand=brand, last4=digits[-4:], exp_month=exp_month, exp_year=exp_year, fingerprint=mark,
        networks={"available": [brand], "preferred": None},
    )  # fmt: skip
    whose = {**SHAPES["payment_method"]["billing_details"], "name": name, "email": email}
    made = state.make("payment_method", card=card, billing_details={**whose, **({"address": address} if address else {})})
    state.hidden[made["id"]] = {"behaviour": behaviour}
    return made


def attach(state: State, card: Object, customer: Object) -> None:
    """Give a card to a customer."""
    card["customer"] = customer["id"]
    tell(state, "payment_method.attached", card)


def verdict(state: State, card: Object) -> str | None:
    """Return why a payment by this card is declined; None when it pays."""
    kept = state.hidden[card["id"]]
    if kept["behaviour"] in (GOOD, DISPUTED):
        return None
    if kept["behaviour"] != LATER:
        return str(kept["behaviour"])
    is_first = not kept.get("has_paid")
    kept["has_paid"] = True
    return None if is_first else "generic_decline"


def shown_on_charge(card: Object) -> Object:
    """Return what a charge tells of a card."""
    details = copy.deepcopy(SHAPES["charge"]["payment_method_details"])
    details["card"].update({name: card["card"][name] for name in ("brand", "last4", "exp_month", "exp_year", "fingerprint")})
    details["card"]["network"] = card["card"]["brand"]
    return details


@route("GET", "/v1/payment_methods")
def list_payment_methods(state: State, params: Params) -> Object:
    """List cards."""
    customer = params.text("customer")
    params.text("type", one_of=("card",))
    return page(state, "payment_method", params, "/v1/payment_methods", lambda each: customer in (None, each["customer"]))


@route("GET", "/v1/payment_methods/{}")
def get_payment_method(state: State, _params: Params, name: str) -> Object:
    """Return a card."""
    return state.get("payment_method", name)


@route("POST", "/v1/payment_methods/{}/detach")
def detach(state: State, params: Params, name: str) -> Object:
    """Take a card from its customer for good."""
    params.done()
    card = state.get("payment_method", name)
    if card["customer"] is None:
        raise Refusal("The payment method you provided is not attached to a customer.", param="payment_method")
    was = before(card)
    for customer in state.all("customer"):
        settings = customer.get("invoice_settings") or {}
        if settings.get("default_payment_method") == name:
            settings["default_payment_method"] = None
    card["customer"] = None
    tell(state, "payment_method.detached", card, was)
    return card
