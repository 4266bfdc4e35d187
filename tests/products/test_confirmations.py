"""Only the product itself confirms: what is forged, late, replayed for another or not its own confirms nothing."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from standardwebhooks import Webhook

from portal.kit.db import db
from portal.products import service
from portal.products.models import Confirmation, ProductCall
from standins.product import Product, listing, new_secret

pytestmark = pytest.mark.both_databases
PLACE = "/webhooks/products/production"
ACCOUNT = uuid.UUID(int=7)


@pytest.fixture
def call_id(unit, run_jobs, product):
    """A call that the product has taken and not confirmed."""
    product.is_later = True
    with unit():
        made = service.tell_deleted(ACCOUNT, product="production")
    run_jobs()
    return str(made)


@pytest.fixture
def state(app):
    """Return how the one call was confirmed."""

    def look():
        with app.app_context():
            return db.session.scalars(select(ProductCall.confirmed_by)).one()

    return look


@pytest.fixture
def post(client):
    """Send a confirmation; return the status."""
    return lambda body, headers, place=PLACE: client.client.post(place, data=body, headers=headers).status_code


def signed(secret, body, *, at=None):
    """Return headers that sign a body at an instant."""
    at = at or datetime.now(UTC)
    stamp = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp()))}
    return {**stamp, "webhook-signature": Webhook(secret).sign(msg_id="msg_1", timestamp=at, data=body)}


def test_the_product_confirms_and_may_say_it_again(post, product, call_id, state):
    body, headers = product.confirmation(call_id)
    assert [post(body, headers) for _each in range(3)] == [204, 204, 204]
    assert state() is Confirmation.CALLBACK


def test_one_byte_that_was_changed_confirms_nothing(post, product, call_id, state):
    body, headers = product.confirmation(call_id)
    assert post(body + b" ", headers) == 401
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert post(body, {**headers, name: headers[name][:-2] + "AA"}) == 401
        assert post(body, {other: value for other, value in headers.items() if other != name}) == 401
    assert state() is None


@pytest.mark.parametrize("name", ["webhook-timestamp", "webhook-signature", "webhook-id"])
@pytest.mark.parametrize(
    "value", ["", "nan", "-1", "9" * 400, "v1", "v1,", "v1,é", "v1,a b,c", ",,,", "v2,AAAA", "0x10", "1e400"]
)
def test_headers_of_any_kind_are_refused_quietly(post, product, call_id, state, name, value):
    body, headers = product.confirmation(call_id)
    assert post(body, {**headers, name: value.encode().decode("latin-1")}) == 401
    assert state() is None


@pytest.mark.parametrize("seconds", [-301, 301, 10**6])
def test_one_that_is_older_or_newer_than_five_minutes_confirms_nothing(post, product, call_id, state, seconds):
    body = json.dumps({"data": {"message": call_id}})
    assert post(body, signed(product.secret, body, at=datetime.now(UTC) + timedelta(seconds=seconds))) == 401
    assert state() is None


def test_a_message_that_was_overheard_confirms_nothing_later_and_nothing_else(post, product, call_id, state, clock, unit):
    body, headers = product.confirmation(call_id)
    clock.forward(minutes=6)
    assert post(body, headers) == 401
    with unit():
        other = service.tell_deleted(uuid.UUID(int=8), product="production")
    fresh, headers = product.confirmation(call_id)
    assert post(fresh.replace(call_id.encode(), str(other).encode()), headers) == 401


def test_our_own_call_sent_back_to_us_confirms_nothing(app, post, product, call_id, state):
    """It's signed by the same secret, and names no message."""
    with app.app_context():
        message = service.find_message(uuid.UUID(call_id))
    assert post(message.body, message.headers) == 404
    assert state() is None


def test_a_product_confirms_no_other_products_call(post, product, call_id, settings, state):
    other = new_secret()
    mine = json.loads(listing("http://127.0.0.1:1", product.secret))
    settings(products=json.dumps([*mine, {**mine[0], "name": "design", "secret": other}]))
    body, headers = Product(other).confirmation(call_id)
    assert post(body, headers, "/webhooks/products/design") == 404
    assert post(body, headers) == 401
    assert state() is None


def test_a_name_that_is_not_listed_answers_as_a_wrong_signature_does(client, product, call_id):
    body, headers = product.confirmation(call_id)
    wrong = client.client.post(PLACE, data=body, headers={**headers, "webhook-id": "x"})
    unknown = client.client.post("/webhooks/products/nobody", data=body, headers=headers)
    assert (wrong.status_code, wrong.data) == (unknown.status_code, unknown.data) == (401, b"")


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{}", '{"data": null}', '{"data": {"message": null}}', '{"data": {"message": "x"}}', "[" * 9000, "x"],
)
def test_what_is_signed_and_makes_no_sense_is_refused(post, product, call_id, state, body):
    assert post(body, signed(product.secret, body)) in (401, 404)
    assert state() is None


def test_a_call_that_is_unknown_by_now_is_not_found(post, product, call_id):
    body, headers = product.confirmation(str(uuid.uuid4()))
    assert post(body, headers) == 404


def test_bytes_without_end_are_cut_off_and_no_text_is_needed(post, product, call_id, state):
    assert post(b" " * 70_000, signed(product.secret, "x")) == 413
    assert post(b"\xff\xfe", signed(product.secret, "x")) == 401
    assert state() is None


def test_a_stranger_asks_the_database_nothing(app, post, product, call_id):
    asked = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    body, headers = product.confirmation(call_id)
    assert post(body, {**headers, "webhook-id": "x"}) == 401
    assert asked == []


def test_it_is_no_page(client, product):
    assert client.client.get(PLACE).status_code == 405


def test_who_overheard_the_secret_of_the_format_only_signs_nothing(post, call_id, state):
    """The format is public: a secret of nothing, of a short text or of another product is none."""
    body = json.dumps({"data": {"message": call_id}})
    for secret in (b"whsec_", b"\0" * 32, b"production"):
        assert post(body, signed("whsec_" + base64.b64encode(secret).decode(), body)) == 401
    assert state() is None
