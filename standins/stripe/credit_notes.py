"""Credit notes: an invoice made smaller, by money given back or credit for the next one."""

from __future__ import annotations

from standins.stripe import invoices, payments
from standins.stripe.events import before, tell
from standins.stripe.lists import listed, page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.routes import route
from standins.stripe.state import Object, State

REASONS = ("duplicate", "fraudulent", "order_change", "product_unsatisfactory")


@route("POST", "/v1/credit_notes")
def make_credit_note(state: State, params: Params) -> Object:
    """Make a credit note of a paid invoice."""
    invoice = state.get("invoice", params.needed("invoice"), "invoice")
    amount = params.whole("amount", least=1) or 0
    back, credit = params.whole("refund_amount", 0) or 0, params.whole("credit_amount", 0) or 0
    reason, memo, metadata = params.text("reason", one_of=REASONS), params.text("memo"), params.metadata()
    params.done()
    if invoice["status"] != "paid" or amount != back + credit:
        raise Refusal("The sum of credit amount, refund amount and out of band amount must equal the credit note amount.")
    if amount > invoice["total"] - invoice["post_payment_credit_notes_amount"]:
        raise Refusal("The credit note amount is greater than what is left of the invoice.", param="amount")
    refunds = [_refunded(state, invoice, back)] if back else []
    was, customer = before(invoice), state.get("customer", invoice["customer"])
    invoice["post_payment_credit_notes_amount"] += amount
    if credit:
        customer["balance"] -= credit
    number = sum(each["invoice"] == invoice["id"] for each in state.all("credit_note")) + 1
    note = state.make(
        "credit_note", invoice=invoice["id"], customer=invoice["customer"], currency=invoice["currency"], amount=amount,
        subtotal=amount, subtotal_excluding_tax=amount, total=amount, total_excluding_tax=amount, reason=reason, memo=memo,
        metadata=metadata, number=f"{invoice['number']}-CN-{number:02d}", effective_at=state.now(), type="post_payment",
        post_payment_amount=amount, pre_payment_amount=0, refunds=refunds, pdf=invoice["invoice_pdf"],
    )  # fmt: skip
    note["lines"] = listed([], f"/v1/credit_notes/{note['id']}/lines")
    tell(state, "credit_note.created", note)
    tell(state, "invoice.updated", invoice, was)
    return note


def _refunded(state: State, invoice: Object, amount: int) -> Object:
    payment = invoices.payments_of(state, invoice)["data"][0]["payment"]["payment_intent"]
    charge = state.get("charge", state.get("payment_intent", payment)["latest_charge"])
    made = payments.refund(state, charge, amount, "requested_by_customer", {})
    return {"refund": made["id"], "amount_refunded": amount, "type": "refund", "payment_record_refund": None}


@route("GET", "/v1/credit_notes")
def list_credit_notes(state: State, params: Params) -> Object:
    """List credit notes."""
    wanted = params.every("invoice", "customer")
    return page(
        state, "credit_note", params, "/v1/credit_notes",
        lambda each: all(each[name] == value for name, value in wanted.items()),
    )  # fmt: skip


@route("GET", "/v1/credit_notes/{}")
def get_credit_note(state: State, _params: Params, name: str) -> Object:
    """Return a credit note."""
    return state.get("credit_note", name)
