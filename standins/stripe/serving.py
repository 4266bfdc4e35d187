"""Served on loopback: the API, the hosted pages and the developer's page, in one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from flask import Flask, abort, request
from werkzeug.serving import WSGIRequestHandler, make_server

from standins.stripe import clockwork, fate, hosted, webhooks, wire
from standins.stripe.account import Account

LOOK = 0.2
"""Seconds between two looks at what is due."""
POLL = 0.02
"""Seconds between two looks whether to stop."""


class Quiet(WSGIRequestHandler):
    """Says nothing by itself: what is typed into a page of ours stands in no log."""

    def log(self, *_words: object) -> None:
        """Say nothing."""

    def connection_dropped(self, *_about: object) -> None:
        """Close a connection that is to be cut, which would else wait for another request."""
        self.close_connection = True


def make_app(account: Account) -> Flask:
    """Make the app of an account."""
    app = Flask("standins.stripe", template_folder="pages")
    app.config.update(PROPAGATE_EXCEPTIONS=True, TRUSTED_HOSTS=["127.0.0.1", "localhost"], MAX_CONTENT_LENGTH=1 << 20)
    app.extensions["stripe.account"] = account
    for blueprint in (wire.bp, hosted.bp, fate.bp):
        app.register_blueprint(blueprint)

    @app.before_request
    def no_other_site_posts() -> None:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            abort(403)

    return app


@contextmanager
def serving(account: Account, *, port: int = 0, is_alive: bool = False) -> Iterator[str]:
    """Serve an account on loopback within; give its address. `is_alive` lets time pass and sends webhooks by itself."""
    server = make_server("127.0.0.1", port, make_app(account), threaded=True, request_handler=Quiet)
    account.state.url = f"http://127.0.0.1:{server.server_port}"
    stop = Event()
    threads = [Thread(target=server.serve_forever, args=(POLL,), daemon=True)]
    if is_alive:
        threads.append(Thread(target=_live, args=(account, stop), daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield account.state.url
    finally:
        stop.set()
        server.shutdown()
        server.server_close()


def _live(account: Account, stop: Event) -> None:
    while not stop.wait(LOOK):
        with account.state.lock:
            clockwork.pass_until(account.state, account.state.now())
        webhooks.send(account.state, is_patient=True)
