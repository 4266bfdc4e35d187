"""A Stripe stand-in on loopback, the real SDK that speaks to it, and somebody who buys on its pages."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import stripe

from standins.stripe.account import Account
from standins.stripe.serving import serving
from standins.stripe.wares import stock

GOOD, DECLINED, LATER, DISPUTED = "4242424242424242", "4000000000000002", "4000000000000341", "4000000000000259"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_about: object) -> None:
        return None


@dataclass
class Shop:
    """A stand-in that sells something, and whoever comes."""

    account: Account
    api: stripe.StripeClient
    opener: urllib.request.OpenerDirector = field(default_factory=lambda: urllib.request.build_opener(_Stay))

    def price(self, key: str = "updates_aud") -> stripe.Price:
        """Return a price by its lookup key."""
        return self.api.v1.prices.list(params={"lookup_keys": [key]}).data[0]

    def checkout(self, key: str = "updates_aud", *, quantity: int = 1, **more: object) -> stripe.checkout.Session:
        """Begin a checkout."""
        price = self.price(key)
        rows = [{"price": price.id, "quantity": quantity}]
        mode = "subscription" if price.recurring else "payment"
        asked = {"mode": mode, "line_items": rows, "success_url": "http://127.0.0.1/back?id={CHECKOUT_SESSION_ID}", **more}
        return self.api.v1.checkout.sessions.create(params=asked)

    def get(self, url: str) -> tuple[int, bytes]:
        """Open a page."""
        return self._open(urllib.request.Request(url))[:2]

    def post(self, url: str, **typed: str) -> tuple[int, str, str]:
        """Send a form; return the status, the page and where it leads."""
        status, page, place = self._open(urllib.request.Request(url, urllib.parse.urlencode(typed).encode()))
        return status, page.decode(), place

    def _open(self, asked: urllib.request.Request) -> tuple[int, bytes, str]:
        try:
            with self.opener.open(asked, timeout=10) as answer:
                return answer.status, answer.read(), ""
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers.get("Location", "")

    def pay(self, session: stripe.checkout.Session, number: str = GOOD, country: str = "AU") -> tuple[int, str, str]:
        """Type a card into the page of a checkout."""
        where = {"line1": "1 Loom Street", "city": "Melbourne", "postal_code": "3000", "country": country}
        return self.post(session.url, **card(number), email="ada@example.com", name="Ada Threadgold", **where)

    def subscribed(self, key: str = "updates_aud", *, number: str = GOOD, **more: object) -> stripe.Subscription:
        """Buy a subscription."""
        session = self.checkout(key, **more)
        assert self.pay(session, number)[0] == 303
        return self.api.v1.subscriptions.retrieve(self.api.v1.checkout.sessions.retrieve(session.id).subscription)

    def kinds(self) -> list[str]:
        """Return the kinds of the events so far, oldest first."""
        listed = self.api.v1.events.list(params={"limit": 100}).auto_paging_iter()
        return [event.type for event in listed][::-1]


def card(number: str = GOOD) -> dict[str, str]:
    """Return what one types of a card."""
    return {"number": number, "expiry": "12 / 34", "cvc": "123"}


@contextmanager
def opened() -> Iterator[Shop]:
    """Serve a stand-in that sells the wares of every new one."""
    account = Account()
    stock(account)
    with serving(account) as url:
        yield Shop(account, stripe.StripeClient(account.api_key, base_addresses={"api": url}, max_network_retries=0))
