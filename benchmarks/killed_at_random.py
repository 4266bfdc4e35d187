"""Nothing acknowledged is lost: any process of `make run` is killed at any moment, under load, while commands look.

The ledger of what was acknowledged is kept by the visitors, outside the portal. `python -m benchmarks.killed_at_random
SECONDS` takes longer or shorter than four minutes.
"""

from __future__ import annotations

import base64
import contextlib
import os
import random
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path

import psutil

from benchmarks.running import PASSWORD, ROOT, Portal, Visitor
from portal.demo import COMPANY
from portal.kit.ending import END_SECONDS

SECONDS = 240
VISITORS = 4
COMMANDS = (("promises", "check"), ("register",), ("sweep", "--dry-run"), ("staff", "list"))
READY_WITHIN = 90
ORPHANS_GONE_WITHIN = 5
STEP_KILLED = 256 - signal.SIGKILL
"""How `serve` ends when what it migrates and fills the database with was killed: whoever started it starts it again."""
FEWEST_PER_MINUTE = 15


class Trial:
    """A portal in a folder, its ledger, and the hand that kills."""

    def __init__(self, folder: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.folder, self.over = Path(folder), threading.Event()
        self.ledger: set[str] = set()
        self.killed: Counter[str] = Counter()
        self.faults: list[str] = []
        self.log_path, self.log_read = self.folder / "log", 0
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")},
            "PYTHONPATH": str(ROOT),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PORTAL_ENV": "development",
            "PORTAL_SECRET_KEYS": secrets.token_urlsafe(48),
            "PORTAL_SIGNING_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.db",
            "PORTAL_STORAGE_URL": f"file://{folder}/files",
            "PORTAL_KEYS_URL": f"file://{folder}/keys",
            # Each visitor comes from elsewhere, and a hash costs little: the load is on the database.
            "PORTAL_PROXY_COUNT": "1",
            "PORTAL_ARGON2_MEMORY_KIB": "8",
            "PORTAL_ARGON2_TIME": "1",
            "PORTAL_ARGON2_LANES": "1",
        }
        self.served = self.serve()

    def serve(self) -> Portal:
        """Start the server; what stands in the log by then is of others before it."""
        self.log_read = self.log_path.stat().st_size if self.log_path.exists() else 0
        return Portal(f"http://127.0.0.1:{self.port}", self.start("serve", "--demo"))

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of the portal."""
        command = [sys.executable, "-m", "portal", *arguments]
        with self.log_path.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def sign_up_people(self) -> None:
        """Sign up one person after the other, and note each who was told that an email is on its way."""
        while not self.over.is_set():
            email = f"person{secrets.token_hex(8)}@example.com"
            visitor = Visitor(self.served, comes_from=".".join(["10", *(str(random.randrange(256)) for _ in range(3))]))
            try:
                status, path, _ = visitor.submit(
                    "/signup", name="Ada Tailor", email=email, password=PASSWORD, accept_terms="y"
                )
            except (OSError, RuntimeError, HTTPException):
                time.sleep(0.05)
                continue
            if status == 200 and path.startswith("/signup/check-email/"):
                self.ledger.add(email)

    def look(self) -> None:
        """Open and leave the database with one command after the other; every third is killed on the way."""
        while not self.over.is_set():
            command = self.start(*random.choice(COMMANDS))
            if random.random() < 1 / 3:
                time.sleep(random.uniform(0, 3))
                command.kill()
                self.killed["command"] += 1
            command.wait()

    def wait_until_ready(self) -> bool:
        """Wait for the portal to answer; a fault when it never does."""
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            with contextlib.suppress(OSError, HTTPException):
                if Visitor(self.served).get("/readyz")[0] == 200:
                    return True
            if self.served.process.poll() is not None:
                if not self.gave_up() and self.served.process.returncode != STEP_KILLED:
                    break
                self.start_again([])
            time.sleep(0.1)
        self.faults.append(f"it did not get ready (exit status {self.served.process.poll()})")
        return False

    def gave_up(self) -> bool:
        """Tell whether the server ended because the process that answers was killed twice within seconds, and said so."""
        return b"Worker crash loop detected, exiting" in self.log_path.read_bytes()[self.log_read :]

    def kill_one(self) -> None:
        """Kill a process of the running portal. The first takes the others with it, and is started anew at once."""
        if self.served.process.poll() is not None:
            return
        first = psutil.Process(self.served.process.pid)
        tree = [first, *first.children()]
        victim = random.choice(tree)
        name = "first" if victim == first else "worker" if "worker" in victim.cmdline() else "web"
        victim.kill()
        self.killed[name] += 1
        if victim == first:
            self.start_again(tree[1:])

    def start_again(self, children: list[psutil.Process]) -> None:
        """Start the portal on its port, as its user does who sees it gone; nobody of the last one stays."""
        self.served.process.wait()
        time.sleep(random.uniform(0, 0.5))
        self.served = self.serve()
        # Who answers ends with the first process; the worker may finish the job in its hands.
        workers = [process for process in children if process.is_running() and "worker" in process.cmdline()]
        _gone, left = psutil.wait_procs([each for each in children if each not in workers], timeout=ORPHANS_GONE_WITHIN)
        left += psutil.wait_procs(workers, timeout=END_SECONDS + ORPHANS_GONE_WITHIN)[1]
        self.faults += [f"an orphan is left: {' '.join(process.cmdline())}" for process in left if process.is_running()]

    def run(self, seconds: float) -> None:
        """Kill at random for so long, half of the times while it is still starting; then stop in good order."""
        threads = [threading.Thread(target=self.sign_up_people) for _each in range(VISITORS)]
        threads.append(threading.Thread(target=self.look))
        for thread in threads:
            thread.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.faults:
            if random.random() < 1 / 2 and not self.wait_until_ready():
                break
            time.sleep(random.uniform(0, 4))
            with contextlib.suppress(psutil.NoSuchProcess):
                self.kill_one()
        self.wait_until_ready()
        self.over.set()
        for thread in threads:
            thread.join()
        self.served.process.send_signal(signal.SIGTERM)
        self.served.process.wait(timeout=60)

    def compare(self) -> None:
        """Compare the ledger with what another program reads from the database."""
        with sqlite3.connect(self.folder / "portal.db") as connection:
            there = {email for (email,) in connection.execute("SELECT email FROM sign_up")}
            if (found := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                self.faults.append(f"the database is damaged: {found}")
            if (people := connection.execute("SELECT count(*) FROM person").fetchone()[0]) != len(COMPANY):
                self.faults.append(f"the demo company has {people} people")
        if lost := self.ledger - there:
            self.faults.append(f"{len(lost)} acknowledged sign-ups are lost")


def main(seconds: float) -> int:
    """Run the trial and say what came of it. Returns 0 when nothing was lost."""
    with tempfile.TemporaryDirectory(prefix="portal-proof-") as folder:
        trial = Trial(folder)
        try:
            trial.run(seconds)
            trial.compare()
        finally:
            trial.over.set()
            trial.served.process.kill()
            if trial.faults:
                print(trial.log_path.read_text()[-4000:])
    print(f"{len(trial.ledger)} sign-ups acknowledged; killed: {dict(trial.killed)}")
    if len(trial.ledger) < FEWEST_PER_MINUTE * seconds / 60:
        trial.faults.append("too few sign-ups got through to say anything")
    for fault in trial.faults:
        print(f"FAULT: {fault}")
    return 1 if trial.faults else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
