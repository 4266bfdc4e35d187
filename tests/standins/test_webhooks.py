"""What the stand-in sends is signed as Stripe signs, comes again until taken, and twice and shuffled on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest
import stripe

from standins.stripe import webhooks
from tests.standins.shop import Shop

SECRET = "whsec_of_the_tests"


class Inbox(ThreadingHTTPServer):
    """Takes webhooks, or refuses them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.taken: list[tuple[bytes, str]] = []
        self.status = 200
        self.url = f"http://127.0.0.1:{self.server_address[1]}/webhooks/stripe"


class Taker(BaseHTTPRequestHandler):
    """Takes one."""

    server: Inbox

    def do_POST(self) -> None:
        """Note what came."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((body, self.headers["Stripe-Signature"]))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Somebody who listens."""
    server = Inbox()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_snapshot_is_verified_by_the_sdk_over_its_raw_bytes(shop: Shop, inbox: Inbox) -> None:
    shop.account.listen(inbox.url, SECRET, "customer.*")
    made = shop.api.v1.customers.create(params={"email": "ada@example.com"})
    shop.checkout()
    assert shop.account.send() == [200]
    ((body, signature),) = inbox.taken
    event = shop.api.construct_event(body, signature, SECRET)
    assert (event.type, event.data.object.id, event.api_version) == ("customer.created", made.id, stripe.api_version)
    assert shop.api.v1.events.retrieve(event.id).pending_webhooks == 0
    for wrong in (body + b" ", body.replace(b"ada@", b"eve@"), json.dumps(json.loads(body)).encode()):
        with pytest.raises(stripe.SignatureVerificationError):
            shop.api.construct_event(wrong, signature, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        shop.api.construct_event(body, webhooks.signature(SECRET, body, int(time.time()) - 301), SECRET)


def test_a_thin_event_leads_to_its_object_and_its_snapshot(shop: Shop, inbox: Inbox) -> None:
    shop.account.listen(inbox.url, SECRET, "customer.created", is_thin=True)
    made = shop.api.v1.customers.create(params={"email": "ada@example.com"})
    shop.account.send()
    ((body, signature),) = inbox.taken
    assert b"ada@" not in body
    told = shop.api.parse_event_notification(body, signature, SECRET)
    assert type(told).__name__ == "V1CustomerCreatedEventNotification"
    assert told.fetch_related_object().id == made.id
    event = shop.api.v2.core.events.retrieve(told.id)
    assert (event.type, shop.api.v1.events.retrieve(event.snapshot_event).data.object.id) == ("v1.customer.created", made.id)


def test_what_is_not_taken_comes_again_and_what_is_does_not(shop: Shop, inbox: Inbox) -> None:
    shop.account.listen(inbox.url, SECRET, "customer.created")
    shop.api.v1.customers.create(params={"email": "ada@example.com"})
    inbox.status = 500
    assert shop.account.send() == [500]
    inbox.status = 200
    assert webhooks.send(shop.account.state, is_patient=True) == [], "later, and ever later"
    assert shop.account.send() == [200] and shop.account.send() == []
    assert inbox.taken[0][0] == inbox.taken[1][0]


def test_events_come_twice_and_in_any_order_when_a_test_wants_it(shop: Shop, inbox: Inbox) -> None:
    shop.account.listen(inbox.url, SECRET)
    shop.subscribed()
    told = shop.kinds()[-len(shop.account.state.undelivered) :]
    assert set(shop.account.send(shuffled=Random(3), times=2)) == {200}
    kinds = [json.loads(body)["type"] for body, _signature in inbox.taken]
    assert sorted(kinds) == sorted(told * 2) and kinds[: len(told)] != told


def test_whoever_missed_events_reads_them_from_the_list(shop: Shop) -> None:
    first = shop.api.v1.customers.create(params={"email": "ada@example.com"})
    last = shop.api.v1.events.list(params={"limit": 1}).data[0]
    for number in range(3):
        shop.api.v1.customers.update(first.id, params={"name": f"Ada {number}"})
    missed = shop.api.v1.events.list(params={"ending_before": last.id, "types": ["customer.updated"]}).data
    assert [event.data.object.name for event in missed] == ["Ada 2", "Ada 1", "Ada 0"]
    assert missed[0].data.previous_attributes.to_dict() == {"name": "Ada 1"}
    thin = shop.api.v2.core.events.list(params={"object_id": first.id, "limit": 2})
    assert [event.type for event in thin.auto_paging_iter()] == ["v1.customer.updated"] * 3 + ["v1.customer.created"]
