"""What we sell, as Stripe prices it."""

from dataclasses import dataclass
from typing import Any

from portal.billing import stripe_gateway

PAGE = 100


@dataclass(frozen=True)
class Price:
    """What something costs: in minor units of its currency, once or every so often."""

    id: str
    key: str
    product: str
    amount: int
    currency: str
    interval: str
    """day, week, month or year; "" for what is paid once."""
    every: int


def read_prices() -> list[Price]:
    """Ask Stripe what is on sale; return it by product and amount. Raises BillingOff, StripeDown and StripeRefused."""
    listed = stripe_gateway.ask(
        lambda api: [
            _price(found)
            for found in api.v1.prices.list(
                params={"active": True, "limit": PAGE, "expand": ["data.product"]}
            ).auto_paging_iter()
        ]
    )
    return sorted(filter(None, listed), key=lambda price: (price.product, price.currency, price.amount))


def _price(found: Any) -> Price | None:
    """Return a price as we name it; None for what is not on sale, or has no amount of its own."""
    if not found.product.active or found.unit_amount is None:
        return None
    often = found.recurring
    return Price(
        id=found.id, key=found.lookup_key or "", product=found.product.name, amount=found.unit_amount,
        currency=found.currency, interval=often.interval if often else "", every=often.interval_count if often else 1,
    )  # fmt: skip
