"""Invoices: made, finalised with a number and a PDF, paid or not, made void."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from standins.stripe import money, payments
from standins.stripe.events import before, tell
from standins.stripe.lists import listed, page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal, declined
from standins.stripe.routes import route
from standins.stripe.state import Object, State

DAY = 86400
RETRY_DAYS = (3, 5, 7)
"""Days from one try of a renewal to the next; after the last, its subscription is unpaid."""


@dataclass(frozen=True)
class Line:
    """What stands on one line of an invoice."""

    price: Object
    amount: int
    quantity: int
    period: tuple[int, int]
    note: str = ""
    item: str | None = None
    is_proration: bool = False


def _line(state: State, invoice: Object, line: Line, subscription: str | None) -> Object:
    product = state.get("product", line.price["product"])
    details = {"invoice_item": None, "proration": line.is_proration, "proration_details": {"credited_items": None}}
    of_item = {**details, "subscription": subscription, "subscription_item": line.item or ""}
    return state.make(
        "line_item", amount=line.amount, subtotal=line.amount, currency=invoice["currency"], invoice=invoice["id"],
        quantity=line.quantity, period={"start": line.period[0], "end": line.period[1]},
        description=line.note or f"{line.quantity} × {product['name']}",
        parent={"type": "subscription_item_details", "invoice_item_details": None, "subscription_item_details": of_item}
        if subscription else None,
        pricing={
            "type": "price_details", "price_details": {"price": line.price["id"], "product": product["id"]},
            "unit_amount_decimal": line.price["unit_amount_decimal"],
        },
        taxes=money.taxes(
            line.amount, line.price, invoice["customer_address"], is_automatic=invoice["automatic_tax"]["enabled"]
        ),
    )  # fmt: skip


def draft(
    state: State, customer: Object, lines: list[Line], *, reason: str, automatic_tax: bool,
    subscription: Object | None = None, **more: object,
) -> Object:  # fmt: skip
    """Make an invoice that is not yet final."""
    name = subscription["id"] if subscription else None
    invoice = state.make(
        "invoice", customer=customer["id"], currency=lines[0].price["currency"], billing_reason=reason, auto_advance=True,
        customer_address=customer["address"], customer_email=customer["email"], customer_name=customer["name"],
        customer_phone=customer["phone"], customer_tax_exempt=customer["tax_exempt"],
        customer_tax_ids=[
            {"type": each["type"], "value": each["value"]}
            for each in state.all("tax_id") if each["customer"] == customer["id"]
        ],
        parent={
            "type": "subscription_details", "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]), "subscription": name, "subscription_proration_date": None,
            },
        } if subscription else None,
        period_start=min(line.period[0] for line in lines), period_end=max(line.period[1] for line in lines), **more,
    )  # fmt: skip
    if automatic_tax:
        invoice["automatic_tax"].update(enabled=True, status="complete", liability={"type": "self"}, provider="stripe")
    made = [_line(state, invoice, line, name) for line in lines]
    invoice["lines"] = listed(made, f"/v1/invoices/{invoice['id']}/lines")
    invoice.update(money.totals(made))
    invoice.update(amount_due=max(invoice["total"], 0), amount_remaining=max(invoice["total"], 0))
    state.hidden[invoice["id"]] = {"token": secrets.token_urlsafe(24)}
    tell(state, "invoice.created", invoice)
    return invoice


def finalise(state: State, invoice: Object, intent: Object | None = None) -> None:
    """Give an invoice its number and its PDF, and let it be paid; a customer's credit pays first."""
    was, customer, now = before(invoice), state.get("customer", invoice["customer"]), state.now()
    token, hidden = state.hidden[invoice["id"]]["token"], state.hidden[invoice["id"]]
    due = invoice["total"] + customer["balance"]
    invoice.update(
        status="open", number=f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}", effective_at=now,
        starting_balance=customer["balance"], ending_balance=min(due, 0), amount_due=max(due, 0),
        amount_remaining=max(due, 0), hosted_invoice_url=f"{state.url}/i/{token}", invoice_pdf=f"{state.url}/i/{token}/pdf",
        status_transitions={**invoice["status_transitions"], "finalized_at": now},
    )  # fmt: skip
    customer.update(
        next_invoice_sequence=customer["next_invoice_sequence"] + 1, balance=min(due, 0), currency=invoice["currency"]
    )  # fmt: skip
    tell(state, "invoice.finalized", invoice, was)
    if invoice["amount_due"] == 0:
        _paid(state, invoice)
        return
    intent = intent or payments.intent_for(
        state, amount=invoice["amount_due"], currency=invoice["currency"], customer=customer["id"],
        description=f"Invoice {invoice['number']}",
    )  # fmt: skip
    hidden["intent"] = intent["id"]
    payment = {
        "id": f"inpay_{secrets.token_hex(12)}", "object": "invoice_payment", "created": now, "livemode": False,
        "invoice": invoice["id"], "currency": invoice["currency"], "amount_requested": invoice["amount_due"],
        "amount_paid": None, "is_default": True, "status": "open",
        "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }  # fmt: skip
    state.objects.setdefault("invoice_payment", {})[payment["id"]] = payment


def attempt(state: State, invoice: Object, card: Object | None) -> Refusal | None:
    """Try to take the money for an invoice; return the refusal when the card is declined, or when there is none."""
    was = before(invoice)
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    intent = state.get("payment_intent", state.hidden[invoice["id"]]["intent"])
    refusal = payments.pay(state, intent, card) if card else declined("generic_decline")
    if refusal is None:
        _paid(state, invoice)
    else:
        done = invoice["attempt_count"]
        is_more = invoice["billing_reason"] != "subscription_create" and done <= len(RETRY_DAYS)
        invoice["next_payment_attempt"] = state.now() + RETRY_DAYS[done - 1] * DAY if is_more else None
        tell(state, "invoice.payment_failed", invoice, was)
    return refusal


def settled_by(state: State, invoice: Object) -> None:
    """Say that an invoice was paid by a payment that has been made already."""
    invoice.update(attempted=True, attempt_count=1)
    _paid(state, invoice)


def _paid(state: State, invoice: Object) -> None:
    was, now = before(invoice), state.now()
    invoice.update(
        status="paid", amount_paid=invoice["amount_due"], amount_remaining=0, next_payment_attempt=None, auto_advance=False,
        attempted=True, status_transitions={**invoice["status_transitions"], "paid_at": now},
    )  # fmt: skip
    for payment in payments_of(state, invoice)["data"]:
        payment.update(status="paid", amount_paid=invoice["amount_due"])
        payment["status_transitions"]["paid_at"] = now
        tell(state, "invoice_payment.paid", payment)
    tell(state, "invoice.paid", invoice, was)
    tell(state, "invoice.payment_succeeded", invoice, was)


def payments_of(state: State, invoice: Object) -> Object:
    """Return the payments of an invoice."""
    found = [each for each in state.all("invoice_payment") if each["invoice"] == invoice["id"]]
    return listed(found, "/v1/invoice_payments")


def subscription_of(invoice: Object) -> str | None:
    """Return whose subscription's an invoice is."""
    return invoice["parent"]["subscription_details"]["subscription"] if invoice["parent"] else None


@route("GET", "/v1/invoices")
def list_invoices(state: State, params: Params) -> Object:
    """List invoices."""
    wanted, subscription = params.every("customer", "status"), params.text("subscription")
    return page(
        state, "invoice", params, "/v1/invoices",
        lambda each: all(each[name] == value for name, value in wanted.items())
        and subscription in (None, subscription_of(each)),
    )  # fmt: skip


@route("GET", "/v1/invoices/{}")
def get_invoice(state: State, _params: Params, name: str) -> Object:
    """Return an invoice."""
    return state.get("invoice", name)


@route("POST", "/v1/invoices/{}/void")
def void_invoice(state: State, params: Params, name: str) -> Object:
    """Make an open invoice void."""
    params.done()
    invoice = state.get("invoice", name)
    if invoice["status"] != "open":
        raise Refusal("You can only void open invoices.", code="invoice_not_editable")
    was = before(invoice)
    invoice.update(status="void", amount_remaining=0, next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = state.now()
    tell(state, "invoice.voided", invoice, was)
    return invoice


@route("GET", "/v1/invoice_payments")
def list_invoice_payments(state: State, params: Params) -> Object:
    """List payments of invoices."""
    invoice, by = params.text("invoice"), params.group("payment")
    intent = by.text("payment_intent")
    by.text("type", one_of=("payment_intent",))
    return page(
        state, "invoice_payment", params, "/v1/invoice_payments",
        lambda each: invoice in (None, each["invoice"]) and intent in (None, each["payment"]["payment_intent"]),
    )  # fmt: skip


@route("GET", "/v1/invoice_payments/{}")
def get_invoice_payment(state: State, _params: Params, name: str) -> Object:
    """Return a payment of an invoice."""
    return state.get("invoice_payment", name)
