"""A real portal for the proofs: served by `portal serve` on a free port, with data in a folder of its own."""

from __future__ import annotations

import base64
import contextlib
import http.client
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "seven seams of indigo denim"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
UPLOAD = re.compile(r"<form[^>]*multipart.*?</form>", re.DOTALL)
FORM = "application/x-www-form-urlencoded"
File = tuple[str, str, bytes]
"""What is sent as a file: the field's name, the file's name, its bytes."""


@dataclass(frozen=True)
class Portal:
    """A portal that is being served: its address, its first process, and what the proxy before it says."""

    url: str
    process: subprocess.Popen[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)

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
            "PORTAL_SIGNING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
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
            wait_until_ready(served)
            yield served
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=40)
            log.close()


def wait_until_ready(served: Portal) -> None:
    """Wait until the portal answers. Raises RuntimeError when it does not start."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            if Visitor(served).get("/readyz")[0] == 200:
                return
        if served.process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the portal did not start")


class _Connection(http.client.HTTPConnection):
    """A connection that listens also to who answers before all is sent, as browsers and proxies do."""

    def endheaders(self, *body: object, **options: object) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            super().endheaders(*body, **options)


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request)


class Visitor:
    """A browser without a window: keeps cookies, follows redirects, fills in forms."""

    def __init__(self, served: Portal, *, comes_from: str = "") -> None:
        self.served = served
        # Between the proxy and the portal nothing is encrypted, and the portal's cookies are for what is.
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("https", "http"))
        self.cookies = http.cookiejar.CookieJar(policy)
        self._opener = urllib.request.build_opener(_Handler, urllib.request.HTTPCookieProcessor(self.cookies))
        # Counts behind a proxy of ours only (PORTAL_PROXY_COUNT).
        self._headers = {**served.headers, **({"X-Forwarded-For": comes_from} if comes_from else {})}
        self.answer = Message()
        """The headers of the last answer."""

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
        return self._ask(path, urllib.parse.urlencode({"csrf_token": token, **fields}).encode())

    def upload(self, path: str, files: Sequence[File], **fields: str) -> tuple[int, str, str]:
        """Open a page, fill in its form, choose files and send it."""
        form = UPLOAD.search(self.get(path)[2])
        if not form:
            raise RuntimeError(f"{path} has no form for files")
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(form[0])}
        return self._ask(path, *_multipart({**hidden, **fields}, files))

    def _ask(self, path: str, body: bytes | None, kind: str = FORM) -> tuple[int, str, str]:
        headers = self._headers if body is None else {**self._headers, "Content-Type": kind}
        request = urllib.request.Request(self.served.url + path, body, headers)
        try:
            answer = self._opener.open(request, timeout=120)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.answer = answer.headers
            return answer.status, urllib.parse.urlsplit(answer.url).path, answer.read().decode()

    def cookie_header(self) -> str:
        """Return the cookies as a browser would send them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)


def _multipart(fields: Mapping[str, str], files: Sequence[File]) -> tuple[bytes, str]:
    """Return a form with files as a browser sends it (RFC 7578), and its content type."""
    boundary = secrets.token_hex(16)
    parts = [f'name="{name}"\r\n\r\n'.encode() + value.encode() for name, value in fields.items()]
    parts += [
        f'name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + data
        for name, file, data in files
    ]
    body = b"".join(b"--%s\r\nContent-Disposition: form-data; %s\r\n" % (boundary.encode(), part) for part in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def sign_up(served: Portal, email: str, *, name: str = "Ada Tailor") -> None:
    """Make an account and confirm its address through the email."""
    visitor = Visitor(served)
    visitor.submit("/signup", name=name, email=email, password=PASSWORD, accept_terms="y")
    visitor.submit(_link(served, email, "/verify-email/"))


def sign_in(served: Portal, email: str, *, comes_from: str = "") -> Visitor:
    """Return a browser that is signed in. Raises RuntimeError when the portal does not let it in."""
    visitor = Visitor(served, comes_from=comes_from)
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
