"""Events: told when an object changes, listed for whoever missed them, as snapshots (v1) and thin (v2)."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Any
from urllib.parse import urlencode

from standins.stripe.lists import page
from standins.stripe.params import Params
from standins.stripe.routes import route
from standins.stripe.state import API_VERSION, Object, State

PLACES = {
    "checkout.session": "/v1/checkout/sessions/", "subscription": "/v1/subscriptions/", "invoice": "/v1/invoices/",
    "customer": "/v1/customers/", "charge": "/v1/charges/", "payment_intent": "/v1/payment_intents/",
    "refund": "/v1/refunds/", "dispute": "/v1/disputes/", "price": "/v1/prices/", "product": "/v1/products/",
    "payment_method": "/v1/payment_methods/", "credit_note": "/v1/credit_notes/", "invoice_payment": "/v1/invoice_payments/",
}  # fmt: skip
"""Where an object is read again, by its kind."""


def tell(state: State, kind: str, about: Object, before: Object | None = None) -> None:
    """Tell that something happened to an object. `before` is what it was: the event names what has changed."""
    data: Object = {"object": copy.deepcopy(about)}
    if before is not None:
        data["previous_attributes"] = {name: old for name, old in before.items() if about.get(name) != old}
        if not data["previous_attributes"]:
            return
    event = state.make("event", type=kind, data=data, api_version=API_VERSION, request=dict(state.asked))
    for number, destination in enumerate(state.destinations):
        if any(fnmatch(kind, pattern) for pattern in destination.events):
            event["pending_webhooks"] += 1
            state.undelivered.append({"event": event["id"], "destination": number})


def before(about: Object) -> Object:
    """Return what an object is, to be compared with what it becomes."""
    return copy.deepcopy(about)


def thin(event: Object) -> Object:
    """Return the thin notation of an event: what it is about, and nothing of it."""
    about = event["data"]["object"]
    return {
        "id": f"evt_thin_{event['id'].removeprefix('evt_')}",
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "livemode": False,
        "created": datetime.fromtimestamp(event["created"], UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "context": None,
        "related_object": {
            "id": about["id"],
            "type": about["object"],
            "url": PLACES.get(about["object"], f"/v1/{about['object']}s/") + about["id"],
        },
        "reason": {"type": "request", "request": event["request"]} if event["request"]["id"] else None,
        "snapshot_event": event["id"],
    }


def _of(event: Object, types: list[str]) -> bool:
    return not types or any(fnmatch(event["type"], pattern) for pattern in types)


@route("GET", "/v1/events")
def list_events(state: State, params: Params) -> Object:
    """List events of the last 30 days."""
    types = [*params.words("types"), *([kind] if (kind := params.text("type")) else [])]
    return page(state, "event", params, "/v1/events", lambda event: _of(event, types))


@route("GET", "/v1/events/{}")
def get_event(state: State, _params: Params, name: str) -> Object:
    """Return an event."""
    return state.get("event", name)


@route("GET", "/v2/core/events")
def list_thin_events(state: State, params: Params) -> Object:
    """List events in the thin notation; a page's token is the place of its first."""
    limit, start = params.whole("limit", 20, least=1, most=100) or 20, params.whole("page", 0) or 0
    types, about = params.words("types"), params.text("object_id")
    found = [
        each
        for each in map(thin, state.all("event"))
        if (not types or each["type"] in types) and about in (None, each["related_object"]["id"])
    ]

    def token(place: int) -> str | None:
        asked = [("limit", limit), ("page", place), *([("object_id", about)] if about else [])]
        asked += [(f"types[{number}]", kind) for number, kind in enumerate(types)]
        return f"/v2/core/events?{urlencode(asked)}" if 0 <= place < len(found) else None

    shown: list[Any] = found[start : start + limit]
    return {"data": shown, "next_page_url": token(start + limit), "previous_page_url": token(start - limit)}


@route("GET", "/v2/core/events/{}")
def get_thin_event(state: State, _params: Params, name: str) -> Object:
    """Return an event in the thin notation."""
    return thin(state.get("event", f"evt_{name.removeprefix('evt_thin_')}"))


def deleted(kind: str, name: str) -> Object:
    """Return what is answered about something that is deleted."""
    return {"id": name, "object": kind, "deleted": True}
