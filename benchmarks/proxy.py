"""The proxy in front: nginx takes the configuration of `deploy/`, and bodies that drip silence nobody behind it (S44).

The portal is served as its unit says, nginx by `deploy/nginx.conf` with ports, files and a certificate of this proof's own.
Two hundred bodies that drip silence a portal that is reached without it; through it every page answers within a second, and
a body that pauses is given up. Large requests that the portal refuses before it has read them are answered through it too.
"""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.deployed import ON_DISK, Deployed, deployed
from benchmarks.running import ROOT
from tests import needs
from tests.kit.processes import free_port

NEED = "nginx"
HOST = "portal.example.com"
DRIPS, ADDRESSES = 200, 5
"""An address may hold 40 connections."""
DRIP_SECONDS, SECONDS = 1, 15
WITHIN_SECONDS = 1.0
PATIENCE_SECONDS = 60
SILENT_SECONDS = 5
GIVES_UP_WITHIN = 30
LARGE, LARGE_BYTES = 40, 9_000_000
PAGES = ("/healthz", "/readyz", "/", "/login", "/contact")
MAIN = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/main.log;
events {{ worker_connections 1024; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/portal.conf;
}}
"""


@dataclass(frozen=True)
class Door:
    """Where the portal is reached: a port of the loopback, through nginx by TLS or without it."""

    port: int
    trusts: Path | None = None

    def open(self, source: str = "127.0.0.1", *, patience: float = PATIENCE_SECONDS) -> socket.socket:
        """Open a connection from an address of the loopback."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=patience, source_address=(source, 0))
        context = ssl.create_default_context(cafile=self.trusts) if self.trusts else None
        return context.wrap_socket(plain, server_hostname=HOST) if context else plain

    def ask(self, path: str, *, patience: float = PATIENCE_SECONDS) -> tuple[int, float]:
        """Open a page; return its status, 0 when nobody answers in time, and the seconds that it took."""
        began, told = time.monotonic(), b""
        with contextlib.suppress(OSError), self.open(patience=patience) as connection:
            connection.sendall(_head("GET", path))
            told = _all(connection)
        return _status(told), time.monotonic() - began


def main(_arguments: list[str]) -> int:
    """Run the proof and say what came of it. Returns 0 when it holds, 1 when not or when nginx is missing."""
    if needs.find(NEED) is None:
        needs.install([NEED])
    program = needs.find(NEED)
    if program is None:
        print(needs.how_to_get(NEED))
        return 1
    with tempfile.TemporaryDirectory(prefix="portal-proof-", dir=ON_DISK) as name, deployed(people=0) as unit:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker is nobody of ours
        with nginx(program, folder, unit) as through:
            faults = [*silences_the_bare_portal(unit), *pages_answer(through), *gives_up(through), *large(through)]
        faults += says_no_address(folder)
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


@contextlib.contextmanager
def nginx(program: str, folder: Path, unit: Deployed) -> Iterator[Door]:
    """Run nginx in front of a portal for the length of a `with` block. Raises RuntimeError for a wrong configuration."""
    door = Door(free_port(), folder / "fullchain.pem")
    _write_certificate(folder)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    (folder / "portal.conf").write_text(_configuration(folder, int(unit.portal.url.rpartition(":")[2]), door.port))
    command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    if tried.returncode:
        raise RuntimeError(f"nginx refuses the configuration: {tried.stderr}")
    process = subprocess.Popen(command)
    try:
        while door.ask("/healthz")[0] != 200 and process.poll() is None:
            time.sleep(0.1)
        yield door
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)


