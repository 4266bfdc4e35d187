"""Outages on demand, as the SDK meets them; and the developer's page that plays fate."""

from __future__ import annotations

import pytest
import stripe

from standins.stripe.account import OUTAGES, Outage
from tests.standins.shop import Shop

MEETS = {
    "down": stripe.APIConnectionError, "lost": stripe.APIConnectionError, "failing": stripe.APIError,
    "limited": stripe.RateLimitError, "nonsense": stripe.APIError,
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(MEETS))
def test_what_goes_wrong_once_is_over_then(stand_in: Shop, kind: str) -> None:
    before = len(stand_in.account.state.objects.get("customer", {}))
    stand_in.account.outage = Outage(kind, times=1)
    asked, once = {"email": f"{kind}@example.com"}, {"idempotency_key": kind}
    with pytest.raises(MEETS[kind]):
        stand_in.api.v1.customers.create(params=asked, options=once)
    assert len(stand_in.account.state.objects.get("customer", {})) == before + (kind == "lost")
    stand_in.api.v1.customers.create(params=asked, options=once)
    assert len(stand_in.account.state.objects["customer"]) == before + 1, "once, though it was asked twice"


def test_slow_is_slow_and_strange_is_strange(stand_in: Shop) -> None:
    stand_in.account.outage = Outage("slow", times=1, seconds=0.3)
    hasty = stripe.StripeClient(
        stand_in.account.api_key, base_addresses={"api": stand_in.account.state.url}, max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=0.1),
    )  # fmt: skip
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.prices.list()
    stand_in.account.outage = Outage("strange", times=1)
    with pytest.raises((AttributeError, TypeError, ValueError)):
        list(stand_in.api.v1.prices.list().data)
    assert set(OUTAGES) == {*MEETS, "slow", "strange"}


def test_a_developer_plays_fate_on_a_page(shop: Shop) -> None:
    place = shop.account.state.url
    bought = shop.subscribed()
    assert b"Controls" in shop.get(place)[1]
    assert shop.post(f"{place}/fate/time", days="32")[0] == 303
    assert len(shop.api.v1.invoices.list(params={"subscription": bought.id}).data) == 2
    assert shop.post(f"{place}/fate/dispute")[0] == 303 and len(shop.api.v1.disputes.list().data) == 1
    assert shop.post(f"{place}/fate/webhooks")[0] == 303
    assert shop.post(f"{place}/fate/outage", kind="failing")[0] == 303
    with pytest.raises(stripe.APIError):
        shop.api.v1.prices.list()
    assert shop.post(f"{place}/fate/outage", kind="")[0] == 303 and shop.price()
    for days in ("0", "-1", "x", "401"):
        assert shop.post(f"{place}/fate/time", days=days)[0] == 400


def test_another_site_posts_nothing_here(stand_in: Shop) -> None:
    stand_in.opener.addheaders.append(("Sec-Fetch-Site", "cross-site"))
    assert stand_in.post(f"{stand_in.account.state.url}/fate/time", days="1")[0] == 403
    stand_in.opener.addheaders.pop()
