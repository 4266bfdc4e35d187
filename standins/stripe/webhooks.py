"""Webhooks: each event signed over its raw bytes and sent to whoever asked, again and out of order where a test wants it."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from random import Random
from urllib.parse import urlsplit

from standins.stripe.events import thin
from standins.stripe.state import Destination, Object, State

SECONDS = 10
SLOWEST = 3600


def signature(secret: str, body: bytes, moment: int) -> str:
    """Return the header `Stripe-Signature` of a body. https://docs.stripe.com/webhooks#verify-manually"""
    mac = hmac.new(secret.encode(), b"%d.%s" % (moment, body), hashlib.sha256).hexdigest()
    return f"t={moment},v1={mac}"


def body_of(event: Object, destination: Destination) -> bytes:
    """Return the bytes that a destination gets: a snapshot as Stripe lays it out, or the thin notation."""
    if destination.is_thin:
        return json.dumps(thin(event)).encode()
    return json.dumps(event, indent=2).encode()


def post(destination: Destination, body: bytes) -> int:
    """Send a body, signed now; return the status, 0 when nobody answered."""
    parts = urlsplit(destination.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    signed = signature(destination.secret, body, int(time.time()))
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signed, "User-Agent": "Stripe/1.0"}
    try:
        connection.request("POST", parts.path or "/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def send(state: State, *, shuffled: Random | None = None, times: int = 1, is_patient: bool = False) -> list[int]:
    """Send what is undelivered, each `times`; return the statuses. What is not taken stays, to be sent again.

    `is_patient` leaves what was refused a while ago for later, ever longer, as Stripe does.
    """
    with state.lock:
        waiting = [each for each in state.undelivered if not is_patient or each.get("not_before", 0) <= time.time()]
    sent = [each for each in waiting for _time in range(times)]
    if shuffled:
        shuffled.shuffle(sent)
    return [_send_one(state, each) for each in sent]


def _send_one(state: State, waiting: Object) -> int:
    with state.lock:
        event, destination = state.get("event", waiting["event"]), state.destinations[waiting["destination"]]
        body = body_of(event, destination)
    status = post(destination, body)
    with state.lock:
        if 200 <= status < 300 and waiting in state.undelivered:
            state.undelivered.remove(waiting)
            event["pending_webhooks"] -= 1
        elif waiting in state.undelivered:
            waiting["tries"] = waiting.get("tries", 0) + 1
            waiting["not_before"] = time.time() + min(5 * 2 ** waiting["tries"], SLOWEST)
        state.save()
    return status