def _configuration(folder: Path, portal_port: int, port: int) -> str:
    """Return `deploy/nginx.conf` with other ports and names of files; all else stays as it is."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for was, now in (
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{portal_port};"),
        (r"listen \[::\]:[^;]*;", ""),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"listen 443 ", f"listen 127.0.0.1:{port} "),
        (r"/etc/letsencrypt/live/portal\.example\.com/", f"{folder}/"),
        (r"/var/log/nginx/", f"{folder}/"),
    ):
        text, times = re.subn(was, now, text)
        if not times:
            raise RuntimeError(f"deploy/nginx.conf has no {was}")
    return text


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*pem))


def _head(method: str, path: str, **headers: object) -> bytes:
    told = {"Host": HOST, "Connection": "close", "X-Forwarded-Proto": "https", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def _status(told: bytes) -> int:
    return int(told.split(None, 2)[1]) if told.startswith(b"HTTP/") else 0


@contextlib.contextmanager
def dripping(door: Door) -> Iterator[None]:
    """Have 200 forms drip into a door, a byte a second, for the length of a `with` block."""
    over = threading.Event()
    head = _head("POST", "/newsletter", Content_Type="application/x-www-form-urlencoded", Content_Length=100_000)

    def drip(number: int) -> None:
        with contextlib.suppress(OSError), door.open(f"127.0.2.{number % ADDRESSES + 1}") as connection:
            connection.sendall(head)
            while not over.wait(DRIP_SECONDS):
                connection.sendall(b"a")

    threads = [threading.Thread(target=drip, args=(number,)) for number in range(DRIPS)]
    for thread in threads:
        thread.start()
    time.sleep(2 * DRIP_SECONDS)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def silences_the_bare_portal(unit: Deployed) -> list[str]:
    """Without a proxy the drips do what they are said to: else this proof would show nothing."""
    bare = Door(int(unit.portal.url.rpartition(":")[2]))
    with dripping(bare):
        status, _seconds = bare.ask("/healthz", patience=SILENT_SECONDS)
    print("200 bodies that drip: " + ("the bare portal is silent" if status == 0 else "the bare portal answers"))
    return [] if status == 0 else ["200 bodies that drip do not silence the portal without a proxy: try more"]


def pages_answer(door: Door) -> list[str]:
    """While bodies drip through the proxy, every page answers within a second."""
    slowest: dict[str, float] = dict.fromkeys(PAGES, 0.0)
    statuses: Counter[int] = Counter()
    with dripping(door):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for page in PAGES:
                status, seconds = door.ask(page)
                statuses[status] += 1
                slowest[page] = max(slowest[page], seconds)
    print("through the proxy: " + ", ".join(f"{page} {seconds:.2f} s" for page, seconds in slowest.items()) + " at worst")
    late = [f"{page} took {seconds:.2f} s behind the proxy" for page, seconds in slowest.items() if seconds > WITHIN_SECONDS]
    return late + ([] if set(statuses) == {200} else [f"pages behind the proxy answer {dict(statuses)}"])


def gives_up(door: Door) -> list[str]:
    """A body that pauses is given up, whatever it has sent so far."""
    began = time.monotonic()
    with contextlib.suppress(OSError), door.open(patience=2 * GIVES_UP_WITHIN) as connection:
        connection.sendall(_head("POST", "/newsletter", Content_Length=1000) + b"a")
        _all(connection)
    seconds = time.monotonic() - began
    print(f"a body that pauses is given up after {seconds:.0f} s")
    return [] if seconds < GIVES_UP_WITHIN else [f"a body that pauses is held for {seconds:.0f} s"]


def large(door: Door) -> list[str]:
    """Strangers send 9 MB at once, each from another address: read and answered, or told when to come back."""
    start = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    body = start + b"x" * LARGE_BYTES + b"\r\n--x--\r\n"
    head = _head("POST", "/contact", Content_Type="multipart/form-data; boundary=x", Content_Length=len(body))

    def send(number: int) -> str:
        with contextlib.suppress(OSError), door.open(f"127.0.3.{number + 1}") as connection:
            connection.sendall(head + body)
            told = _all(connection)
            return f"{_status(told)}{' Retry-After' * (b'retry-after:' in told.lower())}"
        return "no answer"

    with ThreadPoolExecutor(LARGE) as pool:
        answers = Counter(pool.map(send, range(LARGE)))
    print(f"large requests through the proxy: {dict(answers)}")
    # Without a token of ours each that was read is refused as a form that was open too long.
    return [] if set(answers) <= {"422", "503 Retry-After"} else [f"large requests are answered {dict(answers)}"]


def says_no_address(folder: Path) -> list[str]:
    """The access log holds lines, and no address."""
    log = (folder / "portal.log").read_text()
    return [] if "/healthz" in log and "127.0." not in log else ["nginx logs an address, or nothing"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
