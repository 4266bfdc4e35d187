"""Calls that leave for somebody else's server: by TLS, to a host that app.py names, without redirects, within bounds.

Call outside of any transaction. No error carries an address, a header or a body: they may hold a key.
"""

import http.client
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from socket import SHUT_RDWR, socket
from urllib.parse import urlsplit

from portal.kit.running import App, Installed

SECONDS = 10
"""How long a call may take from its first byte to its last, however slowly the other side answers."""
MOST = 64 * 1024
"""Bytes of an answer that are read."""


class HostRefused(Exception):
    """The host is none that may be called (P04)."""


class CallFailed(Exception):
    """Nothing that can be used came back: try again later. It says of what kind the failure was."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the beginning of the body, and the headers by their names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether it was taken (2xx). A redirect is not followed and not good."""
        return 200 <= self.status < 300


_ALLOWED = Installed[Callable[[str], bool]]("outgoing_hosts")


def init_app(app: App, is_allowed: Callable[[str], bool]) -> None:
    """Say which hosts may be called."""
    _ALLOWED.install(app, is_allowed)


def post(url: str, body: bytes, *, headers: Mapping[str, str]) -> Answer:
    """Send a body and return the answer. Raises HostRefused, and CallFailed when there is none within the bounds."""
    return call("POST", url, body, headers=headers)


def call(method: str, url: str, body: bytes | None, *, headers: Mapping[str, str], most: int = MOST) -> Answer:
    """Ask, and return the answer, of which at most so many bytes are read. Raises HostRefused and CallFailed as `post`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not _ALLOWED.get()(host):
        raise HostRefused
    connection = _connection(parts.scheme, host, parts.port)
    cut = threading.Event()
    try:
        connection.connect()
        end = threading.Timer(SECONDS, _cut, [connection.sock, cut])
        end.daemon = True
        end.start()
        try:
            connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, response.read(most), told)
        finally:
            end.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CallFailed("Timeout" if cut.is_set() else type(error).__name__) from None
    finally:
        connection.close()
    if cut.is_set():
        raise CallFailed("Timeout")
    return answer


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=SECONDS)


def _cut(connected: socket, cut: threading.Event) -> None:
    cut.set()
    try:
        # Past TLS, which another thread is reading from: its own end would wait for a goodbye.
        socket.shutdown(connected, SHUT_RDWR)
    except OSError:
        return
