"""What a link carries, in few bytes: ids, digests and instants as what they are, any other text as it is."""

import base64
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_ID, _DIGEST, _INSTANT, _LONG = 0xFF, 0xFE, 0xFD, 0xFC
"""How a value begins; a short text begins with its length."""
_LENGTHS = {_ID: 16, _DIGEST: 16, _INSTANT: 8}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IS_WORD = re.compile(r"[A-Za-z0-9_-]{1,1000}").fullmatch
_IS_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_IS_DIGEST = re.compile(r"[0-9a-f]{32}").fullmatch
_IS_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00").fullmatch


def pack(values: Sequence[str]) -> bytes:
    """Return texts as bytes from which `unpack` makes the very same texts."""
    return b"".join(_pack(value) for value in values)


def _pack(value: str) -> bytes:
    if _IS_ID(value):
        return bytes([_ID]) + uuid.UUID(value).bytes
    if _IS_DIGEST(value):
        return bytes([_DIGEST]) + bytes.fromhex(value)
    if _IS_INSTANT(value) and (packed := _pack_instant(value)):
        return packed
    text = value.encode()
    return (bytes([len(text)]) if len(text) < _LONG else bytes([_LONG]) + len(text).to_bytes(2)) + text


def _pack_instant(value: str) -> bytes | None:
    try:
        packed = bytes([_INSTANT]) + micros(datetime.fromisoformat(value)).to_bytes(8)
    except (ValueError, OverflowError):
        return None
    # One that is written in another way than we write it stays a text.
    return packed if unpack(packed) == [value] else None


def unpack(packed: bytes) -> list[str]:
    """Return the texts. Raises ValueError for bytes that `pack` did not make."""
    values, place = [], 0
    while place < len(packed):
        kind, place = packed[place], place + 1
        if kind == _LONG:
            length, place = int.from_bytes(packed[place : place + 2]), place + 2
        else:
            length = _LENGTHS.get(kind, kind)
        value, place = packed[place : place + length], place + length
        if len(value) != length:
            raise ValueError("cut short")
        values.append(_text(kind, value))
    return values


def _text(kind: int, value: bytes) -> str:
    if kind == _ID:
        return str(uuid.UUID(bytes=value))
    if kind == _DIGEST:
        return value.hex()
    return instant(int.from_bytes(value)).isoformat() if kind == _INSTANT else value.decode()


def micros(at: datetime) -> int:
    """Return the microseconds since the epoch."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(since: int) -> datetime:
    """Return the instant that is so many microseconds after the epoch. Raises ValueError for one that no calendar has."""
    try:
        return _EPOCH + timedelta(microseconds=since)
    except OverflowError as error:
        raise ValueError("no such instant") from error


def encode(raw: bytes) -> str:
    """Return bytes as one word that goes into an address as it is."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(word: str) -> bytes:
    """Return the bytes of a word. Raises ValueError for every spelling but the one that `encode` writes."""
    # Base64 forgives stray characters and spare bits: the same bytes could be written in many ways.
    if not _IS_WORD(word):
        raise ValueError("no word")
    raw = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
    if encode(raw) != word:
        raise ValueError("not as it was written")
    return raw
