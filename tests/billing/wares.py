"""What is on sale in tests that need no Stripe to say so."""

from __future__ import annotations

from dataclasses import replace

from portal.billing.models import Price

FOREVER = Price(
    "price_1", "production_aud", "3 Clicks Production", 99000, "aud", "", 1, about="One seat for good", tax="inclusive"
)
MONTHLY = replace(
    FOREVER, id="price_2", key="updates_aud", product="Updates", amount=2900, interval="month", about="New releases"
)
WARES = [
    FOREVER,
    replace(FOREVER, id="price_3", key="production_eur", amount=60000, currency="eur"),
    replace(FOREVER, id="price_4", key="production_cny", amount=460000, currency="cny"),
    MONTHLY,
    replace(MONTHLY, id="price_5", key="updates_eur", amount=1800, currency="eur"),
    replace(MONTHLY, id="price_6", key="updates_cny", amount=13900, currency="cny"),
]
"""Each sold for good and by the month, in three currencies."""
