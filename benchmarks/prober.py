"""Asks a few pages again and again, in a process of its own that no crowd slows down; notes how long each answer took."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

EVERY_SECONDS = 0.1
PATIENCE_SECONDS = 60


@dataclass
class Answers:
    """What came of asking one page: the seconds of each answer, and what was wrong."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def worst(self) -> float:
        """Return the seconds of the slowest answer."""
        return max(self.seconds, default=0.0)


@dataclass
class Probed:
    """The answers by page; filled when the block has ended."""

    answers: dict[str, Answers] = field(default_factory=dict)


@contextlib.contextmanager
def probing(url: str, paths: Mapping[str, Mapping[str, str]]) -> Iterator[Probed]:
    """Ask each path, with its headers, every tenth of a second for the length of a `with` block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_probe, args=(url, paths, theirs))
    process.start()
    ours.recv()
    probed = Probed()
    try:
        yield probed
    finally:
        ours.send("over")
        if ours.poll(2 * PATIENCE_SECONDS):
            probed.answers = ours.recv()
        process.join(PATIENCE_SECONDS)


def _probe(url: str, paths: Mapping[str, Mapping[str, str]], pipe: Connection) -> None:
    over = threading.Event()
    answers = {path: Answers() for path in paths}
    threads = [
        threading.Thread(target=_ask, args=(url, path, headers, answers[path], over)) for path, headers in paths.items()
    ]
    for thread in threads:
        thread.start()
    pipe.send("begun")
    pipe.recv()
    over.set()
    for thread in threads:
        thread.join()
    pipe.send(answers)


def _ask(url: str, path: str, headers: Mapping[str, str], answers: Answers, over: threading.Event) -> None:
    address = urlsplit(url)
    while not over.wait(EVERY_SECONDS):
        began = time.monotonic()
        connection = HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                answers.faults.append(str(answer.status))
        except OSError as error:
            answers.faults.append(type(error).__name__)
        finally:
            connection.close()
        answers.seconds.append(time.monotonic() - began)
