"""What is on sale, read in a language that is none; what we sell is Greek here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product

from portal.billing import service
from portal.billing.models import Price
from portal.kit.unit import unit_of_work
from tests.conftest import changed_settings
from tests.language.ready.walk import Walk

OFTEN = [("", 1), *product(("day", "week", "month", "year"), (1, 3))]
TAXES = ("inclusive", "exclusive", "")


@contextmanager
def selling(walk: Walk) -> Iterator[None]:
    """Have payments on within."""
    before = walk.app.extensions["portal.settings"]
    secrets = {"stripe_api_key": "sk_test_ofthewalk", "stripe_webhook_secret": "whsec_of_the_walk"}
    walk.app.extensions["portal.settings"] = changed_settings(before, **secrets)
    try:
        yield
    finally:
        walk.app.extensions["portal.settings"] = before


def look_at_plans(walk: Walk) -> None:
    """Read the prices as a visitor: none yet, of every kind, and after they have grown old."""
    visitor = walk.visitor()
    with selling(walk):
        visitor.get("/plans")
        with walk.app.app_context(), unit_of_work():
            service.keep_prices([*_wares()])
        for currency in ("aud", "cny", "eur"):
            visitor.get(f"/plans?currency={currency}")
        walk.clock.forward(minutes=40)
        visitor.get("/plans")


def _wares() -> Iterator[Price]:
    first = Price("price_0", "", "Ραφή", 99000, "aud", "", 1, about="Μία θέση για πάντα")
    for number, ((interval, every), tax, currency) in enumerate(product(OFTEN, TAXES, ("aud", "cny", "eur"))):
        yield replace(first, id=f"price_{number}", interval=interval, every=every, tax=tax, currency=currency)
