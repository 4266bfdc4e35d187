"""Time that passes: renewals, tries anew, what was to end at a moment. Each at its own instant, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from standins.stripe import collecting
from standins.stripe.checkout import expire
from standins.stripe.endings import ENDED, end
from standins.stripe.events import before, tell
from standins.stripe.periods import end_of
from standins.stripe.state import Object, State
from standins.stripe.subscriptions import bill

INCOMPLETE_HOURS = 23
Due = tuple[int, Callable[[State, Object], None], Object]


def advance(state: State, seconds: int) -> None:
    """Move the clock forward, and let happen what falls due on the way."""
    pass_until(state, state.now() + seconds)


def pass_until(state: State, until: int) -> None:
    """Let happen what falls due until an instant, which the clock then shows if it lies ahead."""
    while True:
        due = min((each for each in _due(state) if each[0] <= until), key=lambda each: each[0], default=None)
        if due is None:
            break
        _set(state, due[0])
        due[1](state, due[2])
    _set(state, until)


def _set(state: State, moment: int) -> None:
    state.shift = max(state.shift, moment - int(time.time()))


def _due(state: State) -> Iterator[Due]:
    for session in state.all("checkout.session"):
        if session["status"] == "open":
            yield session["expires_at"], expire, session
    for subscription in state.all("subscription"):
        if subscription["status"] == "incomplete":
            yield subscription["created"] + INCOMPLETE_HOURS * 3600, _give_up, subscription
        elif subscription["status"] not in ENDED:
            yield subscription["items"]["data"][0]["current_period_end"], _renew, subscription
    for invoice in state.all("invoice"):
        if invoice["status"] == "open" and invoice["next_payment_attempt"]:
            yield invoice["next_payment_attempt"], _try_again, invoice


def _give_up(state: State, subscription: Object) -> None:
    end(state, subscription, "payment_failed", status="incomplete_expired")


def _try_again(state: State, invoice: Object) -> None:
    collecting.collect(state, invoice)


def _renew(state: State, subscription: Object) -> None:
    if subscription["cancel_at_period_end"]:
        end(state, subscription, "cancellation_requested")
        return
    was = before(subscription)
    for item in subscription["items"]["data"]:
        start = item["current_period_end"]
        until = end_of(subscription["billing_cycle_anchor"], item["price"]["recurring"], start)
        item.update(current_period_start=start, current_period_end=until)
    is_unpaid = subscription["status"] == "unpaid"
    invoice = bill(state, subscription, "subscription_cycle", is_final=not is_unpaid)
    tell(state, "customer.subscription.updated", subscription, was)
    if is_unpaid:
        invoice["auto_advance"] = False
    else:
        collecting.collect(state, invoice)
