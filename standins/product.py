"""A product system that is told of deletions, to try the portal with: `python -m standins.product`.

It checks each call's signature (Standard Webhooks), deletes what it is told to, once however often it is told: an account
with all that was made under it, a person whose work stays with their organisation, or all of an organisation. It lets
nobody work with an account that is disabled. It confirms by its answer, or with `--later` by a message to the portal. At
another address it gives what it holds of an account for a copy. It prints which file PORTAL_PRODUCTS_FILE names.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import secrets
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from standardwebhooks import Webhook, WebhookVerificationError

NAME, TITLE = "production", "3 Clicks Production"
DELETIONS, COPIES = "/deletions", "/copies"
MOST = 64 * 1024
KINDS = {
    "account.deleted": "account",
    "person.deleted": "account",
    "organisation.deleted": "organisation",
    "account.disabled": "account",
    "account.enabled": "account",
}
"""What it is told -> whose id stands in the call."""


@dataclass
class Product:
    """What the product holds: people, patterns by the account or organisation they belong to, and messages it has seen."""

    secret: str
    is_later: bool = False
    holds: set[str] = field(default_factory=set)
    """Accounts and organisations that it holds patterns of."""
    people: set[str] = field(default_factory=set)
    """Accounts whose person it knows."""
    deleted: list[str] = field(default_factory=list)
    """Accounts and organisations whose patterns went, as often as they did."""
    erased: list[str] = field(default_factory=list)
    """Accounts of people who went while their patterns stayed."""
    disabled: set[tuple[str, str]] = field(default_factory=set)
    """Accounts that nobody works with, each with the organisation where that is so; empty for everywhere."""
    seen: list[str] = field(default_factory=list)
    """Ids of the messages that came, with every repetition."""

    def take(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """Take a call; return the status and what to answer."""
        told, message = self._proven(body, headers, KINDS), headers.get("webhook-id", "")
        if told is None:
            return 401, {}
        kind, whom = told
        if message not in self.seen and kind.endswith(".deleted"):
            self._delete(kind, whom)
        elif message not in self.seen:
            self._stand(kind, (whom, str(json.loads(body)["data"].get("organisation", ""))))
        self.seen.append(message)
        return (202, {}) if self.is_later else (200, {kind.rpartition(".")[2]: True})

    def _stand(self, kind: str, where: tuple[str, str]) -> None:
        if kind == "account.disabled":
            self.disabled.add(where)
        else:
            self.disabled.discard(where)

    def _delete(self, kind: str, whom: str) -> None:
        self.people.discard(whom)
        if kind == "person.deleted":
            self.erased.append(whom)
        else:
            self.holds.discard(whom)
            self.deleted.append(whom)

    def give(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, object]]:
        """Give what is held of an account; return the status and what to answer."""
        asked = self._proven(body, headers, {"account.copy_requested": "account"})
        if asked is None:
            return 401, {}
        _kind, account = asked
        return 200, {
            "account": account,
            "patterns": ["Coat, size M", "Skirt, size 38"] if account not in self.deleted else [],
        }

    def _proven(self, body: bytes, headers: Mapping[str, str], kinds: Mapping[str, str]) -> tuple[str, str] | None:
        """Return a call's kind and whom it is about; None for one that is not the portal's, or of another kind."""
        try:
            told = Webhook(self.secret).verify(body, dict(headers))
            return told["type"], str(told["data"][kinds[told["type"]]])
        except (WebhookVerificationError, ValueError, KeyError, TypeError):
            return None

    def confirmation(self, message: str) -> tuple[bytes, dict[str, str]]:
        """Return the body and headers of the message that confirms a call."""
        body, sent, now = json.dumps({"type": "account.deleted", "data": {"message": message}}), _new_id(), datetime.now(UTC)
        signature = Webhook(self.secret).sign(msg_id=sent, timestamp=now, data=body)
        signed = {"webhook-id": sent, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
        return body.encode(), {"Content-Type": "application/json", **signed}

    def confirm(self, portal: str, message: str) -> int:
        """Confirm a call to the portal at this address; return its status."""
        body, headers = self.confirmation(message)
        parts = urlsplit(portal)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request("POST", f"/webhooks/products/{NAME}", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


def _new_id() -> str:
    return f"msg_{uuid.uuid4()}"


def new_secret() -> str:
    """Draw a secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def listing(url: str, secret: str) -> str:
    """Return what the file of products holds about this one."""
    copies = urlsplit(url)._replace(path=COPIES).geturl()
    return json.dumps([{"name": NAME, "title": TITLE, "url": url, "copy_url": copies, "secret": secret}])


@contextmanager
def serving(product: Product, *, port: int = 0) -> Iterator[str]:
    """Serve a product on loopback within; give its address."""

    class Handler(BaseHTTPRequestHandler):
        """Hands each call to the product."""

        def do_POST(self) -> None:
            """Answer a call."""
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = (product.give if self.path == COPIES else product.take)(body, headers)
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: object) -> None:
            """Say nothing by itself."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}{DELETIONS}"
    finally:
        server.shutdown()
        server.server_close()


def main(arguments: list[str]) -> int:
    """Serve until Ctrl-C, and say what comes."""
    parser = argparse.ArgumentParser(prog="standins.product", description="A product system to try the portal with.")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--later", action="store_true", help="confirm by a message, when Enter is typed")
    parser.add_argument("--portal", default="http://127.0.0.1:8000", help="where the portal is")
    parser.add_argument("--file", type=Path, default=Path("instance/products.json"), help="the file that is written")
    wanted = parser.parse_args(arguments)
    product = Product(new_secret(), is_later=wanted.later)
    with serving(product, port=wanted.port) as url:
        wanted.file.parent.mkdir(parents=True, exist_ok=True)
        wanted.file.write_text(listing(url, product.secret))
        wanted.file.chmod(0o600)
        print(f"A product answers at {url}. Start the portal with PORTAL_PRODUCTS_FILE={wanted.file.resolve()}")
        confirmed: set[str] = set()
        try:
            while True:
                input("Enter: what came? ")
                print(f"{len(product.seen)} calls, {len(product.deleted)} accounts deleted")
                for message in set(product.seen) - confirmed if wanted.later else ():
                    print(message, product.confirm(wanted.portal, message))
                    confirmed.add(message)
        except (KeyboardInterrupt, EOFError):
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
