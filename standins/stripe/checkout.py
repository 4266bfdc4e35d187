"""Checkout Sessions: made by the API, completed on the hosted page, expired after a day."""

from __future__ import annotations

from typing import Any

from standins.stripe import cards, invoices, money, payments, subscriptions
from standins.stripe.customers import find, new_customer
from standins.stripe.events import before, tell
from standins.stripe.lists import listed, page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.routes import route
from standins.stripe.state import Object, State

HOURS = 24
MODES = ("payment", "subscription")


@route("POST", "/v1/checkout/sessions")
def make_session(state: State, params: Params) -> Object:
    """Make a session."""
    mode = params.needed("mode", one_of=MODES)
    rows = [(_price(state, row, mode), row.whole("quantity", 1, least=1) or 1) for row in params.groups("line_items")]
    customer, email = params.text("customer"), params.text("customer_email")
    fields: Object = {
        "mode": mode, "customer": customer, "customer_email": email, "success_url": params.needed("success_url"),
        "cancel_url": params.text("cancel_url"), "client_reference_id": params.text("client_reference_id"),
        "locale": params.text("locale"), "metadata": params.metadata(),
        "ui_mode": params.text("ui_mode", "hosted_page", one_of=("hosted_page",)),
        "billing_address_collection": params.text("billing_address_collection", one_of=("auto", "required")),
        "submit_type": params.text("submit_type"),
        "customer_creation": params.text(
            "customer_creation", "if_required" if mode == "payment" and not customer else None,
            one_of=("always", "if_required"),
        ),
        "payment_method_collection": params.text(
            "payment_method_collection", "if_required" if mode == "payment" else "always", one_of=("always", "if_required")
        ),
        "expires_at": params.moment("expires_at") or state.now() + HOURS * 3600,
    }  # fmt: skip
    hidden, is_taxed = _read_what_follows(params), bool(params.group("automatic_tax").flag("enabled", False))
    params.group("tax_id_collection").flag("enabled"), params.group("customer_update").every("address", "name")
    params.words("payment_method_types")
    params.done()
    if not rows:
        raise Refusal("You must pass `line_items`.", code="parameter_missing", param="line_items")
    if customer and email:
        raise Refusal("You may only specify one of these parameters: customer, customer_email.")
    address = find(state, customer)["address"] if customer else None
    session = state.make("checkout.session", **fields)
    if is_taxed:
        session["automatic_tax"] = {
            "enabled": True, "liability": {"type": "self"}, "provider": "stripe",
            "status": "complete" if address else "requires_location_inputs",
        }  # fmt: skip
    if mode == "payment":
        session["invoice_creation"] = {
            "enabled": hidden["invoice"],
            "invoice_data": _invoice_data(hidden["invoice_metadata"]),
        }
    state.hidden[session["id"]] = {**hidden, "rows": [[price["id"], quantity] for price, quantity in rows]}
    session.update(currency=rows[0][0]["currency"], url=f"{state.url}/c/pay/{session['id']}")
    _sum_up(state, session, address)
    return session


def _price(state: State, row: Params, mode: str) -> Object:
    price = state.get("price", row.needed("price"), "line_items")
    if not price["active"]:
        raise Refusal("The price specified is inactive.", param="line_items")
    if bool(price["recurring"]) != (mode == "subscription"):
        raise Refusal(f"You cannot use this price in `{mode}` mode.", param="line_items")
    return price


def _read_what_follows(params: Params) -> Object:
    subscription, intent, invoice = (
        params.group(name) for name in ("subscription_data", "payment_intent_data", "invoice_creation")
    )
    return {
        "subscription_metadata": subscription.metadata(),
        "subscription_description": subscription.text("description"),
        "intent_metadata": intent.metadata(),
        "intent_description": intent.text("description"),
        "keeps_card": intent.text("setup_future_usage", one_of=("off_session", "on_session")) is not None,
        "invoice": bool(invoice.flag("enabled", False)),
        "invoice_metadata": invoice.group("invoice_data").metadata(),
    }


def _invoice_data(metadata: dict[str, str]) -> Object:
    names = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options")
    return {**dict.fromkeys(names), "metadata": metadata or None}


def line_items(state: State, session: Object) -> Object:
    """Return what is bought."""
    address = (session["customer_details"] or {}).get("address")
    data = [_item(state, session, *row, address=address, place=place) for place, row in enumerate(rows_of(state, session))]
    return listed(data, f"/v1/checkout/sessions/{session['id']}/line_items")


def _item(state: State, session: Object, price: Object, quantity: int, *, address: Object | None, place: int) -> Object:
    amount = price["unit_amount"] * quantity
    found = money.taxes(amount, price, address, is_automatic=session["automatic_tax"]["enabled"]) or []
    tax = sum(each["amount"] for each in found)
    added = sum(each["amount"] for each in found if each["tax_behavior"] == "exclusive")
    return {
        "id": f"li_{session['id'].removeprefix('cs_test_')}{place}", "object": "item", "amount_discount": 0,
        "amount_subtotal": amount, "amount_tax": tax, "amount_total": amount + added, "currency": price["currency"],
        "description": state.get("product", price["product"])["name"], "price": price, "quantity": quantity,
    }  # fmt: skip


