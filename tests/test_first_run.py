"""`make run` in a fresh checkout: it prints who may sign in, answers, stops cleanly at Ctrl-C, and starts again at once."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import FOLDER_OF_SITECUSTOMIZE, for_a_process

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds, for a machine that is busy with other tests


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what git knows, with the environment of this run standing in for a freshly made one."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    # The command `portal` says itself where Python looks for modules, so the clock is put before that here.
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{FOLDER_OF_SITECUSTOMIZE}:$PYTHONPATH" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (tmp_path / ".venv" / ".run").touch()
    return tmp_path


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def running(checkout: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Type `make run` as a person at a terminal does: in a process group of its own, which Ctrl-C reaches as a whole."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "MAKE", "MFLAGS"))}
    output = checkout / "output"
    with output.open("wb") as stream:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=checkout,
            env=for_a_process({**kept, "PORT": str(port), "HOST": "127.0.0.1"}),
            stdout=stream,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            yield make, output
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(make.pid, signal.SIGKILL)
            make.wait()


def answer(make: subprocess.Popen[bytes], port: int, path: str) -> int:
    """Ask until the portal answers; return the status, or 0 when it has ended or never does."""
    until = time.monotonic() + PATIENCE
    while make.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
    return 0


def stand_in(output: Path) -> int:
    """Return the port on which Stripe's stand-in answers, as the portal has said."""
    return int(re.search(r"stand-in for Stripe at http://127\.0\.0\.1:(\d+)\.", output.read_text())[1])


def press_ctrl_c(make: subprocess.Popen[bytes]) -> None:
    """End the group as a terminal does, and wait for it."""
    os.killpg(make.pid, signal.SIGINT)
    make.wait(timeout=60)


@pytest.mark.skipif(shutil.which("make") is None, reason="make is missing: apt-get install make")
def test_the_portal_is_there_with_one_command_and_gone_with_one_key(checkout: Path) -> None:
    port = free_port()
    with running(checkout, port) as (make, output):
        assert answer(make, port, "/readyz") == 200, output.read_text()
        assert answer(make, port, "/") == 200
        assert answer(make, port, "/dev/mailbox") == 200
        payments = stand_in(output)
        assert answer(make, payments, "/") == 200
        press_ctrl_c(make)
    printed = output.read_text()
    assert re.search(r"ada@example\.com\s+\S{12,}", printed), printed
    assert "Traceback" not in printed
    for closed in (port, payments):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", closed), timeout=1)
    with running(checkout, port) as (make, output):
        assert answer(make, port, "/readyz") == 200
        press_ctrl_c(make)
    again = output.read_text()
    assert not re.search(r"ada@example\.com\s+\S{12,}", again), "a second run draws no new passwords"
    assert f"http://127.0.0.1:{port}/forgot-password" in again
    assert "ada@example.com, ben@example.com, sam@example.com, sena@example.com, pia@example.com" in again
    assert "Traceback" not in again
    for said in (printed, again):
        assert f"Staff (sam@example.com, sena@example.com, pia@example.com): open http://127.0.0.1:{port}/admin/" in said
    assert {path.name for path in (checkout / "instance").iterdir()} >= {"portal.db", "secret_key", "stripe.json"}
