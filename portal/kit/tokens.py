"""Link tokens: signed, salted by purpose, expiring, and stamped with the state that they would change.

A link whose stamp no longer matches is dead, so that a reset link dies with any change of the password and no table of
links is needed. What a person must be able to list or cancel is a row instead, found by a secret stored as its hash.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NewType, cast

from itsdangerous import BadData, BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from portal.kit import clock, keys
from portal.kit.lasting import Lasting, cached_keys, purposes
from portal.kit.refusals import LinkDead

LinkPurpose = NewType("LinkPurpose", str)
"""What a link is for. Each is spelled once, by whoever owns what the link hangs on; a link of another purpose is dead."""
_READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0, 1, I, L, O, which look alike, and without U, so that no word comes of it by chance."""
RECOVERY_CODE_LENGTH = 12
LONGEST = timedelta(days=30)
"""How long a link may live that is not lasting: so long an old secret is needed after it has signed its last one."""


def lasting(purpose: LinkPurpose, *, life: str | None = None) -> Lasting:
    """Return the lasting purpose of links that outlive the secret which signed them, bounded by the period `life` if any."""
    return Lasting(f"link.{purpose}", partial(_signing_key, purpose=purpose), life)


def _signing_key(secret: str, *, purpose: str) -> bytes:
    # As itsdangerous derives it ("django-concat"), so that every link ever sent is read alike.
    return hashlib.sha256(f"portal.link.{purpose}signer{secret}".encode()).digest()


class Signer(TimestampSigner):
    """Dates what it signs, and believes a date that another machine's clock, a little ahead, has given (`clock.SKEW`)."""

    def __init__(self, *args: Any, at: datetime | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._at = at

    def get_timestamp(self) -> int:
        """Return what is signed as the date, in seconds since the epoch: now, unless an instant was given."""
        return int(self._at.timestamp()) if self._at else super().get_timestamp()

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """Return the value. Raises SignatureExpired when it is older than `max_age` seconds, or of a day to come."""
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(signed_at.timestamp())
        if max_age is not None and not -clock.SKEW.total_seconds() <= age <= max_age:
            raise SignatureExpired("not of these days", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


def _serializer(signing_keys: Sequence[bytes], *, at: datetime | None = None) -> URLSafeTimedSerializer:
    # The newest key signs; itsdangerous takes the keys oldest first.
    how = {"digest_method": hashlib.sha256, "key_derivation": "none", "at": at}
    return URLSafeTimedSerializer(list(reversed(signing_keys)), signer=Signer, signer_kwargs=how)


def _current_keys(purpose: str) -> list[bytes]:
    return [_signing_key(secret, purpose=purpose) for secret in keys.secret_keys()]


def sign(purpose: LinkPurpose, *values: str, stamp: str = "", at: datetime | None = None) -> str:
    """Return a URL-safe token that carries `values` and a digest of `stamp`. Values are readable: no addresses in them.

    It lives from now on, or from an instant `at` in the past: then it is the very token of then.
    """
    return _serializer(_current_keys(purpose), at=at).dumps([*values, _digest(stamp)])


def read(
    purpose: LinkPurpose,
    token: str,
    *,
    max_age: timedelta,
    stamp: Callable[..., str | None] | None = None,
    count: int | None = None,
) -> list[str]:
    """Return the values of a token. `stamp(*values)` gives today's stamp, None when the thing is gone.

    Raises LinkDead when forged, of another purpose, expired or stale (v5.0.0-9.1.1, 9.2.1, 9.2.2), and when it does not
    carry `count` values: it was written by another release; RuntimeError for a link that lives longer than LONGEST and is
    not lasting.
    """
    is_lasting = f"link.{purpose}" in purposes()
    if max_age > LONGEST and not is_lasting:
        raise RuntimeError(f"links of {purpose} live too long to die with a secret: declare them lasting")
    try:
        _refuse_other_spellings(token)
        *values, digest = _load(purpose, token, max_age, is_lasting=is_lasting)
    except (BadData, ValueError, TypeError):
        raise LinkDead from None
    if count is not None and len(values) != count:
        raise LinkDead
    present = stamp(*values) if stamp else ""
    if present is None or not secrets.compare_digest(str(digest), _digest(present)):
        raise LinkDead
    return [str(value) for value in values]


def _load(purpose: str, token: str, max_age: timedelta, *, is_lasting: bool) -> list[str]:
    seconds = int(max_age.total_seconds())
    try:
        return cast("list[str]", _serializer(_current_keys(purpose)).loads(token, max_age=seconds))
    except SignatureExpired:
        raise
    except BadSignature:
        retired = cached_keys(f"link.{purpose}") if is_lasting else []
        if not retired:
            raise
        return cast("list[str]", _serializer(retired).loads(token, max_age=seconds))


def _refuse_other_spellings(token: str) -> None:
    # Base64 forgives stray characters and spare bits: the same signature could be written in many ways.
    signature = token.rpartition(".")[2]
    if base64_encode(base64_decode(signature)).decode() != signature:
        raise BadSignature("not as it was written")


def _digest(stamp: str) -> str:
    return hashlib.sha256(stamp.encode()).hexdigest()[:32]


def reference() -> str:
    """Return ten characters drawn at random that people can read out and copy without a slip. No key to anything."""
    return "".join(secrets.choice(_READABLE) for _each in range(10))


def recovery_code() -> str:
    """Return twelve characters drawn at random that people can type, 58 bits: a key of its own, to be hashed slowly."""
    return "".join(secrets.choice(_READABLE) for _each in range(RECOVERY_CODE_LENGTH))


def is_like_recovery_code(text: str) -> bool:
    """Tell whether a text, as `kit.codes` reads what is typed, could be a recovery code."""
    return len(text) == RECOVERY_CODE_LENGTH and set(text) <= set(_READABLE)


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret, in hex: what a row keeps in its place (v5.0.0-6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
