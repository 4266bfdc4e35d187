"""Buying on the stand-in: a checkout ends as Stripe's does, time renews what was bought, a failing card has its course."""

from __future__ import annotations

import pytest
import stripe

from tests.standins.shop import DECLINED, DISPUTED, LATER, Shop, card


def invoices(shop: Shop, subscription: stripe.Subscription) -> list[stripe.Invoice]:
    """Return a subscription's invoices, newest first."""
    return shop.api.v1.invoices.list(params={"subscription": subscription.id}).data


def again(shop: Shop, subscription: stripe.Subscription) -> stripe.Subscription:
    """Read a subscription again."""
    return shop.api.v1.subscriptions.retrieve(subscription.id)


def test_a_checkout_leads_back_with_its_id_and_has_made_what_was_bought(shop: Shop) -> None:
    session = shop.checkout("updates_aud", quantity=2, subscription_data={"metadata": {"organisation": "7"}})
    status, _page, place = shop.pay(session)
    assert (status, place) == (303, f"http://127.0.0.1/back?id={session.id}")
    done = shop.api.v1.checkout.sessions.retrieve(session.id, params={"expand": ["subscription", "line_items"]})
    assert (done.status, done.payment_status, done.amount_total, done.url) == ("complete", "paid", 5800, None)
    assert done.subscription.status == "active" and done.subscription.metadata["organisation"] == "7"
    assert [row.price.lookup_key for row in done.line_items.data] == ["updates_aud"]
    kinds = shop.kinds()
    for kind in ("customer.created", "payment_method.attached", "invoice.paid", "customer.subscription.created"):
        assert kinds.index(kind) < kinds.index("checkout.session.completed")
    status, page, _place = shop.pay(session)
    assert status == 200 and "This page has been paid" in page
    assert len(shop.api.v1.charges.list().data) == 1, "a second click pays nothing"


def test_a_declined_card_leaves_the_checkout_open_for_another(shop: Shop) -> None:
    session = shop.checkout()
    status, page, _place = shop.pay(session, DECLINED)
    assert status == 402 and "Your card was declined." in page and DECLINED not in page
    assert shop.api.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.api.v1.subscriptions.list().data == []
    assert shop.pay(session)[0] == 303
    assert [charge.status for charge in shop.api.v1.charges.list().data] == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("number", "code", "decline"),
    [
        (DECLINED, "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", None),
        ("4000000000000127", "incorrect_cvc", None),
        ("4000000000000119", "processing_error", None),
    ],
)
def test_stripes_cards_for_declines_are_declined_as_there(
    stand_in: Shop, number: str, code: str, decline: str | None
) -> None:
    assert stand_in.pay(stand_in.checkout("production_aud"), number)[0] == 402
    failed = stand_in.api.v1.payment_intents.list(params={"limit": 1}).data[0].last_payment_error
    assert (failed.type, failed.code, getattr(failed, "decline_code", None)) == ("card_error", code, decline)


def test_a_number_that_is_no_test_card_is_refused_and_stands_nowhere(shop: Shop) -> None:
    session, real = shop.checkout(), "4539578763621486"
    status, page, _place = shop.pay(session, real)
    assert status == 402 and "test cards work here" in page and real not in page
    assert real not in repr(vars(shop.account.state))


def test_gst_is_in_what_an_australian_pays_and_not_in_what_a_german_does(shop: Shop) -> None:
    for country, tax in (("AU", 9000), ("DE", 0)):
        bought = shop.checkout("production_aud", automatic_tax={"enabled": True}, customer_creation="always",
                               invoice_creation={"enabled": True})  # fmt: skip
        shop.pay(bought, country=country)
        invoice = shop.api.v1.invoices.retrieve(shop.api.v1.checkout.sessions.retrieve(bought.id).invoice)
        assert (invoice.total, invoice.total_taxes[0].amount, invoice.status) == (99000, tax, "paid")
        assert invoice.total_excluding_tax == 99000 - tax


def test_it_renews_by_the_calendar_and_stops_at_the_end_of_the_period_when_it_is_cancelled(shop: Shop) -> None:
    bought = shop.subscribed()
    shop.account.advance(days=32)
    assert [each.billing_reason for each in invoices(shop, bought)] == ["subscription_cycle", "subscription_create"]
    cancelled = shop.api.v1.subscriptions.update(bought.id, params={"cancel_at_period_end": True})
    assert cancelled.status == "active" and cancelled.cancel_at == cancelled["items"].data[0].current_period_end
    resumed = shop.api.v1.subscriptions.update(bought.id, params={"cancel_at_period_end": False})
    assert (resumed.cancel_at, resumed.canceled_at) == (None, None)
    shop.api.v1.subscriptions.update(bought.id, params={"cancel_at_period_end": True})
    shop.account.advance(days=32)
    assert again(shop, bought).status == "canceled" and len(invoices(shop, bought)) == 2
    assert shop.kinds()[-1] == "customer.subscription.deleted"
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.v1.subscriptions.update(bought.id, params={"cancel_at_period_end": False})


