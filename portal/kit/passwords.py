"""Passwords: argon2id, at most a fixed number of hashes at once, and a list of passwords that everybody tries.

A hash costs 64 MiB; a storm of sign-ins queues here instead of exhausting memory, then is refused plainly (`Busy`).
"""

import re
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app
from zxcvbn import zxcvbn

from portal.kit.refusals import Busy, Refusal
from portal.kit.settings import Settings
from portal.kit.unit import release_connection

MIN_ALONE = 15
"""Characters when the password is the only factor (NIST SP 800-63B-4)."""
MIN_WITH_FACTOR = 8
"""Characters when a second factor is asked as well."""
_JUDGED = 32
"""Characters of a password that are judged. At the library's own most, 72, a hostile one took it seconds."""
_EASY_BELOW = 2
"""Scores of 0 and 1 are found within hours by somebody who may try as fast as they like."""


class PasswordTooShort(Refusal):
    """Fewer characters than asked; carries `least`."""


class PasswordTooCommon(Refusal):
    """The password, or something much like it, is on the list that attackers try first."""


class PasswordTellsContext(Refusal):
    """The password is made of the person's own address or name, or of the company's."""


class Hasher:
    """Hash and verify, a bounded number at once."""

    def __init__(self, settings: Settings) -> None:
        self._argon = PasswordHasher(
            time_cost=settings.argon2_time,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
        )
        self._slots = threading.BoundedSemaphore(settings.hashes_at_once)
        self._patience = settings.hash_wait_seconds
        self._nobody = self._argon.hash(secrets.token_urlsafe())
        self.count = 0

    @contextmanager
    def _slot(self) -> Iterator[None]:
        release_connection()
        if not self._slots.acquire(timeout=self._patience):
            raise Busy
        try:
            self.count += 1
            yield
        finally:
            self._slots.release()

    def hash(self, password: str) -> str:
        """Return the argon2id hash of `password`. Raises Busy when the queue is too long."""
        with self._slot():
            return self._argon.hash(password)

    def verify(self, hashed: str | None, password: str) -> bool:
        """Tell whether `password` is right. For a stranger (None) the same work is done, and the answer is no."""
        with self._slot():
            try:
                self._argon.verify(hashed or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    def needs_rehash(self, hashed: str) -> bool:
        """Tell whether a hash was made with other parameters than today's (v5.0.0-11.2.2)."""
        return self._argon.check_needs_rehash(hashed)


def init_app(app: Flask, settings: Settings) -> None:
    """Make the one hasher of this process."""
    app.extensions["portal.hasher"] = Hasher(settings)


def hasher() -> Hasher:
    """Return the one hasher of this process."""
    return cast(Hasher, current_app.extensions["portal.hasher"])


def least(*, with_factor: bool) -> int:
    """Return how many characters a password needs: fewer when a second factor is asked beside it."""
    return MIN_WITH_FACTOR if with_factor else MIN_ALONE


def check(password: str, *, least: int = MIN_ALONE, context: Iterable[str] = ()) -> None:
    """Judge a new password by length, commonness and context words; no other rule (v5.0.0-6.2.4, 6.2.5, 6.2.11).

    `context`: words of the person and the company. Raises PasswordTooShort, PasswordTooCommon, PasswordTellsContext.
    """
    if len(password) < least:
        raise PasswordTooShort(least=least)
    if _made_of(password, context):
        raise PasswordTellsContext
    if is_common(password):
        raise PasswordTooCommon


def _made_of(password: str, context: Iterable[str]) -> bool:
    rest = password.casefold()
    for word in sorted({part for text in context for part in _words(text)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < min(MIN_WITH_FACTOR, len(password))


def _words(text: str) -> Iterator[str]:
    text = text.casefold()
    parts = re.split(r"[\W_]+", text)
    yield from (part for part in [text, "".join(parts), *parts] if len(part) > 3)


def is_common(password: str) -> bool:
    """Tell whether a password is easily guessed, by a local list and common patterns: nothing goes over the network."""
    return int(zxcvbn(password[:_JUDGED])["score"]) < _EASY_BELOW
