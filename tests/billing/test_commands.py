"""`portal billing prices` says what is on sale, or in one line why it cannot."""

from __future__ import annotations

import json
from collections.abc import Callable

from click.testing import Result

from standins.stripe.account import Outage
from tests.conftest import Visitor
from tests.standins.shop import Shop


def test_it_lists_prices_for_people_and_for_programs(shop: Shop, command: Callable[..., Result]) -> None:
    said, listed = command("billing", "prices"), command("billing", "prices", "--json")
    assert (said.exit_code, listed.exit_code) == (0, 0)
    lines = said.output.splitlines()
    assert (
        lines[0].split("  ", 1)[0] == "3 Clicks Production" and lines[0].endswith("production_aud") and "$990.00" in lines[0]
    )
    assert any("$29.00 every month" in line for line in lines) and lines[-1] == "Total: 12 prices."
    first = json.loads(listed.output)[0]
    assert {name: first[name] for name in ("key", "amount", "currency", "interval")} == {
        "key": "production_aud", "amount": 99000, "currency": "aud", "interval": "",
    }  # fmt: skip


def test_it_says_plainly_that_billing_is_off(command: Callable[..., Result]) -> None:
    done = command("billing", "prices")
    assert done.exit_code == 1 and "Billing is off: set PORTAL_STRIPE_API_KEY" in done.output


def test_it_says_plainly_that_stripe_does_not_answer_or_refuses(shop: Shop, command: Callable[..., Result]) -> None:
    shop.account.outage = Outage("nonsense", times=1)
    done = command("billing", "prices")
    assert done.exit_code == 1 and "Stripe didn’t answer" in done.output and "<html>" not in done.output
    shop.account.api_key = "sk_test_another"
    done = command("billing", "prices")
    assert done.exit_code == 1 and "Check PORTAL_STRIPE_API_KEY" in done.output


def test_nobody_dials_stripe_while_nobody_asks(shop: Shop, command: Callable[..., Result], client: Visitor) -> None:
    for page in ("/", "/login", "/vendors", "/promises"):
        assert client.get(page).status == 200
    assert command("sweep", "--dry-run").exit_code == 0
    assert shop.account.requests == []
