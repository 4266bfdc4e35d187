"""The portal as in production and the bare app, served beside each other; what the CPU of each is spent on.

The portal by `portal serve`; the bare app by gunicorn, as most serve Flask, and for comparison by the portal's own server
too. Two processes each.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks import bare
from benchmarks.running import ROOT
from portal.server import THREADS

PROCESSES = 2
CONNECTIONS = 8
IDLE_SECONDS = 10
"""After a pause connections are opened anew: a server lets go of whoever says nothing for half a minute."""
HOST = "portal.example"
BROWSER = {
    "Host": HOST,
    "Connection": "keep-alive",
    # As a proxy of ours hands on what came over TLS.
    "X-Forwarded-Proto": "https",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7",
    "Accept-Encoding": "gzip",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
}
CHEAP_HASH = {"PORTAL_ARGON2_MEMORY_KIB": "8", "PORTAL_ARGON2_TIME": "1", "PORTAL_ARGON2_LANES": "1"}
"""A hash costs next to nothing on both sides: beside a real one, of 200 ms, all that a sign-in costs besides would drown."""


@dataclass
class Server:
    """A server that runs: its port, its first process, connections to it that stay open as those of a proxy do."""

    port: int
    process: subprocess.Popen[bytes]
    _open: list[http.client.HTTPConnection] = field(default_factory=list)
    _asked: int = 0
    _asked_at: float = 0.0

    def ask(self, path: str, *, cookie: str = "", fields: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page, or send a form, as somebody whose address nobody else has."""
        self._asked += 1
        headers = {**BROWSER, "X-Forwarded-For": _address(self._asked)}
        if cookie:
            headers["Cookie"] = cookie
        body = None
        if fields is not None:
            headers |= form_headers(path)
            body = urllib.parse.urlencode(fields)
        connection = self._connection()
        connection.request("POST" if fields is not None else "GET", path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())

    def _connection(self) -> http.client.HTTPConnection:
        if time.monotonic() - self._asked_at > IDLE_SECONDS:
            while self._open:
                self._open.pop().close()
        self._asked_at = time.monotonic()
        if len(self._open) < CONNECTIONS:
            self._open.append(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
        return self._open[self._asked % len(self._open)]

    def cpu(self) -> float:
        """Return the seconds of CPU that all processes of the server have spent, with those of the kernel for them."""
        first = psutil.Process(self.process.pid)
        return sum(cpu_of(process) for process in [first, *first.children(recursive=True)])


@dataclass(frozen=True)
class Answer:
    """What came back, as it came: compressed."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def cookie(self) -> str:
        """The cookies that were set, as the next request sends them."""
        return "; ".join(value.partition(";")[0] for name, value in self.headers if name.lower() == "set-cookie")

    @property
    def text(self) -> str:
        """The page as it is read."""
        is_small = ("content-encoding", "gzip") in ((name.lower(), value) for name, value in self.headers)
        return (gzip.decompress(self.body) if is_small else self.body).decode()


def cpu_of(process: psutil.Process) -> float:
    """Return the seconds of CPU that a process has spent, with those of the kernel for it."""
    if sys.platform == "linux":
        # The process's own clock, in nanoseconds (clock_getcpuclockid(3)); /proc counts by hundredths of a second.
        return time.clock_gettime(~process.pid << 3 | 2)
    times = process.cpu_times()
    return times.user + times.system


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def form_headers(path: str, *, host: str = HOST) -> dict[str, str]:
    """Return what a browser says besides when it sends the form of a page to that page."""
    origin = f"https://{host}"
    return {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": origin + path}


def production(folder: Path, database: str) -> dict[str, str]:
    """Return the portal's environment as in production, behind one proxy."""
    return {
        **_clean_environment(),
        "PORTAL_BASE_URL": f"https://{HOST}",
        "PORTAL_PROXY_COUNT": "1",
        "PORTAL_SECRET_KEYS": secrets.token_urlsafe(48),
        "PORTAL_SIGNING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "PORTAL_DATABASE_URL": database,
        "PORTAL_STORAGE_URL": f"file://{folder}/files",
        "PORTAL_KEYS_URL": f"file://{folder}/keys",
        "PORTAL_SMTP_URL": "smtp://127.0.0.1:25",
        "PORTAL_MAIL_FROM": "Portal <portal@example.com>",
        **CHEAP_HASH,
    }


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the portal's schema to the newest version."""
    command = [sys.executable, "-m", "portal", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=dict(environment), check=True, capture_output=True)


@contextlib.contextmanager
def portal(environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """Serve the portal without its worker: what waits for that stays queued, and no work of its own is counted."""
    command = ["-m", "portal", "serve", "--no-worker", "--processes", str(PROCESSES), "--port"]
    with _served(command, "/healthz", environment, log) as server:
        yield server


@contextlib.contextmanager
def bare_app(database: str, log: Path) -> Iterator[Server]:
    """Serve the bare app by gunicorn as it comes, on a database of the portal's."""
    command = ["-m", "gunicorn", "benchmarks.bare:make_app()", "--log-level", "error", "--workers", str(PROCESSES), "--bind"]
    with _served(command, "/page", _bare_environment(database), log, at="127.0.0.1:%d") as server:
        yield server


@contextlib.contextmanager
def bare_app_on_granian(database: str, log: Path) -> Iterator[Server]:
    """Serve the bare app by the portal's own server, with as many threads: what differs then is what answers."""
    command = ["-m", "granian", "benchmarks.bare:make_app", "--factory", "--interface", "wsgi", "--no-ws"]
    command += ["--log-level", "error", "--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--port"]
    with _served(command, "/page", _bare_environment(database), log) as server:
        yield server


def _bare_environment(database: str) -> dict[str, str]:
    return {**_clean_environment(), bare.DATABASE: database, bare.SECRET: secrets.token_urlsafe(48)}


@contextlib.contextmanager
def _served(command: list[str], path: str, environment: Mapping[str, str], log: Path, *, at: str = "%d") -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, *command, at % port], cwd=ROOT, env=dict(environment), stdout=stream, stderr=stream
        )
    server = Server(port, process)
    try:
        _wait_until_ready(server, path, log)
        yield server
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a server with all its processes at once: nothing that it holds is of use to anybody."""
    first = psutil.Process(process.pid)
    for each in [first, *first.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    process.wait(timeout=40)


def _wait_until_ready(server: Server, path: str, log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.process.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            if server.ask(path).status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
