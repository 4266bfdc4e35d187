"""Passwords: argon2id, at most a fixed number of hashes at once, and what a new one must be.

A hash costs 64 MiB; of a storm of sign-ins a few wait here instead of exhausting memory, the rest is refused plainly and at
once (`Busy`). One hash has four lanes, so that a second one at once makes neither sooner on a small machine.
"""

import base64
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import TypeVar

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret

from portal.kit import password_strength
from portal.kit.characters import one_form
from portal.kit.heavy import HeavyWork, heavy_work
from portal.kit.refusals import Busy, Refusal
from portal.kit.running import App, Installed
from portal.kit.settings import Settings
from portal.kit.unit import before_writes, release_connection

MIN_ALONE = 15
"""Characters when the password is the only factor (NIST SP 800-63B-4)."""
MIN_WITH_FACTOR = 8
"""Characters when a second factor is asked as well."""

SALT_BYTES = 16

Hashed = TypeVar("Hashed")


class PasswordTooShort(Refusal):
    """Fewer characters than asked; carries `least`."""


class PasswordTooCommon(Refusal):
    """The password, or something much like it, is on the list that attackers try first."""


class PasswordTellsContext(Refusal):
    """The password is made of the person's own address or name, or of the company's."""


class Match(Enum):
    """What a password is to a hash: not its own, its own, or its own only with the code points that were sent."""

    NO = False
    YES = True
    AS_SENT = "as sent"

    def __bool__(self) -> bool:
        return self is not Match.NO


class Hasher:
    """Hash and verify: a bounded number at once, a bounded number waiting.

    A password is taken in Unicode's form NFC, so that every keyboard types the same one (NIST SP 800-63B-4, 3.1.1.2);
    nothing else about it is changed (v5.0.0-6.2.8).
    """

    def __init__(self, settings: Settings, heavy: HeavyWork | None = None) -> None:
        self._argon = PasswordHasher(
            time_cost=settings.argon2_time,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
        )
        self._heavy = heavy or HeavyWork(settings.hashes_at_once)
        self._places = threading.BoundedSemaphore(settings.hashes_at_once + settings.hashes_waiting)
        self._patience = settings.hash_wait_seconds
        self._nobody = self._argon.hash(secrets.token_urlsafe())
        self.count = 0

    def _work(self, work: Callable[[], Hashed]) -> Hashed:
        release_connection()
        if not self._places.acquire(blocking=False):
            raise Busy
        self.count += 1
        try:
            return self._heavy.run(work, patience=self._patience)
        finally:
            self._places.release()

    @before_writes
    def hash(self, password: str) -> str:
        """Return the argon2id hash of `password`. Raises Busy when the queue is too long."""
        return self._work(lambda: self._argon.hash(one_form(password)))

    @before_writes
    def verify(self, hashed: str | None, password: str) -> Match:
        """Tell whether `password` is right. For a stranger (None) the same work is done, and the answer is no.

        A hash from before passwords were put into one form holds the code points of its day: what was sent in another
        form is tried as it was sent too. Only what was sent decides about that second hash, never whose account it is.
        """
        if self._fits(hashed, one_form(password)):
            return Match.YES
        if password != one_form(password) and self._fits(hashed, password):
            return Match.AS_SENT
        return Match.NO

    @before_writes
    def hash_together(self, codes: Sequence[str]) -> list[str]:
        """Return the hashes of codes under one salt of 128 bits, so that whoever looks for one among them hashes once.

        Raises Busy. The salt keeps one person's codes from another's (v5.0.0-6.5.2); none of a set tells of the others.
        """
        salt = secrets.token_bytes(SALT_BYTES)
        return self._work(lambda: [self._argon.hash(code, salt=salt) for code in codes])

    @before_writes
    def find_match(self, hashes: Sequence[str], code: str) -> str | None:
        """Return which of the hashes made together is that of a code, or None. Without any the same work is done.

        Raises Busy.
        """
        return self._work(lambda: _matching(hashes or [self._nobody], code))

    def _fits(self, hashed: str | None, password: str) -> bool:
        return self._work(lambda: self._verified(hashed or self._nobody, password)) and hashed is not None

    def _verified(self, hashed: str, password: str) -> bool:
        try:
            return self._argon.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def needs_rehash(self, hashed: str) -> bool:
        """Tell whether a hash was made with other parameters than today's (v5.0.0-11.2.2)."""
        return self._argon.check_needs_rehash(hashed)


_HASHER = Installed[Hasher]("hasher")


def init_app(app: App, settings: Settings) -> None:
    """Make the one hasher of this process, whose work waits in the one line."""
    with app.app_context():
        _HASHER.install(app, Hasher(settings, heavy_work()))


def hasher() -> Hasher:
    """Return the one hasher of this process."""
    return _HASHER.get()


def _matching(hashes: Sequence[str], code: str) -> str | None:
    how, salt = extract_parameters(hashes[0]), hashes[0].split("$")[-2]
    made = hash_secret(
        code.encode(), base64.b64decode(salt + "=="), how.time_cost, how.memory_cost, how.parallelism, how.hash_len, how.type
    ).decode()
    matching = [each for each in hashes if secrets.compare_digest(each, made)]
    return matching[0] if matching else None


def least(*, with_factor: bool) -> int:
    """Return how many characters a password needs: fewer when a second factor is asked beside it."""
    return MIN_WITH_FACTOR if with_factor else MIN_ALONE


def check(password: str, *, least: int = MIN_ALONE, context: Iterable[str] = ()) -> None:
    """Judge a new password by length, commonness and context words; no other rule (v5.0.0-6.2.4, 6.2.5, 6.2.11).

    `context`: words of the person and the company. Raises PasswordTooShort, PasswordTooCommon, PasswordTellsContext.
    """
    check_length(password, least=least)
    if password_strength.is_made_of(password, context):
        raise PasswordTellsContext
    if password_strength.is_common(password):
        raise PasswordTooCommon


def check_length(password: str, *, least: int) -> None:
    """Raise PasswordTooShort when a password has fewer than `least` characters, counted in one form."""
    if not is_long_enough(password, least=least):
        raise PasswordTooShort(least=least)


def is_long_enough(password: str, *, least: int) -> bool:
    """Tell whether a password has at least `least` characters, counted in one form."""
    return len(one_form(password)) >= least
