"""The settings of payments: a key, the secret of webhooks, and where Stripe is asked. Both secrets are set, or neither."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from portal.kit.setting_values import Secret, origin, split

KEY = re.compile(r"(?:sk|rk)_(?:test|live)_[A-Za-z0-9]{8,200}")
"""A secret key or a restricted one. https://docs.stripe.com/keys"""
WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,200}")
HOME = "https://api.stripe.com"


def api_key(text: str) -> Secret:
    """Return a key of Stripe's API."""
    if not KEY.fullmatch(text):
        raise ValueError("needs to start with sk_live_ or rk_live_, or in development with sk_test_ or rk_test_")
    return Secret(text)


def webhook_secret(text: str) -> Secret:
    """Return the secret that Stripe signs its webhooks with."""
    if not WEBHOOK_SECRET.fullmatch(text):
        raise ValueError("needs to start with whsec_")
    return Secret(text)


def api_base(text: str) -> str:
    """Return where Stripe is asked: by TLS, or on this machine."""
    found = origin(text)
    parts = split(found)
    if found.startswith("http://") and not (parts and _is_this_machine(parts.hostname or "")):
        raise ValueError("needs to start with https:// (http:// on this machine)")
    return found


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def wrong_together(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with settings that are each right, as a field and a reason. Payments are on or off, never half."""
    key, secret = (values.get(name) for name in ("stripe_api_key", "stripe_webhook_secret"))
    if key and not secret:
        yield "stripe_webhook_secret", "missing beside the API key"
    if secret and not key:
        yield "stripe_api_key", "missing beside the webhook secret"
    if key and values.get("env", "production") == "production" and "_test_" in key.get_secret_value():
        yield "stripe_api_key", "is a test key, and production takes real payments"
