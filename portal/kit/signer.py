"""Signing as itsdangerous does it: the browser's cookie, and links of the form from before `kit.tokens` wrote them short."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from portal.kit import clock


class Signer(TimestampSigner):
    """Dates what it signs, and believes a date that another machine's clock, a little ahead, has given (`clock.SKEW`)."""

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """Return the value. Raises SignatureExpired when it is older than `max_age` seconds, or of a day to come."""
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        age = self.get_timestamp() - int(signed_at.timestamp())
        if max_age is not None and not -clock.SKEW.total_seconds() <= age <= max_age:
            raise SignatureExpired("not of these days", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


class NotOurs(ValueError):
    """None of the keys at hand has signed it; one that has retired may have."""


def read_earlier(keys: Sequence[bytes], token: str) -> tuple[datetime, list[str]]:
    """Return when a link of the earlier form was written, and what it carries. Raises NotOurs unless `keys` wrote it,
    ValueError for what is no link in any case.

    Some of those links live for ever: whoever unsubscribes may do it by the oldest email.
    """
    serializer = URLSafeTimedSerializer(
        list(reversed(keys)), signer=Signer, signer_kwargs={"digest_method": sha256, "key_derivation": "none"}
    )
    _refuse_other_spellings(token)
    try:
        values, signed_at = serializer.loads(token, return_timestamp=True)
        return signed_at, [str(value) for value in cast("list[str]", values)]
    except (BadData, TypeError) as error:
        raise NotOurs from error


def _refuse_other_spellings(token: str) -> None:
    # Base64 forgives stray characters and spare bits: the same signature could be written in many ways.
    signature = token.rpartition(".")[2]
    try:
        is_as_written = base64_encode(base64_decode(signature)).decode() == signature
    except BadData as error:
        raise ValueError("no signature") from error
    if not is_as_written:
        raise ValueError("not as it was written")
