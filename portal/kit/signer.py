"""Signing as itsdangerous does it: the browser's cookie, and links of the form from before `kit.tokens` wrote them short."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from itsdangerous import BadData, BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
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


def read_earlier(keys: Sequence[bytes], token: str) -> tuple[datetime, list[str]]:
    """Return when a link of the earlier form was written, and what it carries. Raises ValueError unless `keys` wrote it.

    Some of those links live for ever: whoever unsubscribes may do it by the oldest email.
    """
    serializer = URLSafeTimedSerializer(
        list(reversed(keys)), signer=Signer, signer_kwargs={"digest_method": sha256, "key_derivation": "none"}
    )
    try:
        _refuse_other_spellings(token)
        values, signed_at = serializer.loads(token, return_timestamp=True)
        return signed_at, [str(value) for value in cast("list[str]", values)]
    except (BadData, TypeError) as error:
        raise ValueError("none of ours") from error


def _refuse_other_spellings(token: str) -> None:
    # Base64 forgives stray characters and spare bits: the same signature could be written in many ways.
    signature = token.rpartition(".")[2]
    if base64_encode(base64_decode(signature)).decode() != signature:
        raise BadSignature("not as it was written")
