"""Money as it seems to move: payment intents, their charges, refunds and disputes."""

from __future__ import annotations

from standins.stripe import cards
from standins.stripe.events import before, tell
from standins.stripe.lists import listed, page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal, declined
from standins.stripe.routes import route
from standins.stripe.state import SHAPES, Object, State

DISPUTE_DAYS = 7


def intent_for(state: State, *, amount: int, currency: str, customer: str | None, **more: object) -> Object:
    """Make a payment intent that waits for a card."""
    made = state.make("payment_intent", amount=amount, currency=currency, customer=customer, **more)
    made["client_secret"] = f"{made['id']}_secret_standin"
    tell(state, "payment_intent.created", made)
    return made


def pay(state: State, intent: Object, card: Object) -> Refusal | None:
    """Charge a card; return the refusal when it is declined."""
    was, why = before(intent), cards.verdict(state, card)
    charge = state.make(
        "charge", amount=intent["amount"], currency=intent["currency"], customer=intent["customer"],
        payment_intent=intent["id"], payment_method=card["id"], payment_method_details=cards.shown_on_charge(card),
        billing_details=card["billing_details"], description=intent["description"], metadata=dict(intent["metadata"]),
        paid=why is None, captured=why is None, amount_captured=intent["amount"] if why is None else 0,
        status="succeeded" if why is None else "failed", receipt_email=intent["receipt_email"],
    )  # fmt: skip
    charge["refunds"] = listed([], f"/v1/charges/{charge['id']}/refunds")
    charge["receipt_url"] = f"{state.url}/receipts/{charge['id']}" if why is None else None
    charge["outcome"] = {**SHAPES["charge"]["outcome"], "type": "issuer_declined" if why else "authorized", "reason": why}
    intent["latest_charge"] = charge["id"]
    if why:
        refusal = declined(why, charge=charge["id"])
        charge.update(failure_code=refusal.error["code"], failure_message=refusal.error["message"])
        intent.update(status="requires_payment_method", last_payment_error=refusal.error)
        tell(state, "charge.failed", charge)
        tell(state, "payment_intent.payment_failed", intent, was)
        return refusal
    intent.update(
        status="succeeded", amount_received=intent["amount"], payment_method=card["id"], last_payment_error=None
    )  # fmt: skip
    tell(state, "charge.succeeded", charge)
    tell(state, "payment_intent.succeeded", intent, was)
    if state.hidden[card["id"]]["behaviour"] == cards.DISPUTED:
        dispute(state, charge)
    return None


def dispute(state: State, charge: Object) -> Object:
    """Let the holder of a card dispute a charge."""
    was, due = before(charge), state.now() + DISPUTE_DAYS * 86400
    made = state.make(
        "dispute", charge=charge["id"], amount=charge["amount"], currency=charge["currency"], reason="fraudulent",
        payment_intent=charge["payment_intent"], status="needs_response", is_charge_refundable=False,
        evidence_details={**SHAPES["dispute"]["evidence_details"], "due_by": due},
    )  # fmt: skip
    charge["disputed"] = True
    tell(state, "charge.dispute.created", made)
    tell(state, "charge.updated", charge, was)
    return made


def close_dispute(state: State, made: Object, *, is_won: bool) -> Object:
    """End a dispute."""
    was = before(made)
    made["status"] = "won" if is_won else "lost"
    tell(state, "charge.dispute.closed", made, was)
    return made


def refund(state: State, charge: Object, amount: int | None, reason: str | None, metadata: dict[str, str]) -> Object:
    """Give money back. Raises Refusal for more than is left."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise Refusal("This charge is under dispute.", code="charge_disputed", param="charge")
    if left <= 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount > left:
        raise Refusal(
            "Refund amount is greater than unrefunded amount on charge.", param="amount", code="amount_too_large"
        )  # fmt: skip
    was = before(charge)
    made = state.make(
        "refund", amount=amount or left, currency=charge["currency"], charge=charge["id"], reason=reason,
        payment_intent=charge["payment_intent"], customer=charge["customer"], payment_method=charge["payment_method"],
        metadata=metadata,
    )  # fmt: skip
    charge["amount_refunded"] += made["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    charge["refunds"]["data"].insert(0, made)
    tell(state, "refund.created", made)
    tell(state, "charge.refunded", charge, was)
    return made


@route("POST", "/v1/refunds")
def make_refund(state: State, params: Params) -> Object:
    """Refund a charge, or what a payment intent has charged."""
    intent, name = params.text("payment_intent"), params.text("charge")
    amount, metadata = params.whole("amount", least=1), params.metadata()
    reason = params.text("reason", one_of=("duplicate", "fraudulent", "requested_by_customer"))
    params.done()
    if bool(intent) == bool(name):
        raise Refusal("One of the following params should be provided: `charge` or `payment_intent`.")
    if intent:
        name = state.get("payment_intent", intent, "payment_intent")["latest_charge"]
    return refund(state, state.get("charge", name, "charge"), amount, reason, metadata)


@route("GET", "/v1/refunds")
def list_refunds(state: State, params: Params) -> Object:
    """List refunds."""
    wanted = params.every("charge", "payment_intent")
    return page(
        state, "refund", params, "/v1/refunds", lambda each: all(each[name] == value for name, value in wanted.items())
    )  # fmt: skip


@route("GET", "/v1/charges")
def list_charges(state: State, params: Params) -> Object:
    """List charges."""
    wanted = params.every("customer", "payment_intent")
    return page(
        state, "charge", params, "/v1/charges", lambda each: all(each[name] == value for name, value in wanted.items())
    )  # fmt: skip


@route("GET", "/v1/payment_intents")
def list_intents(state: State, params: Params) -> Object:
    """List payment intents."""
    customer = params.text("customer")
    return page(state, "payment_intent", params, "/v1/payment_intents", lambda each: customer in (None, each["customer"]))


@route("GET", "/v1/disputes")
def list_disputes(state: State, params: Params) -> Object:
    """List disputes."""
    wanted = params.every("charge", "payment_intent")
    return page(
        state, "dispute", params, "/v1/disputes", lambda each: all(each[name] == value for name, value in wanted.items())
    )  # fmt: skip


@route("POST", "/v1/disputes/{}/close")
def give_in(state: State, params: Params, name: str) -> Object:
    """Accept that a dispute is lost."""
    params.done()
    return close_dispute(state, state.get("dispute", name), is_won=False)


def _reader(kind: str) -> None:
    @route("GET", f"/v1/{kind}s/{{}}")
    def get(state: State, _params: Params, name: str) -> Object:
        return state.get(kind, name)


for _kind in ("refund", "charge", "payment_intent", "dispute"):
    _reader(_kind)
