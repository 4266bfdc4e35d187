"""What a setting may say: each kind reads the text of one, or raises ValueError with the reason, never with the text."""

import base64
import math
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LONGEST = 2000
LONGEST_LINE = 100
LONGEST_MAILBOX = 254
SHORTEST_KEY = 32
SEED_BYTES = 32
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
MAILBOX = re.compile(r'(?:"(?P<quoted>(?:[^"\\\r\n]|\\.)*)"|(?P<plain>[^"<>\r\n]*?)) ?<(?P<address>[^<>\s]+)>')
MEASUREMENT_ID = re.compile(r"G-[A-Z0-9]{4,20}")
"""How Google Analytics names what it measures."""

Word = TypeVar("Word", bound=str)


class Secret:
    """A text that whoever prints it does not see."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def one_of(*words: Word) -> Callable[[str], Word]:
    """Make the reader of one of a few words."""

    def read(text: str) -> Word:
        for word in words:
            if text == word:
                return word
        raise ValueError("needs to be " + " or ".join(map(repr, words)))

    return read


def whole(*, least: int, most: int | None = None) -> Callable[[str], int]:
    """Make the reader of a whole number within bounds."""
    within = f"a whole number, {least} or more" if most is None else f"a whole number from {least} to {most}"

    def read(text: str) -> int:
        # A number of so many digits is beyond every bound, and dear to read.
        number = int(text) if re.fullmatch(r"[0-9]{1,18}", text.strip()) else -1
        if number < least or (most is not None and number > most):
            raise ValueError(f"needs to be {within}")
        return number

    return read


def seconds(text: str) -> float:
    """Return a time that is longer than none."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < math.inf:
        raise ValueError("needs to be a number of seconds, more than 0")
    return number


def seeds(text: str) -> tuple[Secret, ...]:
    """Return seeds of signing keys, which commas stand between: each is 32 random bytes in base64."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found or not all(map(_is_seed, found)):
        raise ValueError(f"each key needs to be {SEED_BYTES} random bytes in base64")
    return tuple(map(Secret, found))


def public_keys(text: str) -> tuple[bytes, ...]:
    """Return public keys (Ed25519), which commas stand between: each is 32 bytes in base64."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(map(_is_seed, found)):
        raise ValueError("each key needs to be the 32 bytes of a public key in base64")
    return tuple(map(base64.b64decode, found))


def _is_seed(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == SEED_BYTES
    except ValueError:
        return False


def keys(text: str) -> tuple[Secret, ...]:
    """Return secret keys, which commas stand between."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("needs at least 1 key")
    if any(len(key) < SHORTEST_KEY for key in found):
        raise ValueError(f"each key needs at least {SHORTEST_KEY} characters")
    return tuple(map(Secret, found))


def origin(text: str) -> str:
    """Return the address of a site: a scheme and a host, nothing else."""
    parts = split(text)
    bare = parts and parts.hostname and not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if not parts or not bare or parts.scheme not in ("http", "https") or len(text) > LONGEST:
        raise ValueError("needs to be an origin such as https://portal.example.com")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def database(text: str) -> Secret:
    """Return the address of a database of a kind that we know."""
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("needs to start with sqlite:/// or postgresql+psycopg://")
    try:
        make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("is not the address of a database") from None
    return Secret(text)


def folder(text: str) -> str:
    """Return the address of a folder."""
    if not text.startswith("file:///") or len(text) > LONGEST or CONTROL.search(text):
        raise ValueError("needs to start with file:///, and to hold no control characters")
    return text


def place_of_keys(text: str) -> Secret:
    """Return the address of a folder or a database for keys."""
    if text.startswith("file:"):
        return Secret(folder(text))
    if not text.startswith("postgresql://"):
        raise ValueError("needs to start with file:/// or postgresql://")
    if not _reaches_postgresql(text):
        raise ValueError("is not the address of a database")
    return Secret(text)


def _reaches_postgresql(url: str) -> bool:
    # Here: whose keys lie in a folder never loads it.
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        make_url(url)
        conninfo_to_dict(url)
    except (ArgumentError, ValueError, psycopg.Error):
        return False
    return True


def server(*schemes: str, port: int) -> Callable[[str], Secret]:
    """Make the reader of a server's address, `port` being a usual one."""

    def read(text: str) -> Secret:
        parts = split(text)
        if not parts or parts.scheme not in schemes or not parts.hostname:
            raise ValueError("needs to look like " + " or ".join(f"{scheme}://host:{port}" for scheme in schemes))
        return Secret(text)

    return read


def mailbox(text: str) -> str:
    """Return the mailbox that emails come from, with or without a name.

    The name is written in quotation marks, which is right whatever it holds: a comma, a colon, a bracket.
    """
    if len(text) > LONGEST_MAILBOX:
        raise ValueError(f"needs to be at most {LONGEST_MAILBOX} characters")
    found = MAILBOX.fullmatch(text.strip())
    name = (found["plain"] or "") if found and found["quoted"] is None else ""
    quoted = found["quoted"] if found and found["quoted"] else re.sub(r'(["\\])', r"\\\1", name)
    written = address(found["address"] if found else text.strip())
    return f'"{quoted}" <{written}>' if quoted else written


def address(text: str) -> str:
    """Return an email address as it is written for good."""
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValueError("needs to look like name@example.com or Name <name@example.com>") from None


def line(text: str) -> str:
    """Return a short text in one line."""
    if len(text) > LONGEST_LINE or CONTROL.search(text):
        raise ValueError(f"needs to be one line of at most {LONGEST_LINE} characters")
    return text


def product(text: str) -> str:
    """Return the name of a product."""
    if ":" in text:
        raise ValueError("must not hold a colon: authenticator apps refuse a product's name that has one")
    return line(text)


def measurement_id(text: str) -> str:
    """Return the name of what Google Analytics measures."""
    if not MEASUREMENT_ID.fullmatch(text):
        raise ValueError("needs to look like G-ABC1234567")
    return text


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, or None: the library's own words would quote what may be a password."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None
