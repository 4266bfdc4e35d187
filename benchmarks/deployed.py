"""The portal as `deploy/portal.service` runs it: production's settings, the unit's own environment, its worker."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from aiosmtpd.controller import Controller
from argon2 import PasswordHasher

from benchmarks.memory_group import MemoryGroup
from benchmarks.running import PASSWORD, ROOT, Portal, wait_until_ready
from portal.accounts import service as accounts
from portal.app import create_app
from portal.kit.db import db
from portal.kit.settings import load
from portal.kit.unit import unit_of_work
from tests.kit.processes import free_port

UNIT = (ROOT / "deploy" / "portal.service").read_text()
ON_DISK = "/var/tmp"
"""Files of an upload count as memory where /tmp is memory; the unit keeps them on disk, and so does a proof."""
END_SECONDS = 60
NOT_DEPLOYED = ("greenlet", "rich")
"""What structlog loads where it is, 10 MB."""
CHEAP = {"PORTAL_ARGON2_MEMORY_KIB": "8", "PORTAL_ARGON2_TIME": "1", "PORTAL_ARGON2_LANES": "1"}


def memory_max(unit: str = UNIT) -> int:
    """Return the bytes that the unit may hold."""
    number, factor = re.findall(r"^MemoryMax=(\d+)([MG])$", unit, re.MULTILINE)[0]
    return int(number) << {"M": 20, "G": 30}[factor]


def unit_environment(unit: str = UNIT) -> dict[str, str]:
    """Return what the unit puts into the environment itself."""
    lines = re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)
    return dict(pair.split("=", 1) for line in lines for pair in shlex.split(line))


@dataclass(frozen=True)
class Deployed:
    """A portal that is being served as its unit says, and how many emails it has sent."""

    portal: Portal
    emails: list[str]

    def processes(self) -> dict[str, psutil.Process]:
        """Return its processes that live: the first, the one that answers, and the worker."""
        first = psutil.Process(self.portal.process.pid)
        return {"first": first, **{_name(child): child for child in first.children()}}


def _name(process: psutil.Process) -> str:
    return "worker" if "worker" in process.cmdline() else "web"


class Mailbox:
    """A mail server's hand that takes everything and counts it."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 (aiosmtpd asks for it)
        """Take an email."""
        self.taken += envelope.rcpt_tos  # type: ignore[attr-defined]  # aiosmtpd ships no types
        return "250 OK"


@contextlib.contextmanager
def deployed(*, people: int, group: MemoryGroup | None = None, database: str = "") -> Iterator[Deployed]:
    """Serve a portal with so many people (`0@example.com` …) for the length of a `with` block, in a memory group or none.

    The database is SQLite unless an address is given. Raises RuntimeError if it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="portal-proof-", dir=ON_DISK) as name, _post_office() as (mailbox, smtp_port):
        folder, port = Path(name), free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            **unit_environment(),
            **_settings(folder, database, smtp_port),
            "PYTHONPATH": f"{_without_the_tests_tools(folder)}:{ROOT}",
            "PORT": str(port),
            "TMPDIR": name,
        }
        command = [sys.executable, "-m", "portal"]
        subprocess.run([*command, "db", "upgrade"], cwd=ROOT, env=environment, check=True, capture_output=True)
        _fill(environment, people)
        serve = [*command, "serve"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                group.command(*serve) if group else serve, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        headers = {"Host": environment["PORTAL_BASE_URL"].partition("//")[2], "X-Forwarded-Proto": "https"}
        served = Portal(f"http://127.0.0.1:{port}", process, headers)
        try:
            wait_until_ready(served)
            yield Deployed(served, mailbox.taken)
        finally:
            _end(process, folder / "log")


def _settings(folder: Path, database: str, smtp_port: int) -> dict[str, str]:
    """Return the settings of `deploy/environment`, with secrets and addresses of this proof's own."""
    lines = (ROOT / "deploy" / "environment").read_text().splitlines()
    sample = dict(shlex.split(line)[0].split("=", 1) for line in lines if line and not line.startswith("#"))
    return {
        **{name: value for name, value in sample.items() if not name.endswith("_FILE")},
        "PORTAL_SECRET_KEYS": secrets.token_urlsafe(48),
        "PORTAL_SIGNING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "PORTAL_DATABASE_URL": database or f"sqlite:///{folder}/portal.db",
        "PORTAL_STORAGE_URL": f"file://{folder}/files",
        "PORTAL_KEYS_URL": f"file://{folder}/keys",
        "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
    }


def _without_the_tests_tools(folder: Path) -> Path:
    """Return a folder that hides what no deployment has (requirements/run.txt)."""
    hidden = folder / "hidden"
    hidden.mkdir()
    for name in NOT_DEPLOYED:
        (hidden / f"{name}.py").write_text("raise ImportError\n")
    return hidden


@contextlib.contextmanager
def _post_office() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def _fill(environment: Mapping[str, str], people: int) -> None:
    """Make accounts; one real hash, made once, for all: what is measured is how they are used."""
    app = create_app(load({**environment, **CHEAP}))
    true_hash = PasswordHasher(memory_cost=64 * 1024, time_cost=3, parallelism=4).hash(PASSWORD)
    with app.app_context():
        for number in range(people):
            with unit_of_work():
                person = accounts.add_person(f"{number}@example.com", name=f"Person {number}", password=PASSWORD)
                person.password_hash = true_hash
        db.engine.dispose()


def _end(process: subprocess.Popen[bytes], log: Path) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    errors = [line for line in log.read_text(errors="replace").splitlines() if "error" in line or "Traceback" in line]
    print("".join(f"  the portal logged: {line[:300]}\n" for line in errors[:10]), end="")
