"""A call to a product is signed, leaves outside of any transaction, and comes again until the product confirms (P41)."""

from __future__ import annotations

import http.server
import json
import threading
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from portal.jobs.models import Job
from portal.kit import outgoing
from portal.kit.db import db
from portal.products import service
from portal.products.models import Confirmation, ProductCall
from standins.product import listing, new_secret

pytestmark = pytest.mark.both_databases
ACCOUNT = uuid.UUID(int=7)


@pytest.fixture
def tell(unit, run_jobs):
    """Have the product told of an account, and let the worker call."""

    def act():
        with unit():
            call_id = service.tell_deleted(ACCOUNT, product="production")
        run_jobs()
        return call_id

    return act


@pytest.fixture
def call(app):
    """Return the one call."""

    def find():
        with app.app_context():
            return db.session.scalars(select(ProductCall)).one()

    return find


def next_try(app):
    """Return in how long the call is tried again; None when it is not."""
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == "products.call")).one_or_none()
        return job and job.run_at - job.created_at


@contextmanager
def answering(answer):
    """Serve somebody on loopback within who answers each connection as the function does; give the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            try:
                answer(self)
            except OSError:
                pass

        def log_message(self, *_words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


def test_the_product_is_told_the_account_and_nothing_else(tell, product, monkeypatch):
    sent = []
    post = outgoing.post
    monkeypatch.setattr(
        outgoing, "post", lambda url, body, headers: sent.append((body, headers)) or post(url, body, headers=headers)
    )
    call_id = tell()
    ((body, headers),) = sent
    told = json.loads(body)
    assert (
        told["data"] == {"account": str(ACCOUNT)}
        and told["type"] == "account.deleted"
        and set(told) == {"type", "timestamp", "data"}
    )
    assert headers["webhook-id"] == str(call_id)
    assert Webhook(product.secret).verify(body, dict(headers)) == told
    assert product.deleted == [str(ACCOUNT)]


def test_no_transaction_is_open_while_a_product_is_called(app, tell, product, monkeypatch):
    post, seen = outgoing.post, []

    def look(*args, **named):
        seen.append(db.session().in_transaction())
        return post(*args, **named)

    monkeypatch.setattr(outgoing, "post", look)
    tell()
    assert seen == [False]


def test_an_answer_that_says_deleted_ends_it_and_the_account_is_forgotten(app, tell, product, call):
    tell()
    made = call()
    assert (made.confirmed_by, made.subject_id, made.tries) == (Confirmation.ANSWER, None, 1)
    assert next_try(app) is None


def test_a_call_that_was_taken_is_said_again_each_day_by_the_same_id_and_done_once(
    app, tell, product, call, clock, run_jobs
):
    product.is_later = True
    tell()
    assert next_try(app) == pytest.approx(timedelta(days=1), abs=timedelta(minutes=1))
    for _day in range(3):
        clock.forward(days=1, minutes=1)
        run_jobs()
    assert len(product.seen) == 4 and len(set(product.seen)) == 1 and product.deleted == [str(ACCOUNT)]
    assert call().accepted_at is not None and call().confirmed_at is None


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'{"deleted": "true"}', b'{"deleted": 1}', b"\xff\xfe", b"[" * 60_000, b"<html>"]
)
def test_garbage_confirms_nothing(app, settings, tell, call, body):
    def answer(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    with answering(answer) as port:
        settings(products=listing(f"http://127.0.0.1:{port}", new_secret()))
        tell()
    assert call().confirmed_at is None and next_try(app) is not None


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 429, 500, 503])
def test_a_redirect_or_an_error_is_no_answer_and_leads_nowhere(app, settings, tell, call, status):
    asked = []

    def answer(request):
        asked.append(request.path)
        request.send_response(status)
        request.send_header("Location", f"http://127.0.0.1:{request.server.server_address[1]}/elsewhere")
        request.send_header("Content-Length", "17")
        request.end_headers()
        request.wfile.write(b'{"deleted": true}')

    with answering(answer) as port:
        settings(products=listing(f"http://127.0.0.1:{port}/here", new_secret()))
        tell()
    assert asked == ["/here"]
    assert (call().confirmed_at, call().accepted_at) == (None, None)
    assert next_try(app) == pytest.approx(timedelta(minutes=1), abs=timedelta(seconds=5))


def hang(_request):
    time.sleep(3)


def drip_headers(request):
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _line in range(60):
        request.wfile.write(b"X-More: yes\r\n")
        time.sleep(0.05)


def drip_body(request):
    request.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _piece in range(60):
        request.wfile.write(b"1\r\n \r\n")
        time.sleep(0.05)


def stream(request):
    request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        request.wfile.write(b" " * 100_000)


@pytest.mark.parametrize("answer", [hang, drip_headers, drip_body, stream])
def test_whoever_hangs_drips_or_never_ends_is_left(app, settings, tell, call, monkeypatch, answer):
    monkeypatch.setattr(outgoing, "SECONDS", 0.5)
    with answering(answer) as port:
        settings(products=listing(f"http://127.0.0.1:{port}", new_secret()))
        tell()
    assert call().confirmed_at is None and call().tries == 1


def test_waits_double_from_a_minute_to_six_hours(app, settings, tell, clock, run_jobs, call):
    settings(products=listing("http://127.0.0.1:1", new_secret()))
    tell()
    waits = []
    for _try in range(12):
        waits.append(round(next_try(app).total_seconds() / 60))
        clock.forward(minutes=waits[-1] + 1)
        run_jobs()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_a_product_that_is_no_longer_listed_is_not_called(app, settings, tell, product, call):
    settings(products="[]")
    tell()
    assert product.seen == [] and call().tries == 1 and next_try(app) > timedelta(hours=23)


def test_a_worker_that_dies_after_the_call_tells_again_and_it_is_done_once(app, unit, product, monkeypatch, clock, run_jobs):
    with unit():
        service.tell_deleted(ACCOUNT, product="production")
    with monkeypatch.context() as broken:
        broken.setattr(service, "note_try", lambda *_args, **_named: 1 / 0)
        run_jobs()
    clock.forward(minutes=1)
    run_jobs()
    assert len(product.seen) == 2 and product.deleted == [str(ACCOUNT)]


def test_a_secret_is_changed_without_a_call_being_refused(app, settings, tell, product):
    with app.app_context():
        url = service.systems()["production"].url
    (listed,) = json.loads(listing(url, product.secret))
    settings(products=json.dumps([{**listed, "secret": [new_secret(), product.secret]}]))
    tell()
    assert product.deleted == [str(ACCOUNT)]


def test_no_secret_and_no_account_is_ever_logged(app, settings, tell, capfd):
    secret = new_secret()
    settings(products=listing("http://127.0.0.1:1/?key=hidden-in-the-address", secret))
    tell()
    said = "".join(capfd.readouterr())
    assert "products.call_failed" in said
    for hidden in (secret, secret.removeprefix("whsec_"), str(ACCOUNT), "hidden-in-the-address"):
        assert hidden not in said


def test_a_host_that_is_neither_a_vendors_nor_a_products_is_never_called(app):
    with app.app_context():
        for host in ("https://stranger.example/", "https://169.254.169.254/", "https://api.sendgrid.com.evil.example/"):
            with pytest.raises(outgoing.HostRefused):
                outgoing.post(host, b"", headers={})
