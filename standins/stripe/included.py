"""Parts that an object shows only when they are asked for."""

from __future__ import annotations

from standins.stripe import checkout, invoices
from standins.stripe.endings import ENDED
from standins.stripe.lists import Included, listed
from standins.stripe.state import Object, State


def _of_customer(kind: str, place: str) -> Included:
    def find(state: State, customer: Object) -> Object:
        name = customer["id"]
        found = [each for each in state.all(kind) if each["customer"] == name and each.get("status") not in ENDED]
        return listed(found, f"/v1/customers/{name}/{place}")

    return find


INCLUDED: dict[tuple[str, str], Included] = {
    ("checkout.session", "line_items"): checkout.line_items,
    ("invoice", "payments"): invoices.payments_of,
    ("customer", "tax_ids"): _of_customer("tax_id", "tax_ids"),
    ("customer", "subscriptions"): _of_customer("subscription", "subscriptions"),
}
