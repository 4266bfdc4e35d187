"""Link tokens: signed, salted by purpose, expiring, and stamped with the state that they would change.

A link whose stamp no longer matches is dead, so that a reset link dies with any change of the password and no table of
links is needed. What a person must be able to list or cancel is a row instead, found by a secret stored as its hash.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta

from itsdangerous import BadData, BadSignature, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from portal.kit.refusals import LinkDead
from portal.kit.settings import current_settings


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    # The newest key signs; itsdangerous takes the keys oldest first.
    keys = [key.get_secret_value() for key in reversed(current_settings().secret_keys)]
    return URLSafeTimedSerializer(keys, salt=f"portal.link.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})


def sign(purpose: str, *values: str, stamp: str = "") -> str:
    """Return a URL-safe token that carries `values` and a digest of `stamp`. Values are readable: no addresses in them."""
    return _serializer(purpose).dumps([*values, _digest(stamp)])


def read(purpose: str, token: str, *, max_age: timedelta, stamp: Callable[..., str | None] | None = None) -> list[str]:
    """Return the values of a token. `stamp(*values)` gives today's stamp, None when the thing is gone.

    Raises LinkDead when forged, of another purpose, expired or stale (v5.0.0-9.1.1, 9.2.1, 9.2.2).
    """
    try:
        _refuse_other_spellings(token)
        *values, digest = _serializer(purpose).loads(token, max_age=int(max_age.total_seconds()))
    except (BadData, ValueError, TypeError):
        raise LinkDead from None
    present = stamp(*values) if stamp else ""
    if present is None or not secrets.compare_digest(str(digest), _digest(present)):
        raise LinkDead
    return [str(value) for value in values]


def _refuse_other_spellings(token: str) -> None:
    # Base64 forgives stray characters and spare bits: the same signature could be written in many ways.
    signature = token.rpartition(".")[2]
    if base64_encode(base64_decode(signature)).decode() != signature:
        raise BadSignature("not as it was written")


def _digest(stamp: str) -> str:
    return hashlib.sha256(stamp.encode()).hexdigest()[:32]


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret, in hex: what a row keeps in its place (v5.0.0-6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
