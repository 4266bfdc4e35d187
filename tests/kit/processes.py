"""The portal as real processes at the test's clock: start a command, wait for something to be so, end it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.clock import for_a_process

ROOT = Path(__file__).resolve().parents[2]
FAST_HASH = {"PORTAL_ARGON2_MEMORY_KIB": "8", "PORTAL_ARGON2_TIME": "1", "PORTAL_ARGON2_LANES": "1"}


def environment(folder: Path, database: str, **settings: str) -> dict[str, str]:
    """Return the environment of a developer's portal that keeps everything in a folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {
        **clean,
        "PYTHONPATH": str(ROOT),
        "PORTAL_ENV": "development",
        "PORTAL_SECRET_KEYS": "a-secret-for-tests-of-32-characters-or-more",
        "PORTAL_SIGNING_KEYS": "c2VlZHMgYXJlIHRoaXJ0eS10d28gYnl0ZXMgbG9uZyE=",
        "PORTAL_DATABASE_URL": database,
        "PORTAL_STORAGE_URL": f"file://{folder / 'files'}",
        "PORTAL_KEYS_URL": f"file://{folder / 'keys'}",
        "PORTAL_MAIL_FROM": "Portal <portal@example.com>",
        **settings,
    }


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the portal to its end."""
    command = [sys.executable, "-m", "portal", *arguments]
    return subprocess.run(command, env=for_a_process(env), cwd=ROOT, capture_output=True, text=True, timeout=120)


def python(code: str, *arguments: str, env: dict[str, str]) -> str:
    """Run a few lines of Python to their end and return what they printed. Raises CalledProcessError."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=for_a_process(env), cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


@contextmanager
def started(*arguments: str, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command of the portal; whatever it started ends with the block."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", *arguments],
            env=for_a_process(env),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait(timeout=10)


def wait_for(what: Callable[[], Any], *, seconds: float = 45) -> Any:
    """Wait until `what` returns something true, and return it. Fails when the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} seconds in vain")


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run (Linux)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def command_of(pid: int) -> str:
    """Return the command line of a process (Linux)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
