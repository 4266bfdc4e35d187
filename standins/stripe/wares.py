"""What a new stand-in sells, so that a newcomer has something to buy."""

from __future__ import annotations

from standins.stripe.account import Account
from standins.stripe.catalogue import CURRENCIES, make_price, make_product
from standins.stripe.params import read

WARES = (
    ("production", "3 Clicks Production", "One seat for good, with a year of updates", None, (99000, 460000, 60000, 65000)),
    ("updates", "Updates and support", "New releases, and answers within a day", "month", (2900, 13900, 1800, 1900)),
    ("updates_year", "Updates and support, by the year", "Two months free", "year", (29000, 139000, 18000, 19000)),
)
"""Key, name, what it is, how often it is paid, and its price in each of CURRENCIES."""


def stock(account: Account) -> None:
    """Fill an account that sells nothing."""
    state = account.state
    with state.lock:
        if state.objects.get("product"):
            return
        for key, name, about, interval, amounts in WARES:
            make_product(state, read([("id", f"prod_{key}"), ("name", name), ("description", about)]))
            for currency, amount in zip(CURRENCIES, amounts, strict=True):
                pairs = [("product", f"prod_{key}"), ("currency", currency), ("unit_amount", str(amount))]
                pairs += [("lookup_key", f"{key}_{currency}"), ("tax_behavior", "inclusive")]
                pairs += [("recurring[interval]", interval)] if interval else []
                make_price(state, read(pairs))
        state.save()
