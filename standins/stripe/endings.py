"""What ends: a subscription, and a customer with all that is theirs."""

from __future__ import annotations

from standins.stripe.customers import find
from standins.stripe.events import before, deleted, tell
from standins.stripe.invoices import subscription_of
from standins.stripe.params import Params
from standins.stripe.routes import route
from standins.stripe.state import Object, State

ENDED = ("canceled", "incomplete_expired")


def end(state: State, subscription: Object, reason: str, *, status: str = "canceled") -> None:
    """End a subscription now; nobody tries to collect what it still owes."""
    now = state.now()
    subscription.update(
        status=status, ended_at=now, canceled_at=subscription["canceled_at"] or now,
        cancellation_details={**subscription["cancellation_details"], "reason": reason},
    )  # fmt: skip
    for invoice in state.all("invoice"):
        if invoice["status"] == "open" and subscription_of(invoice) == subscription["id"]:
            invoice.update(next_payment_attempt=None, auto_advance=False)
    tell(state, "customer.subscription.deleted", subscription)


@route("DELETE", "/v1/customers/{}")
def delete_customer(state: State, params: Params, name: str) -> Object:
    """Delete a customer for good: subscriptions end at once, cards and tax ids go; invoices and charges stay."""
    params.done()
    customer = find(state, name, "id")
    was = before(customer)
    for subscription in list(state.all("subscription")):
        if subscription["customer"] == name and subscription["status"] not in ENDED:
            end(state, subscription, "cancellation_requested")
    for kind in ("payment_method", "tax_id"):
        for owned in [each for each in state.all(kind) if each["customer"] == name]:
            del state.objects[kind][owned["id"]]
    state.objects["customer"][name] = deleted("customer", name)
    tell(state, "customer.deleted", was)
    return state.objects["customer"][name]
