"""Collecting what is due, and what follows for its subscription when a card is declined."""

from __future__ import annotations

from standins.stripe import invoices
from standins.stripe.events import before, tell
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.routes import route
from standins.stripe.state import Object, State


def card_for(state: State, invoice: Object) -> Object | None:
    """Return the card that an invoice is charged to: its subscription's, or the customer's."""
    customer = state.get("customer", invoice["customer"])
    subscription = _subscription(state, invoice)
    name = (subscription and subscription["default_payment_method"]) or (
        (customer.get("invoice_settings") or {}).get("default_payment_method")
    )
    return state.objects.get("payment_method", {}).get(name or "")


def collect(state: State, invoice: Object, card: Object | None = None) -> Refusal | None:
    """Try to take the money for an open invoice, and do what follows; return the refusal when there was one."""
    if invoice["status"] != "open":
        return None
    refusal = invoices.attempt(state, invoice, card or card_for(state, invoice))
    subscription = _subscription(state, invoice)
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return refusal
    was = before(subscription)
    if refusal is None:
        subscription["status"] = "active"
    elif subscription["status"] != "incomplete":
        subscription["status"] = "past_due" if invoice["next_payment_attempt"] else "unpaid"
    tell(state, "customer.subscription.updated", subscription, was)
    return refusal


def _subscription(state: State, invoice: Object) -> Object | None:
    name = invoices.subscription_of(invoice)
    return state.get("subscription", name) if name else None


@route("POST", "/v1/invoices/{}/pay")
def pay_invoice(state: State, params: Params, name: str) -> Object:
    """Take the money for an open invoice now. Raises Refusal when the card is declined."""
    invoice, given = state.get("invoice", name), params.text("payment_method")
    params.done()
    if invoice["status"] != "open":
        raise Refusal("Invoice is already paid." if invoice["status"] == "paid" else "This invoice can't be paid.")
    card = state.get("payment_method", given, "payment_method") if given else None
    refusal = collect(state, invoice, card)
    if refusal:
        raise refusal
    return invoice