def test_a_card_that_fails_is_tried_four_times_and_then_the_subscription_is_unpaid(shop: Shop) -> None:
    bought = shop.subscribed(number=LATER)
    shop.account.advance(days=32)
    assert again(shop, bought).status == "past_due"
    invoice = invoices(shop, bought)[0]
    assert (invoice.status, invoice.attempt_count) == ("open", 1) and invoice.next_payment_attempt
    shop.account.advance(days=16)
    assert again(shop, bought).status == "unpaid"
    assert (invoices(shop, bought)[0].attempt_count, invoices(shop, bought)[0].next_payment_attempt) == (4, None)
    assert shop.kinds().count("invoice.payment_failed") == 4
    with pytest.raises(stripe.CardError) as caught:
        shop.api.v1.invoices.pay(invoice.id)
    assert caught.value.code == "card_declined"


def test_a_new_card_on_the_portals_page_pays_what_is_open(shop: Shop) -> None:
    bought = shop.subscribed(number=LATER)
    shop.account.advance(days=32)
    asked = {"customer": bought.customer, "return_url": "http://127.0.0.1/back"}
    page = shop.api.v1.billing_portal.sessions.create(params=asked).url
    assert shop.post(f"{page}/card", **card())[0] == 303
    assert again(shop, bought).status == "active" and invoices(shop, bought)[0].status == "paid"
    assert shop.post(f"{page}/cancel/{bought.id}")[0] == 303 and again(shop, bought).cancel_at_period_end
    assert b"Renew subscription" in shop.get(page)[1]
    other = shop.subscribed("updates_usd")
    assert shop.post(f"{page}/cancel/{other.id}")[0] == 404, "another customer's"
    shop.account.advance(days=1)
    assert shop.get(page)[0] == 404, "a link to the portal holds for an hour"


def test_another_price_is_credited_and_charged_for_what_is_left(shop: Shop) -> None:
    bought = shop.subscribed()
    item = bought["items"].data[0]
    half = (item.current_period_end - item.current_period_start) / 2 / 86400
    shop.account.advance(days=half)
    rows = [{"id": item.id, "quantity": 3}]
    shop.api.v1.subscriptions.update(bought.id, params={"items": rows, "proration_behavior": "always_invoice"})
    newest = invoices(shop, bought)[0]
    assert newest.billing_reason == "subscription_update" and abs(newest.total - 2900) <= 1 and newest.status == "paid"
    yearly = [{"id": item.id, "price": shop.price("updates_year_aud").id, "quantity": 1}]
    changed = shop.api.v1.subscriptions.update(bought.id, params={"items": yearly})
    newest = invoices(shop, bought)[0]
    assert abs(newest.total - (29000 - 3 * 1450)) <= 2
    assert changed["items"].data[0].price.recurring.interval == "year"


def test_money_goes_back_once(shop: Shop) -> None:
    session = shop.checkout("production_aud")
    shop.pay(session)
    intent = shop.api.v1.checkout.sessions.retrieve(session.id).payment_intent
    shop.api.v1.refunds.create(params={"payment_intent": intent, "amount": 9000})
    shop.api.v1.refunds.create(params={"payment_intent": intent})
    charge = shop.api.v1.payment_intents.retrieve(intent, params={"expand": ["latest_charge"]}).latest_charge
    assert (charge.amount_refunded, charge.refunded, len(charge.refunds.data)) == (99000, True, 2)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.api.v1.refunds.create(params={"payment_intent": intent})
    assert caught.value.code == "charge_already_refunded"


def test_a_disputed_charge_is_told_of_and_not_refunded(shop: Shop) -> None:
    shop.pay(shop.checkout("production_aud"), DISPUTED)
    dispute = shop.api.v1.disputes.list().data[0]
    assert dispute.status == "needs_response" and "charge.dispute.created" in shop.kinds()
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.v1.refunds.create(params={"charge": dispute.charge})
    shop.account.win(dispute.id)
    assert shop.api.v1.disputes.retrieve(dispute.id).status == "won"


def test_a_checkout_that_nobody_completes_expires(shop: Shop) -> None:
    session = shop.checkout()
    shop.account.advance(days=1)
    assert shop.api.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert b"expired" in shop.get(session.url)[1]


def test_an_invoice_has_a_page_and_a_pdf_at_an_address_that_nobody_guesses(shop: Shop) -> None:
    invoice = invoices(shop, shop.subscribed())[0]
    status, file = shop.get(invoice.invoice_pdf)
    assert status == 200 and file.startswith(b"%PDF-1.4") and file.rstrip().endswith(b"%%EOF")
    assert invoice.number.encode() in file
    assert invoice.number.encode() in shop.get(invoice.hosted_invoice_url)[1]
    assert shop.get(invoice.invoice_pdf.replace("/pdf", "x/pdf"))[0] == 404
