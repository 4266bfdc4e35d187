"""Stripe's API, and the one module that speaks it, through the SDK, which the first question loads and nothing before.

The SDK's calls leave by `kit.outgoing`, as all calls do: to Stripe's host only, within its bounds, without redirects. It
sends no telemetry and nothing about this machine, and writes no log: what it would say quotes addresses and Stripe's words.
"""

import logging
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from portal.kit import outgoing
from portal.kit.settings import current_settings

if TYPE_CHECKING:
    from stripe import StripeClient

RETRIES = 1
"""How often a question that met no connection or a fault of Stripe's is asked again, under the same idempotency key.

One that took too long is not: whoever waits is told.
"""
MOST = 4 * 1024 * 1024
SENT = ("authorization", "content-type", "idempotency-key", "stripe-version", "user-agent")
"""Which of the SDK's headers leave. The rest tells of the machine it runs on."""
WORD = re.compile(r"[A-Za-z0-9_]{1,60}")

Found = TypeVar("Found")
log = structlog.get_logger()


class BillingOff(Exception):
    """No key is set: nothing is sold here."""


class StripeDown(Exception):
    """Stripe did not answer, or nothing that can be read.

    Whether it did what it was asked is not known: ask again, under the same idempotency key.
    """


class StripeRefused(Exception):
    """Stripe will not do this; `code` is its word for why, which is no sentence for people."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CardDeclined(StripeRefused):
    """The bank of the card has declined."""


def ask(question: Callable[["StripeClient"], Found]) -> Found:
    """Ask Stripe and return what `question` makes of its answer. Raises BillingOff, StripeDown, StripeRefused, CardDeclined.

    Call outside of a transaction, and write with an idempotency key.
    """
    settings = current_settings()
    if settings.stripe_api_key is None:
        raise BillingOff
    import stripe

    try:
        return question(_client(settings.stripe_api_key.get_secret_value(), settings.stripe_api_base))
    except stripe.StripeError as error:
        raise _refusal(error) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("stripe.unreadable", exc_info=error)
        raise StripeDown("unreadable") from None


@lru_cache(maxsize=2)
def _client(key: str, base: str) -> "StripeClient":
    import stripe

    _lost: Callable[..., stripe.APIConnectionError] = stripe.APIConnectionError
    stripe.enable_telemetry = False
    logging.getLogger("stripe").setLevel(logging.CRITICAL + 1)

    class Wire(stripe.HTTPClient):
        """Takes the SDK's calls to the one way out."""

        name = "portal"

        def request(
            self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_more: object
        ) -> tuple[str, int, Mapping[str, str]]:
            """Carry one call out. Raises APIConnectionError when nothing that is JSON came back."""
            body = post_data.encode() if isinstance(post_data, str) else post_data
            sent = {name: value for name, value in (headers or {}).items() if name.lower() in SENT}
            try:
                answer = outgoing.call(method.upper(), url, body, headers=sent, most=MOST)
            except (outgoing.CallFailed, outgoing.HostRefused) as error:
                kind = str(error) or type(error).__name__
                raise _lost(kind, should_retry=kind == "ConnectionRefusedError") from None
            text = answer.body.decode(errors="replace")
            if answer.is_good and not text.lstrip().startswith("{"):
                raise _lost("NotJSON")
            return text, answer.status, answer.headers

    return stripe.StripeClient(key, base_addresses={"api": base}, max_network_retries=RETRIES, http_client=Wire())


def _refusal(error: Any) -> Exception:
    """Return our word for an error of the SDK's, and log it without Stripe's sentences."""
    import stripe

    told = error.user_message if isinstance(error, stripe.APIConnectionError) else error.code
    code = told if isinstance(told, str) and WORD.fullmatch(told) else type(error).__name__
    log.warning("stripe.failed", kind=type(error).__name__, code=code, status=error.http_status)
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError) or (error.http_status or 0) >= 500:
        return StripeDown(code)
    if isinstance(error, stripe.APIError):
        return StripeDown("unreadable")
    return (CardDeclined if isinstance(error, stripe.CardError) else StripeRefused)(code)
