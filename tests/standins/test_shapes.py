"""Each object that the stand-in returns has the keys and JSON types of Stripe's published sample, read by the real SDK."""

from __future__ import annotations

import pytest

from tests.standins.shapes import differences
from tests.standins.shop import DISPUTED, LATER, Shop

LISTS = {
    "product": "/v1/products", "price": "/v1/prices", "customer": "/v1/customers", "charge": "/v1/charges",
    "payment_intent": "/v1/payment_intents", "payment_method": "/v1/payment_methods", "refund": "/v1/refunds",
    "dispute": "/v1/disputes", "checkout.session": "/v1/checkout/sessions", "invoice": "/v1/invoices",
    "subscription": "/v1/subscriptions?status=all", "invoice_payment": "/v1/invoice_payments", "event": "/v1/events",
    "credit_note": "/v1/credit_notes",
}  # fmt: skip
EXPANDED = {
    "checkout.session": ["line_items", "subscription.latest_invoice.payments", "customer", "payment_intent.latest_charge"],
    "invoice": ["payments"],
    "customer": ["tax_ids", "subscriptions"],
    "price": ["product"],
}


def life(shop: Shop) -> None:
    """Let happen what makes an object of every kind."""
    api = shop.api.v1
    ada = api.customers.create(
        params={
            "email": "ada@example.com", "address": {"country": "AU"}, "metadata": {"portal": "1"},
            "tax_id_data": [{"type": "au_abn", "value": "72 275 176 798"}],
        }
    )  # fmt: skip
    taxed = {"automatic_tax": {"enabled": True}}
    subscription = shop.subscribed(customer=ada.id, **taxed)
    item = subscription["items"].data[0].id
    api.subscriptions.update(
        subscription.id,
        params={"items": [{"id": item, "quantity": 3}], "proration_behavior": "always_invoice"},
    )  # fmt: skip
    failing = shop.subscribed("updates_usd", number=LATER)
    shop.account.advance(days=33)
    api.subscriptions.update(failing.id, params={"cancel_at_period_end": True, "cancellation_details": {"comment": "dear"}})
    for number in (DISPUTED, "5555555555554444"):
        bought = shop.checkout("production_aud", customer_creation="always", invoice_creation={"enabled": True}, **taxed)
        assert shop.pay(bought, number)[0] == 303
    api.refunds.create(params={"payment_intent": api.checkout.sessions.retrieve(bought.id).payment_intent, "amount": 100})
    paid = api.checkout.sessions.retrieve(bought.id).invoice
    api.credit_notes.create(params={"invoice": paid, "amount": 500, "credit_amount": 500})
    assert shop.pay(shop.checkout("production_usd"), "4000000000009995")[0] == 402
    shop.checkout()
    api.customers.delete(api.customers.create(params={"email": "gone@example.com"}).id)


@pytest.fixture(scope="module")
def lived(stand_in: Shop) -> Shop:
    """A stand-in to which all that has happened."""
    life(stand_in)
    return stand_in


@pytest.mark.parametrize("kind", sorted(LISTS))
def test_every_object_has_the_keys_and_types_of_stripes_own(lived: Shop, kind: str) -> None:
    path, _, query = LISTS[kind].partition("?")
    more = dict(pair.split("=") for pair in query.split("&") if pair)
    listed = lived.api.deserialize(lived.api.raw_request("get", path, limit=100, **more), api_mode="V1").to_dict()
    assert len(listed["data"]) > (0 if kind in ("dispute", "refund", "credit_note") else 1)
    for each in listed["data"]:
        assert differences(each, kind) == []
        expand = {"expand": EXPANDED[kind]} if kind in EXPANDED else {}
        same = lived.api.deserialize(lived.api.raw_request("get", f"{path}/{each['id']}", **expand), api_mode="V1").to_dict()
        assert same["id"] == each["id"] and differences(same, kind) == []


def test_what_is_shown_once_has_them_too(lived: Shop) -> None:
    api = lived.api.v1
    customer = api.customers.create(params={"email": "once@example.com"})
    session = api.billing_portal.sessions.create(params={"customer": customer.id, "return_url": "http://127.0.0.1/"})
    tax_id = api.customers.tax_ids.create(customer.id, params={"type": "eu_vat", "value": "DE123456789"})
    gone = api.customers.delete(customer.id)
    for each, kind in ((session, None), (tax_id, None), (gone, "deleted_customer")):
        assert differences(each.to_dict(), kind) == []


def test_the_comparison_sees_what_it_should(lived: Shop) -> None:
    good = lived.price().to_dict()
    assert differences(good) == []
    assert differences({**good, "colour": "blue"}) == ["price.colour: unknown to Stripe"]
    assert differences({name: value for name, value in good.items() if name != "active"}) == ["price.active: missing"]
    assert differences({**good, "unit_amount": "2900"}) == ["price.unit_amount: string, and Stripe's is number"]
    assert differences({**good, "active": None}) == ["price.active: null, and Stripe's never is"]
    assert differences({**good, "recurring": {**good["recurring"], "interval": 1}}) == [
        "price.recurring.interval: number, and Stripe's is string"
    ]
    assert differences({**good, "lookup_key": 7}) == ["price.lookup_key: 7 is nothing that the SDK declares"]
