"""People who ask much of one portal at once, each from an address of their own, and what came of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TypeVar

from benchmarks import load_samples
from benchmarks.running import PASSWORD, Portal, Visitor, sign_in

Thing = TypeVar("Thing")
FILES_PER_PERSON = 5
"""Messages that the contact form takes of one person in an hour."""
FORMS_AT_ONCE = 4
"""Sign-in pages opened at once before a storm: that all send at the same moment is what is tried."""


class Visitors:
    """Everybody who asks something of one portal until it is over."""

    def __init__(self, served: Portal) -> None:
        self.served, self.over = served, threading.Event()
        self.outcomes: Counter[str] = Counter()
        self._addresses, self._strangers = count(1), count()
        self._lock = threading.Lock()

    def visitor(self) -> Visitor:
        """Return a browser from an address of its own."""
        return Visitor(self.served, comes_from=self._address())

    def signed_in(self, number: int) -> Visitor:
        """Return a browser of person `number`, signed in."""
        return sign_in(self.served, f"{number}@example.com", comes_from=self._address())

    def _address(self) -> str:
        with self._lock:
            number = next(self._addresses)
        return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"

    def note(self, what: str, visitor: Visitor, answer: tuple[int, str, str], *, right: bool) -> None:
        """Note whether an answer was right, said when to come back, or was wrong."""
        status, path, _text = answer
        told = status == 503 and visitor.answer["Retry-After"] is not None
        outcome = "told to come back" if told else "right" if right else f"WRONG: {status} {path}"
        with self._lock:
            self.outcomes[f"{what}: {outcome}"] += 1

    def wrong(self) -> int:
        """Return how many answers were wrong."""
        return sum(times for outcome, times in self.outcomes.items() if "WRONG" in outcome)

    def storm(self, people: int) -> None:
        """Have so many people sign in at the same moment; every fifth has a wrong password."""
        with ThreadPoolExecutor(FORMS_AT_ONCE) as pool:
            visitors = [self.visitor() for _each in range(people)]
            tokens = list(pool.map(lambda visitor: visitor.token("/login"), visitors))
        start = threading.Barrier(people)
        with ThreadPoolExecutor(people) as pool:
            list(pool.map(self._sign_in, range(people), visitors, tokens, [start] * people))

    def _sign_in(self, number: int, visitor: Visitor, token: str, start: threading.Barrier) -> None:
        is_wrong = number % 5 == 0
        start.wait()
        password = "a wrong password altogether" if is_wrong else PASSWORD
        answer = visitor.send("/login", token, email=f"{number}@example.com", password=password)
        right = answer[:2] == ((422, "/login") if is_wrong else (200, "/home"))
        self.note("wrong password" if is_wrong else "sign-in", visitor, answer, right=right)

    def send_pictures(self, visitor: Visitor, times: int) -> None:
        """Set one's photo so many times: as large as we take them, and larger."""
        pictures = load_samples.pictures()
        for sample in self._until_over((pictures * times)[:times]):
            answer = visitor.upload("/settings/avatar", [("photo", sample.name, sample.data)])
            right = "Photo updated" in answer[2] if sample.is_taken else answer[0] == 422
            self.note("picture" if sample.is_taken else "picture of too many pixels", visitor, answer, right=right)

    def send_files(self, visitor: Visitor) -> None:
        """Send as many messages with 10 MB of files as one person may."""
        for _each in self._until_over(range(FILES_PER_PERSON)):
            answer = visitor.upload("/contact", load_samples.files(), subject="Files", message="Here they are.")
            self.note("files", visitor, answer, right=answer[0] == 200 and answer[1].startswith("/support/"))

    def send_files_as_stranger(self, times: int) -> None:
        """Send messages with 10 MB of files without an account, each from another address."""
        for _each in self._until_over(range(times)):
            visitor, email = self.visitor(), f"stranger{next(self._strangers)}@example.net"
            answer = visitor.upload("/contact", load_samples.files(), name="M", email=email, subject="S", message="M")
            self.note("files of a stranger", visitor, answer, right=answer[:2] == (200, "/contact/received"))

    def ask_for_exports(self, visitors: Sequence[Visitor]) -> None:
        """Have the worker build a download for one person after the other."""
        for visitor in self._until_over(visitors):
            answer = visitor.send("/settings/privacy/export", visitor.token("/settings/privacy"))
            self.note(
                "export", visitor, answer, right=answer[0] == 200 and answer[1].startswith("/settings/privacy/export/")
            )
            self.over.wait(1)

    def _until_over(self, things: Sequence[Thing]) -> Iterator[Thing]:
        for thing in things:
            if self.over.is_set():
                return
            yield thing
