"""What we sell and what it costs, to anybody: read by a schedule, kept, and shown while Stripe is down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from portal.billing import service
from portal.jobs import worker
from portal.kit.db import db
from portal.kit.job_kinds import job_kinds
from standins.stripe.account import Outage
from tests.billing.wares import FOREVER, MONTHLY, WARES
from tests.clock import Clock
from tests.conftest import Page, Visitor
from tests.pages.test_budget import cost
from tests.people import Cast
from tests.standins.shop import Shop

pytestmark = pytest.mark.both_databases


@pytest.fixture
def on(settings: Callable[..., None]) -> None:
    """Payments that are on, with nobody behind them."""
    settings(stripe_api_key="sk_test_ofthetests", stripe_webhook_secret="whsec_of_the_tests")


@pytest.fixture
def keep(app: Flask, unit: Callable[[], object]) -> Callable[..., None]:
    """Keep prices as though Stripe had said them."""

    def keep(*prices: object) -> None:
        with unit():
            service.keep_prices(prices)

    return keep


@pytest.fixture
def read(app: Flask) -> Callable[[], None]:
    """Let the schedule read prices once."""

    def read() -> None:
        with app.app_context():
            handler = job_kinds()["billing.read_prices"].handler
            done = handler()
            if done:
                with worker.unit_of_work():
                    done()

    return read


def said(page: Page) -> str:
    return page.soup.main.get_text(" ", strip=True)


def test_without_payments_one_plain_page_says_so_and_how_to_reach_us(client: Visitor) -> None:
    page = client.get("/plans")
    assert "You can’t buy online here" in said(page) and "1300 794 220" in said(page)
    assert page.soup.main.find("a", href="/contact")


@pytest.mark.usefixtures("on")
def test_before_stripe_has_answered_the_page_says_so(client: Visitor, keep: Callable[..., None]) -> None:
    assert "can’t show any prices right now" in said(client.get("/plans"))
    keep()
    assert "can’t show any prices right now" in said(client.get("/plans"))


@pytest.mark.usefixtures("on")
def test_prices_are_shown_in_one_currency_with_gst_and_how_often(client: Visitor, keep: Callable[..., None]) -> None:
    keep(*WARES)
    page = client.get("/plans")
    plans = [each.get_text(" ", strip=True) for each in page.soup.main.find_all("section")]
    assert plans == [
        "3 Clicks Production One seat for good A$990.00 paid once Includes GST.",
        "Updates New releases A$29.00 each month Includes GST.",
    ]
    assert [link.get_text() for link in page.soup.find("nav", class_="currencies").find_all("a")] == [
        "Australian Dollar", "Chinese Yuan", "Euro",
    ]  # fmt: skip
    other = said(client.get("/plans?currency=eur"))
    assert "€600.00 paid once Includes any tax." in other and "A$" not in other and "GST" not in other


@pytest.mark.usefixtures("on")
@pytest.mark.parametrize("asked", ["gbp", "", "AUD", "%00", "<b>", "aud" * 500])
def test_a_currency_that_is_not_offered_is_as_none(client: Visitor, keep: Callable[..., None], asked: str) -> None:
    keep(*WARES)
    assert "A$990.00" in said(client.get(f"/plans?currency={asked}"))


@pytest.mark.usefixtures("on")
def test_what_is_sold_in_no_currency_of_ours_is_shown_all_the_same(client: Visitor, keep: Callable[..., None]) -> None:
    keep(replace(MONTHLY, currency="jpy", amount=3000, every=3, tax=""))
    page = client.get("/plans")
    assert "JP¥3,000 every 3 months You see any tax before you pay." in said(page)
    assert page.soup.find("nav", class_="currencies") is None


@pytest.mark.usefixtures("on")
def test_what_stripe_calls_a_product_is_never_markup(client: Visitor, keep: Callable[..., None]) -> None:
    keep(replace(FOREVER, product="<script>x</script>", about="%(x)s {{ 7 * 7 }} <b>"))
    page = client.get("/plans")
    assert page.soup.main.find("script") is None and "%(x)s {{ 7 * 7 }} <b>" in said(page)


@pytest.mark.usefixtures("on")
def test_old_prices_are_shown_with_their_date_and_new_ones_at_once(
    client: Visitor, keep: Callable[..., None], clock: Clock
) -> None:
    keep(*WARES)
    assert "Prices as of" in said(client.get("/plans"))
    clock.forward(minutes=31)
    assert "We can’t reach Stripe at the moment. These are the prices from" in said(client.get("/plans"))
    keep(replace(FOREVER, amount=100))
    fresh = said(client.get("/plans"))
    assert "A$1.00" in fresh and "can’t reach" not in fresh and "Updates" not in fresh


def test_the_schedule_reads_prices_and_asks_again_only_when_they_are_old(
    shop: Shop, client: Visitor, read: Callable[[], None], clock: Clock
) -> None:
    read()
    assert "A$990.00" in said(client.get("/plans")) and len(shop.account.requests) == 1
    clock.forward(minutes=5)
    read()
    assert len(shop.account.requests) == 1
    clock.forward(minutes=5)
    read()
    assert len(shop.account.requests) == 2


@pytest.mark.parametrize("kind", ["failing", "nonsense"])
def test_while_stripe_is_down_the_kept_prices_stay(
    shop: Shop, client: Visitor, read: Callable[[], None], clock: Clock, kind: str
) -> None:
    read()
    shop.account.outage = Outage(kind)
    clock.forward(minutes=60)
    read()
    assert "A$990.00" in said(client.get("/plans")) and "can’t reach Stripe" in said(client.get("/plans"))
    shop.account.outage = None
    read()
    assert "can’t reach Stripe" not in said(client.get("/plans"))


def test_without_payments_the_schedule_asks_nobody(shop: Shop, settings: Callable[..., None], read, app) -> None:
    app.extensions["portal.settings"] = replace(app.extensions["portal.settings"], stripe_api_key=None)
    read()
    assert shop.account.requests == []


def test_prices_that_a_clock_ahead_has_dated_are_read_again(
    shop: Shop, read: Callable[[], None], clock: Clock, keep: Callable[..., None]
) -> None:
    clock.forward(days=400)
    keep(*WARES)
    clock.forward(days=-400)
    read()
    assert len(shop.account.requests) == 1


def test_the_command_keeps_what_it_read(shop: Shop, client: Visitor, command: Callable[..., object]) -> None:
    command("billing", "prices")
    assert "A$990.00" in said(client.get("/plans"))


@pytest.mark.usefixtures("on")
def test_the_page_asks_once_however_much_is_on_sale(
    app: Flask, client: Visitor, cast: Cast, keep: Callable[..., None]
) -> None:
    ada = cast.sign_in(cast.ada)
    for wares in (WARES, WARES * 50):
        keep(*wares)
        assert [len(cost(app, who, "/plans")) for who in (client, ada)] == [1, 2]


def test_the_kept_prices_say_nothing_about_anybody(app: Flask) -> None:
    with app.app_context():
        table = app.extensions["portal.register"].find_table("price_list")
        assert not table.parties and db.metadata.tables["price_list"].columns.keys() == ["source", "read_at", "listed"]
