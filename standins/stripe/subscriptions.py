"""Subscriptions: begun, changed in price or number, cancelled at the period's end, taken up again, cancelled now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from standins.stripe import collecting, invoices, money
from standins.stripe.customers import find
from standins.stripe.endings import ENDED, end
from standins.stripe.events import before, tell
from standins.stripe.invoices import Line
from standins.stripe.lists import listed, page
from standins.stripe.params import Params
from standins.stripe.periods import end_of
from standins.stripe.refusals import Refusal
from standins.stripe.routes import route
from standins.stripe.state import Object, State

Row = tuple[Object, int]
PRORATIONS = ("create_prorations", "always_invoice", "none")


def plan_of(price: Object) -> Object:
    """Return a price in the old notation, which items still carry."""
    same = {name: price[name] for name in ("id", "active", "billing_scheme", "created", "currency", "livemode", "metadata")}
    every = {name: price["recurring"][name] for name in ("interval", "interval_count", "meter", "usage_type")}
    amounts = {"amount": price["unit_amount"], "amount_decimal": price["unit_amount_decimal"]}
    rest = {"nickname": price["nickname"], "object": "plan", "product": price["product"], "tiers_mode": None}
    return {**same, **every, **amounts, **rest, "transform_usage": None, "trial_period_days": None}


def begin(
    state: State, customer: Object, rows: Iterable[Row], *, card: Object | None, intent: Object | None = None,
    automatic_tax: bool = False, **more: Any,
) -> Object:  # fmt: skip
    """Begin a subscription and make its first invoice, which a paid `intent` has settled or `card` is charged for."""
    rows, now = list(rows), state.now()
    subscription = state.make(
        "subscription", customer=customer["id"], currency=rows[0][0]["currency"], status="incomplete", start_date=now,
        billing_cycle_anchor=now, default_payment_method=card["id"] if card else None, **more,
    )  # fmt: skip
    subscription["automatic_tax"].update(
        enabled=automatic_tax, liability={"type": "self"} if automatic_tax else None
    )  # fmt: skip
    items = [_item(state, subscription, price, quantity, now) for price, quantity in rows]
    subscription["items"] = listed(items, f"/v1/subscription_items?subscription={subscription['id']}")
    invoice = bill(state, subscription, "subscription_create", state_intent=intent)
    if intent:
        invoices.settled_by(state, invoice)
    elif invoice["status"] == "open":
        invoices.attempt(state, invoice, card)
    subscription["status"] = "active" if invoice["status"] == "paid" else "incomplete"
    tell(state, "customer.subscription.created", subscription)
    return subscription


def _item(state: State, subscription: Object, price: Object, quantity: int, start: int) -> Object:
    if not price["recurring"]:
        raise Refusal("The price specified is set to `type=one_time`; recurring prices are needed.", param="items")
    until = end_of(subscription["billing_cycle_anchor"], price["recurring"], start)
    return state.make(
        "subscription_item", subscription=subscription["id"], price=price, plan=plan_of(price), quantity=quantity,
        current_period_start=start, current_period_end=until,
    )  # fmt: skip


def bill(
    state: State, subscription: Object, reason: str, *, state_intent: Object | None = None, extra: Iterable[Line] = (),
    is_whole: bool = True, is_final: bool = True,
) -> Object:  # fmt: skip
    """Make the invoice of a period, with what waits from before; `is_whole` False leaves the period itself out."""
    waiting = [Line(**row) for row in state.hidden.setdefault(subscription["id"], {}).pop("waiting", [])]
    period = [
        Line(
            each["price"], each["price"]["unit_amount"] * each["quantity"], each["quantity"],
            (each["current_period_start"], each["current_period_end"]), item=each["id"],
        )
        for each in subscription["items"]["data"]
    ]  # fmt: skip
    invoice = invoices.draft(
        state, state.get("customer", subscription["customer"]), [*waiting, *extra, *(period if is_whole else [])],
        reason=reason, subscription=subscription, automatic_tax=subscription["automatic_tax"]["enabled"],
        default_payment_method=subscription["default_payment_method"],
    )  # fmt: skip
    subscription["latest_invoice"] = invoice["id"]
    if is_final:
        invoices.finalise(state, invoice, state_intent)
    return invoice


@route("POST", "/v1/subscriptions")
def make_subscription(state: State, params: Params) -> Object:
    """Begin a subscription by the API."""
    customer = find(state, params.needed("customer"))
    rows = [
        (state.get("price", row.needed("price"), "price"), row.whole("quantity", 1, least=1) or 1)
        for row in params.groups("items")
    ]
    name = params.text("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    automatic, metadata = params.group("automatic_tax").flag("enabled", False), params.metadata()
    params.text("payment_behavior", one_of=("allow_incomplete", "error_if_incomplete"))
    params.done()
    if not rows:
        raise Refusal("Missing required param: items.", code="parameter_missing", param="items")
    card = state.get("payment_method", name, "default_payment_method") if name else None
    return begin(state, customer, rows, card=card, automatic_tax=bool(automatic), metadata=metadata)


@route("GET", "/v1/subscriptions")
def list_subscriptions(state: State, params: Params) -> Object:
    """List subscriptions; ended ones only when asked for."""
    customer, price, status = (params.text(name) for name in ("customer", "price", "status"))

    def keep(each: Object) -> bool:
        wanted = each["status"] not in ENDED if status is None else status in ("all", each["status"])
        priced = price is None or any(item["price"]["id"] == price for item in each["items"]["data"])
        return wanted and priced and customer in (None, each["customer"])

    return page(state, "subscription", params, "/v1/subscriptions", keep)


@route("GET", "/v1/subscriptions/{}")
def get_subscription(state: State, _params: Params, name: str) -> Object:
    """Return a subscription."""
    return state.get("subscription", name)


@route("DELETE", "/v1/subscriptions/{}")
def cancel_now(state: State, params: Params, name: str) -> Object:
    """Cancel a subscription now."""
    subscription = _open(state, name)
    details = params.group("cancellation_details").every("comment", "feedback")
    params.flag("invoice_now"), params.flag("prorate")
    params.done()
    subscription["cancellation_details"].update(details)
    end(state, subscription, "cancellation_requested")
    return subscription


def _open(state: State, name: str) -> Object:
    subscription = state.get("subscription", name)
    if subscription["status"] in ENDED:
        raise Refusal(f"No such subscription: '{name}'", status=404, code="resource_missing", param="id")
    return subscription


@route("POST", "/v1/subscriptions/{}")
def change_subscription(state: State, params: Params, name: str) -> Object:
    """Change a subscription."""
    subscription = _open(state, name)
    items = {each["id"]: each for each in subscription["items"]["data"]}
    changes = []
    for row in params.groups("items"):
        item = items.get(row.needed("id"))
        if item is None:
            raise Refusal("No such subscription item.", code="resource_missing", param="items")
        price = row.text("price")
        changes.append(
            (item, state.get("price", price, "price") if price else item["price"], row.whole("quantity", least=1))
        )
    prorations = params.text("proration_behavior", "create_prorations", one_of=PRORATIONS) or ""
    at_end, card = params.flag("cancel_at_period_end"), params.text("default_payment_method")
    details = params.group("cancellation_details").every("comment", "feedback")
    metadata = params.metadata(subscription["metadata"])
    params.text("payment_behavior", one_of=("allow_incomplete", "error_if_incomplete", "pending_if_incomplete"))
    params.done()
    if card:
        state.get("payment_method", card, "default_payment_method")
    was = before(subscription)
    subscription.update(metadata=metadata, default_payment_method=card or subscription["default_payment_method"])
    subscription["cancellation_details"].update(details)
    if at_end is not None:
        cancel_at_end(state, subscription, at_end)
    for item, price, quantity in changes:
        change_item(state, subscription, item, price, quantity or item["quantity"], prorations)
    tell(state, "customer.subscription.updated", subscription, was)
    return subscription


def cancel_at_end(state: State, subscription: Object, at_end: bool) -> None:
    """Let a subscription end with its period, or go on after all."""
    if at_end == subscription["cancel_at_period_end"]:
        return
    until = subscription["items"]["data"][0]["current_period_end"]
    details = {**subscription["cancellation_details"], "reason": "cancellation_requested" if at_end else None}
    subscription.update(
        cancel_at_period_end=at_end, cancel_at=until if at_end else None, canceled_at=state.now() if at_end else None,
        cancellation_details=details,
    )  # fmt: skip


def change_item(
    state: State, subscription: Object, item: Object, price: Object, quantity: int, prorations: str
) -> None:  # fmt: skip
    """Change an item's price or number: what is left of the period is credited and charged, unless nothing is to be."""
    now, start, until = state.now(), item["current_period_start"], item["current_period_end"]
    if price["currency"] != subscription["currency"] or not price["recurring"]:
        raise Refusal("The price must recur, in the subscription's currency.", param="items[0][price]")
    left, whole, period = until - now, until - start, (now, until)
    old = item["price"]["unit_amount"] * item["quantity"]
    is_anew = [price["recurring"][name] for name in ("interval", "interval_count")] != [
        item["price"]["recurring"][name] for name in ("interval", "interval_count")
    ]
    lines = [
        Line(item["price"], -money.rounded(old, left, whole), item["quantity"], period, "Unused time", item["id"], True)
    ]
    item.update(price=price, plan=plan_of(price), quantity=quantity)
    if is_anew:
        subscription["billing_cycle_anchor"] = now
        item.update(current_period_start=now, current_period_end=end_of(now, price["recurring"], now))
    else:
        new = money.rounded(price["unit_amount"] * quantity, left, whole)
        lines.append(Line(price, new, quantity, period, "Remaining time", item["id"], True))
    if is_anew or prorations == "always_invoice":
        due = lines if prorations != "none" else []
        collecting.collect(
            state, bill(state, subscription, "subscription_update", extra=due, is_whole=is_anew)
        )  # fmt: skip
    elif prorations == "create_prorations":
        state.hidden.setdefault(subscription["id"], {}).setdefault("waiting", []).extend(vars(line) for line in lines)
