"""Signatures that anybody can check: Ed25519 (RFC 8032), with a key of its own for each purpose.

The keys come from PORTAL_SIGNING_KEYS, newest first. A key that has signed something stays published after its seed has
left the list, so that what it signed can be checked for ever.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NewType

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Word, db
from portal.kit.settings import current_settings

Purpose = NewType("Purpose", str)
"""What a signature is for. It stands before what is signed, so that a signature of one purpose is none of another."""
RECEIPTS = Purpose("3clicks-receipt-v1")
LICENCES = Purpose("3clicks-licence-v1")
ACTIVATIONS = Purpose("3clicks-activation-v1")
REVOCATIONS = Purpose("3clicks-revocations-v1")
PURPOSES = (RECEIPTS, LICENCES, ACTIVATIONS, REVOCATIONS)
KID_BYTES = 8


class SigningKey(Base):
    """The public half of a key that has signed something."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(16), primary_key=True)
    purpose: Mapped[Word]
    public: Mapped[bytes] = mapped_column(LargeBinary)
    first_used_at: Mapped[datetime] = mapped_column(default=clock.now)


@dataclass(frozen=True)
class PublicKey:
    """What anybody needs to check the signatures of one key."""

    purpose: str
    public: bytes

    @property
    def kid(self) -> str:
        """Its name: the beginning of its own hash."""
        return hashlib.sha256(self.public).digest()[:KID_BYTES].hex()

    def as_jwk(self) -> dict[str, str]:
        """Return it as a JSON Web Key (RFC 8037); `signs` is what stands before whatever it signs."""
        kind = {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "use": "sig"}
        return {"kid": self.kid, **kind, "x": _base64(self.public), "signs": self.purpose}


@dataclass(frozen=True)
class Signature:
    """A signature, in base64url, and the name of the key that made it."""

    kid: str
    sig: str

    @property
    def line(self) -> bytes:
        """Return it as a line of its own: canonical JSON."""
        return rfc8785.dumps({"alg": "Ed25519", "kid": self.kid, "sig": self.sig})


def sign(purpose: Purpose, document: bytes, *, lasts: bool = True) -> Signature:
    """Sign bytes by the newest key, which is noted for good unless what is signed is signed anew whenever it is asked for.

    What is signed is the purpose, a zero byte and the document.
    """
    key = _private_keys(purpose)[0]
    public = _public(purpose, key)
    if lasts:
        _note(public)
    return Signature(public.kid, _base64(key.sign(purpose.encode() + b"\0" + document)))


def published() -> list[PublicKey]:
    """Return every key that signs, may sign next or has ever signed, newest first. One query."""
    current = [_public(purpose, key) for purpose in PURPOSES for key in _private_keys(purpose)]
    noted = db.session.scalars(select(SigningKey).order_by(SigningKey.first_used_at.desc(), SigningKey.kid))
    # What was sold elsewhere before, or signed before a database was lost, is checked by keys that only a setting knows.
    old = [PublicKey(purpose, key) for key in current_settings().licence_keys for purpose in (LICENCES, ACTIVATIONS)]
    return list(dict.fromkeys([*current, *(PublicKey(row.purpose, row.public) for row in noted), *old]))


def _note(key: PublicKey) -> None:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = {"kid": key.kid, "purpose": key.purpose, "public": key.public, "first_used_at": clock.now()}
    db.session.execute(dialect.insert(SigningKey).values(row).on_conflict_do_nothing())


def _private_keys(purpose: Purpose) -> list[Ed25519PrivateKey]:
    return [_derive(seed, purpose) for seed in _seeds()]


def _seeds() -> Iterator[str]:
    return (seed.get_secret_value() for seed in current_settings().signing_keys)


@lru_cache(maxsize=16)
def _derive(seed: str, purpose: Purpose) -> Ed25519PrivateKey:
    secret = hmac.digest(base64.b64decode(seed), f"portal.signing.{purpose}".encode(), "sha256")
    return Ed25519PrivateKey.from_private_bytes(secret)


def _public(purpose: Purpose, key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(purpose, key.public_key().public_bytes_raw())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
