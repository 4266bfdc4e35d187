"""A real portal for the proofs: served by `portal serve` on a free port, with data in a folder of its own."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "seven seams of indigo denim"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Portal:
    """A portal that is being served: its address and its first process."""

    url: str
    process: subprocess.Popen[bytes]

    def web_processes(self) -> list[psutil.Process]:
        """Return the processes that answer requests; the worker beside them is none of them."""
        tree = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return [process for process in tree if "worker" not in process.cmdline()]


@contextlib.contextmanager
def portal() -> Iterator[Portal]:
    """Serve a portal with an empty database for the length of a `with` block. Raises RuntimeError if it does not start."""
    with tempfile.TemporaryDirectory(prefix="portal-proof-") as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            "PYTHONPATH": str(ROOT),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "PORTAL_ENV": "development",
            "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
            "PORTAL_SECRET_KEYS": secrets.token_urlsafe(48),
            "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.db",
            "PORTAL_STORAGE_URL": f"file://{folder}/files",
            "PORTAL_KEYS_URL": f"file://{folder}/keys",
        }
        command = [sys.executable, "-m", "portal"]
        subprocess.run([*command, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
        log = (Path(folder) / "log").open("wb")
        process = subprocess.Popen([*command, "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log)
        served = Portal(f"http://127.0.0.1:{port}", process)
        try:
            _wait_until_ready(served)
            yield served
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=40)
            log.close()


def _wait_until_ready(served: Portal) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{served.url}/readyz", timeout=2).close()
            return
        if served.process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the portal did not start")


class Visitor:
    """A browser without a window: keeps cookies, follows redirects, fills in forms."""

    def __init__(self, served: Portal, *, comes_from: str = "") -> None:
        self.served = served
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        # Counts behind a proxy of ours only (PORTAL_PROXY_COUNT).
        self._opener.addheaders += [("X-Forwarded-For", comes_from)] if comes_from else []

    def get(self, path: str) -> tuple[int, str, str]:
        """Open a page; return its status, where it is after redirects, and its text."""
        return self._ask(path, None)

    def submit(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Open a page, fill in its form and send it."""
        return self.send(path, self.token(path), **fields)

    def token(self, path: str) -> str:
        """Open a page and return the token of its form, to be sent at once or at an agreed moment."""
        found = TOKEN.findall(self.get(path)[2])
        if not found:
            raise RuntimeError(f"{path} has no form")
        return str(found[-1])

    def send(self, path: str, token: str, **fields: str) -> tuple[int, str, str]:
        """Send a form whose token is in hand."""
        return self._ask(path, {"csrf_token": token, **fields})

    def _ask(self, path: str, fields: dict[str, str] | None) -> tuple[int, str, str]:
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            answer = self._opener.open(self.served.url + path, body, timeout=120)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, urllib.parse.urlsplit(answer.url).path, answer.read().decode()

    def cookie_header(self) -> str:
        """Return the cookies as a browser would send them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)


def sign_up(served: Portal, email: str, *, name: str = "Ada Tailor") -> None:
    """Make an account and confirm its address through the email."""
    visitor = Visitor(served)
    visitor.submit("/signup", name=name, email=email, password=PASSWORD, accept_terms="y")
    visitor.submit(_link(served, email, "/verify-email/"))


def sign_in(served: Portal, email: str) -> Visitor:
    """Return a browser that is signed in. Raises RuntimeError when the portal does not let it in."""
    visitor = Visitor(served)
    status, path, _ = visitor.submit("/login", email=email, password=PASSWORD)
    if path != "/home":
        raise RuntimeError(f"signing in ended at {path} with {status}")
    return visitor


def _link(served: Portal, email: str, part: str) -> str:
    for _ in range(100):
        emails = json.loads(Visitor(served).get("/dev/mailbox.json")[2])
        for sent in emails:
            found = re.search(rf"https?://[^/\s]+({re.escape(part)}\S+)", sent["text"])
            if email in sent["to"] and found:
                return found[1]
        time.sleep(0.2)
    raise RuntimeError(f"no email with {part} to {email}")