def rows_of(state: State, session: Object) -> list[tuple[Object, int]]:
    """Return the prices that a session is about, each with how many."""
    return [(state.get("price", price), quantity) for price, quantity in state.hidden[session["id"]]["rows"]]


def _sum_up(state: State, session: Object, address: Object | None) -> None:
    items = [_item(state, session, *row, address=address, place=0) for row in rows_of(state, session)]
    tax, total = sum(each["amount_tax"] for each in items), sum(each["amount_total"] for each in items)
    session.update(amount_subtotal=sum(each["amount_subtotal"] for each in items), amount_total=total)
    session["total_details"] = {**session["total_details"], "amount_tax": tax}


def complete(state: State, session: Object, *, card: Object, email: str, name: str, address: Object) -> None:
    """Complete a session by a card. Raises Refusal when it is declined; the session then waits for another."""
    was, is_lasting = before(session), session["mode"] == "subscription"
    session["customer_details"] = {
        "address": address, "email": email, "name": name, "phone": None, "tax_exempt": "none", "tax_ids": None,
        "business_name": None, "individual_name": name,
    }  # fmt: skip
    if session["automatic_tax"]["enabled"]:
        session["automatic_tax"]["status"] = "complete"
    _sum_up(state, session, address)
    hidden = state.hidden[session["id"]]
    customer = _customer(state, session) if session["customer"] else None
    intent = payments.intent_for(
        state, amount=session["amount_total"], currency=session["currency"], receipt_email=email,
        customer=customer["id"] if customer else None, metadata=hidden["intent_metadata"],
        description=hidden["intent_description"] or ("Subscription creation" if is_lasting else None),
    )  # fmt: skip
    refusal = payments.pay(state, intent, card)
    if refusal:
        session["customer_details"] = was["customer_details"]
        raise refusal
    if not customer and (is_lasting or session["customer_creation"] == "always"):
        customer = new_customer(state, email=email, name=name, address=address)
        for paid in (intent, state.get("charge", intent["latest_charge"])):
            paid["customer"] = customer["id"]
    if customer and (is_lasting or hidden["keeps_card"]):
        cards.attach(state, card, customer)
    session.update(status="complete", payment_status="paid", customer=customer["id"] if customer else None, url=None)
    _fulfil(state, session, customer, card, intent)
    tell(state, "checkout.session.completed", session)


def _customer(state: State, session: Object) -> Object:
    """Return the customer, with the address that was typed where none was on file."""
    customer, typed = find(state, session["customer"]), session["customer_details"]
    was = before(customer)
    customer["address"] = customer["address"] or typed["address"]
    customer["name"] = customer["name"] or typed["name"]
    tell(state, "customer.updated", customer, was)
    return customer


def _fulfil(state: State, session: Object, customer: Object | None, card: Object, intent: Object) -> None:
    hidden, rows, is_taxed = state.hidden[session["id"]], rows_of(state, session), session["automatic_tax"]["enabled"]
    if session["mode"] == "subscription" and customer:
        subscription = subscriptions.begin(
            state, customer, rows, card=card, intent=intent, automatic_tax=is_taxed,
            metadata=hidden["subscription_metadata"], description=hidden["subscription_description"],
        )  # fmt: skip
        session.update(subscription=subscription["id"], invoice=subscription["latest_invoice"])
        return
    session["payment_intent"] = intent["id"]
    if hidden["invoice"] and customer:
        now = state.now()
        lines = [invoices.Line(price, price["unit_amount"] * number, number, (now, now)) for price, number in rows]
        more: dict[str, Any] = {"metadata": hidden["invoice_metadata"]}
        invoice = invoices.draft(state, customer, lines, reason="manual", automatic_tax=is_taxed, **more)
        invoices.finalise(state, invoice, intent)
        invoices.settled_by(state, invoice)
        session["invoice"] = invoice["id"]


def expire(state: State, session: Object) -> None:
    """End a session that nobody completed."""
    session.update(status="expired", url=None)
    tell(state, "checkout.session.expired", session)


@route("GET", "/v1/checkout/sessions")
def list_sessions(state: State, params: Params) -> Object:
    """List sessions."""
    wanted = params.every("customer", "payment_intent", "subscription", "status")
    return page(
        state, "checkout.session", params, "/v1/checkout/sessions",
        lambda each: all(each[name] == value for name, value in wanted.items()),
    )  # fmt: skip


@route("GET", "/v1/checkout/sessions/{}")
def get_session(state: State, _params: Params, name: str) -> Object:
    """Return a session."""
    return state.get("checkout.session", name)


@route("GET", "/v1/checkout/sessions/{}/line_items")
def list_line_items(state: State, params: Params, name: str) -> Object:
    """List what a session is about."""
    params.whole("limit", least=1, most=100)
    return line_items(state, state.get("checkout.session", name))


@route("POST", "/v1/checkout/sessions/{}/expire")
def expire_session(state: State, params: Params, name: str) -> Object:
    """End a session before its time."""
    params.done()
    session = state.get("checkout.session", name)
    if session["status"] != "open":
        raise Refusal("Only Checkout Sessions with a status of `open` can be expired.")
    expire(state, session)
    return session
