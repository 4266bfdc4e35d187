"""What we sell: prices, as Stripe says them and as they were kept when it last did."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import groupby, islice
from typing import Any

from sqlalchemy import select

from portal.billing import stripe_gateway
from portal.billing.models import Price, PriceList, Source
from portal.kit import clock
from portal.kit.db import db
from portal.kit.settings import current_settings

PAGE = 100
MOST = 500
"""Prices that are read: a catalogue beyond that is not meant for a page."""
FRESH_FOR = timedelta(minutes=9)
"""How long the kept prices are not asked for again. The schedule looks each minute: a new portal soon has some."""
OLD_AFTER = timedelta(minutes=30)
"""Beyond which the page says that they may have changed."""
CURRENCIES = ("aud", "cny", "eur", "usd")
"""In which we sell, in the order in which a reader may choose."""
OF_LANGUAGE = {"zh_Hans": "cny"}
"""The currency that a reader is shown who has chosen none; else the first of ours."""


@dataclass(frozen=True)
class Plan:
    """A product, and what it costs in one currency."""

    name: str
    about: str
    prices: Sequence[Price]


def is_on() -> bool:
    """Tell whether anything is sold here at all."""
    return current_settings().stripe_api_key is not None


def read_prices() -> list[Price]:
    """Ask Stripe what is on sale; return it by product and amount. Raises BillingOff, StripeDown and StripeRefused."""
    listed = stripe_gateway.ask(
        lambda api: [
            _price(found)
            for found in islice(
                api.v1.prices.list(params={"active": True, "limit": PAGE, "expand": ["data.product"]}).auto_paging_iter(),
                MOST,
            )
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
        about=found.product.description or "", tax=found.tax_behavior or "",
    )  # fmt: skip


def keep_prices(prices: Sequence[Price]) -> None:
    """Keep these prices in the place of the last ones."""
    now, listed = clock.now(), [asdict(price) for price in prices]
    kept = db.lock(PriceList, Source.STRIPE)
    if kept is None:
        db.session.add(PriceList(source=Source.STRIPE, read_at=now, listed=listed))
    else:
        kept.read_at, kept.listed = now, listed


def find_price_list() -> PriceList | None:
    """Return the kept prices, or None while Stripe has never answered."""
    return db.session.scalar(select(PriceList).where(PriceList.source == Source.STRIPE))


def has_fresh_prices() -> bool:
    """Tell whether the kept prices need not be asked for again. Those dated ahead were kept by a wrong clock."""
    read_at = db.session.scalar(select(PriceList.read_at).where(PriceList.source == Source.STRIPE))
    return read_at is not None and clock.now() - FRESH_FOR < read_at <= clock.latest()


def currencies_of(prices: Sequence[Price]) -> list[str]:
    """Return the currencies in which something is on sale, ours first and in our order."""
    there = {price.currency for price in prices}
    return [each for each in CURRENCIES if each in there] + sorted(there.difference(CURRENCIES))


def choose_currency(offered: Sequence[str], *, asked: str, language: str) -> str:
    """Return the currency to show: what the reader asked for, else what their language suggests, else the first."""
    return next(each for each in (asked, OF_LANGUAGE.get(language, ""), *offered) if each in offered)


def plans_in(prices: Sequence[Price], *, currency: str) -> list[Plan]:
    """Return the products on sale in a currency, each with its prices: what is paid once first, the cheapest first."""
    return sorted(_plans(prices, currency), key=lambda plan: (bool(plan.prices[0].interval), plan.prices[0].amount))


def _plans(prices: Sequence[Price], currency: str) -> Iterator[Plan]:
    there = (price for price in prices if price.currency == currency)
    for (name, about), of_one in groupby(there, key=lambda price: (price.product, price.about)):
        yield Plan(name, about, list(of_one))
