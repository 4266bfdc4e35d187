"""One gateway leads to Stripe: it says in our own words what went wrong, does nothing twice, and keeps logs clean."""

from __future__ import annotations

import logging

import pytest
from flask import Flask

from portal.billing import service, stripe_gateway
from portal.billing.models import Price
from portal.billing.stripe_gateway import BillingOff, CardDeclined, StripeDown, StripeRefused, ask
from portal.kit import outgoing
from standins.stripe.account import OUTAGES, Outage
from tests.standins.shop import LATER, Shop


@pytest.fixture(autouse=True)
def inside(app: Flask, monkeypatch: pytest.MonkeyPatch):
    """Every test stands inside the app, and waits for nothing before it asks again."""
    import stripe

    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
    with app.app_context():
        yield


def add(shop: Shop, email: str, key: str) -> str:
    """Make a customer by the gateway."""
    return ask(lambda api: api.v1.customers.create(params={"email": email}, options={"idempotency_key": key}).id)


def test_without_a_key_nobody_is_asked(shop: Shop, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(BillingOff):
        ask(lambda api: api.v1.prices.list())
    assert shop.account.requests == []


def test_prices_are_read_whole_by_pages(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PAGE", 5)
    found = service.read_prices()
    assert len(found) == 12 and shop.account.requests == ["GET /v1/prices"] * 3
    about = "One seat for good, with a year of updates"
    assert found[0] == Price(
        found[0].id, "production_aud", "3 Clicks Production", 99000, "aud", "", 1, about=about, tax="inclusive"
    )
    assert [price.interval for price in found if price.key == "updates_year_cny"] == ["year"]
    shop.api.v1.products.update("prod_production", params={"active": False})
    assert {price.product for price in service.read_prices()} == {"Updates and support", "Updates and support, by the year"}


@pytest.mark.parametrize("kind", [kind for kind in OUTAGES if kind != "slow"])
def test_whatever_is_wrong_with_stripe_is_one_word_of_ours(shop: Shop, kind: str) -> None:
    shop.account.outage = Outage(kind)
    with pytest.raises(StripeDown) as caught:
        service.read_prices()
    assert len(shop.account.requests) == (2 if kind == "failing" else 1)
    assert "http" not in str(caught.value) and "works" not in str(caught.value)


def test_a_stripe_that_takes_too_long_is_left_and_not_asked_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.2)
    shop.account.outage = Outage("slow", seconds=0.5)
    with pytest.raises(StripeDown):
        service.read_prices()
    assert shop.account.requests == ["GET /v1/prices"]


def test_a_fault_that_passes_is_never_seen(shop: Shop) -> None:
    shop.account.outage = Outage("failing", times=1)
    assert len(service.read_prices()) == 12


def test_what_was_done_without_an_answer_is_not_done_twice(shop: Shop) -> None:
    shop.account.outage = Outage("lost", times=1)
    with pytest.raises(StripeDown):
        add(shop, "ada@example.com", "once")
    made = add(shop, "ada@example.com", "once")
    assert [each["id"] for each in shop.account.state.all("customer")] == [made]


def test_a_no_of_stripes_is_its_code_and_a_declined_card_is_that(shop: Shop) -> None:
    with pytest.raises(StripeRefused) as missing:
        ask(lambda api: api.v1.customers.retrieve("cus_nobody"))
    add(shop, "ada@example.com", "once")
    with pytest.raises(StripeRefused) as reused:
        add(shop, "eve@example.com", "once")
    bought = shop.subscribed(number=LATER)
    shop.account.advance(days=32)
    invoice = shop.api.v1.subscriptions.retrieve(bought.id).latest_invoice
    with pytest.raises(CardDeclined) as declined:
        ask(lambda api: api.v1.invoices.pay(invoice))
    assert [error.value.code for error in (missing, reused, declined)] == [
        "resource_missing",
        "IdempotencyError",
        "card_declined",
    ]


def test_a_wrong_key_is_refused(shop: Shop) -> None:
    shop.account.api_key = "sk_test_another"
    with pytest.raises(StripeRefused) as caught:
        service.read_prices()
    assert caught.value.code == "AuthenticationError"


def test_an_answer_that_says_nothing_we_know_is_as_good_as_none(shop: Shop) -> None:
    with pytest.raises(StripeDown, match="unreadable"):
        ask(lambda api: api.v1.prices.list().data[0].nothing_of_the_kind)


def test_a_host_that_is_no_vendors_is_not_called(shop: Shop, settings) -> None:
    settings(stripe_api_base="https://stripe.example.com")
    with pytest.raises(StripeDown, match="HostRefused"):
        service.read_prices()


def test_only_what_stripe_needs_leaves(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    call = outgoing.call

    def watched(*about: object, headers: dict[str, str], **more: object) -> outgoing.Answer:
        sent.append(headers)
        return call(*about, headers=headers, **more)

    monkeypatch.setattr(outgoing, "call", watched)
    for _time in range(2):
        service.read_prices()
    add(shop, "ada@example.com", "once")
    assert {name.lower() for headers in sent for name in headers} <= set(stripe_gateway.SENT)
    assert all(len(headers["User-Agent"]) < 40 for headers in sent)


def test_nothing_that_stripe_says_and_nobody_we_name_stands_in_a_log(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        add(shop, "ada@example.com", "once")
        for wrong in (
            lambda: add(shop, "eve@example.com", "once"),
            lambda: ask(lambda api: api.v1.customers.retrieve("cus_x1")),
        ):
            with pytest.raises(StripeRefused):
                wrong()
    finally:
        logging.getLogger().setLevel(logging.WARNING)
    told = "".join(capfd.readouterr())
    assert "stripe.failed" in told and "resource_missing" in told
    for secret in ("ada@", "eve@", "cus_x1", "No such", "Keys for", shop.account.api_key, shop.account.state.url):
        assert secret not in told
