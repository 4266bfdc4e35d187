"""Link tokens: signed, salted by purpose, expiring, and stamped with the state that they would change.

A link whose stamp no longer matches is dead, so that a reset link dies with any change of the password and no table of
links is needed. What a person must be able to list or cancel is a row instead, found by a secret stored as its hash.

A token is one word of at most 120 characters: base64 of its kind, when it was written, the stamp's digest if it has one,
what it carries (`kit.packed`), and 192 bits of an HMAC-SHA256 over all of it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NewType

from portal.kit import clock, keys, packed
from portal.kit.lasting import Lasting, cached_keys, purposes
from portal.kit.refusals import LinkDead
from portal.kit.signer import NotOurs, read_earlier

LinkPurpose = NewType("LinkPurpose", str)
"""What a link is for. Each is spelled once, by whoever owns what the link hangs on; a link of another purpose is dead."""
_READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0, 1, I, L, O, which look alike, and without U, so that no word comes of it by chance."""
RECOVERY_CODE_LENGTH = 12
HUMAN_CODE_LENGTH = 8
LONGEST = timedelta(days=30)
"""How long a link may live that is not lasting: so long an old secret is needed after it has signed its last one."""


MOST_CHARACTERS = 120
"""How long a token may be: whatever a mail program does to long lines, it leaves this one whole."""
_PLAIN, _STAMPED, _SEALED = 1, 2, 3
_HEAD, _MAC_BYTES, _DIGEST_BYTES = 1 + 6, 24, 16


def lasting(purpose: LinkPurpose, *, life: str | None = None) -> Lasting:
    """Return the lasting purpose of links that outlive the secret which signed them, bounded by the period `life` if any."""
    return Lasting(f"link.{purpose}", partial(_signing_key, purpose=purpose), life)


def _signing_key(secret: str, *, purpose: str) -> bytes:
    # As itsdangerous derives it ("django-concat"), so that every link ever sent is read alike.
    return hashlib.sha256(f"portal.link.{purpose}signer{secret}".encode()).digest()


def _current_keys(purpose: str) -> list[bytes]:
    return [_signing_key(secret, purpose=purpose) for secret in keys.secret_keys()]


@dataclass(frozen=True)
class _Written:
    """What a token says, once it is known to be ours."""

    at: datetime
    digest: bytes
    values: list[str]


def sign(purpose: LinkPurpose, *values: str, stamp: str = "", at: datetime | None = None) -> str:
    """Return a URL-safe token that carries `values` and a digest of `stamp`. Values are readable: no addresses in them.

    It lives from now on, or from an instant `at` in the past: then it is the very token of then. Raises ValueError for
    values that are too long for a token: they belong into a row.
    """
    body = _head(_STAMPED if stamp else _PLAIN, at) + (_digest(stamp) if stamp else b"") + packed.pack(values)
    token = packed.encode(body + _mac(_current_keys(purpose)[0], body))
    if len(token) > MOST_CHARACTERS:
        raise ValueError(f"a link of {purpose} would have {len(token)} characters")
    return token


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
        written = _load(purpose, token, is_lasting=is_lasting)
    except ValueError:
        raise LinkDead from None
    _refuse_other_days(written.at, max_age)
    if count is not None and len(written.values) != count:
        raise LinkDead
    present = stamp(*written.values) if stamp else ""
    if present is None or not secrets.compare_digest(written.digest, _digest(present)):
        raise LinkDead
    return written.values


def _load(purpose: str, token: str, *, is_lasting: bool) -> _Written:
    load = _load_earlier if "." in token else _load_short
    try:
        return load(_current_keys(purpose), token)
    except NotOurs:
        retired = cached_keys(f"link.{purpose}") if is_lasting else []
        if not retired:
            raise
        return load(retired, token)


def _load_short(signing_keys: list[bytes], token: str) -> _Written:
    raw = packed.decode(token)
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not any(secrets.compare_digest(mac, _mac(key, body)) for key in signing_keys):
        raise NotOurs
    rest = body[_HEAD:]
    if body[0] != _STAMPED:
        return _Written(_written_at(body), _digest(""), packed.unpack(rest))
    return _Written(_written_at(body), rest[:_DIGEST_BYTES], packed.unpack(rest[_DIGEST_BYTES:]))


def _load_earlier(signing_keys: list[bytes], token: str) -> _Written:
    at, (*values, digest) = read_earlier(signing_keys, token)
    return _Written(at, bytes.fromhex(digest), values)


def seal(purpose: LinkPurpose, *values: str) -> str:
    """Return a URL-safe token that carries `values` and that nobody but us can read (v5.0.0-14.2.1).

    An address of more than some fifty characters makes it longer than others are: that one stands nowhere else.
    """
    head = _head(_SEALED, None)
    return packed.encode(head + keys.seal(purpose, packed.pack(values), context=head))


def open_sealed(purpose: LinkPurpose, token: str, *, max_age: timedelta) -> tuple[datetime, list[str]]:
    """Return when a token was sealed, and its values. Raises LinkDead as `read` does; there is no stamp in it."""
    try:
        raw = packed.decode(token)
        head = raw[:_HEAD]
        values = packed.unpack(keys.open_sealed(purpose, raw[_HEAD:], context=head))
    except (keys.CannotOpen, ValueError):
        raise LinkDead from None
    _refuse_other_days(_written_at(head), max_age)
    return _written_at(head), values


def _refuse_other_days(at: datetime, max_age: timedelta) -> None:
    if not -clock.SKEW <= clock.now() - at <= max_age:
        raise LinkDead


def _head(kind: int, at: datetime | None) -> bytes:
    return bytes([kind]) + (packed.micros(at or clock.now()) // 1000).to_bytes(_HEAD - 1)


def _written_at(body: bytes) -> datetime:
    return packed.instant(int.from_bytes(body[1:_HEAD]) * 1000)


def _mac(key: bytes, body: bytes) -> bytes:
    # No link of the earlier form, signed by the same key, begins like this.
    return hmac.digest(key, b"portal.link\0" + body, "sha256")[:_MAC_BYTES]


def _digest(stamp: str) -> bytes:
    return hashlib.sha256(stamp.encode()).digest()[:_DIGEST_BYTES]


def reference() -> str:
    """Return ten characters drawn at random that people can read out and copy without a slip. No key to anything."""
    return "".join(secrets.choice(_READABLE) for _each in range(10))


def recovery_code() -> str:
    """Return twelve characters drawn at random that people can type, 58 bits: a key of its own, to be hashed slowly."""
    return "".join(secrets.choice(_READABLE) for _each in range(RECOVERY_CODE_LENGTH))


def human_code() -> str:
    """Return eight characters drawn at random for an email, 39 bits: good for minutes and for a few tries only."""
    return "".join(secrets.choice(_READABLE) for _each in range(HUMAN_CODE_LENGTH))


def is_like_recovery_code(text: str) -> bool:
    """Tell whether a text, as `kit.codes` reads what is typed, could be a recovery code."""
    return len(text) == RECOVERY_CODE_LENGTH and set(text) <= set(_READABLE)


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret, in hex: what a row keeps in its place (v5.0.0-6.5.2)."""
    return hashlib.sha256(secret.encode()).hexdigest()
