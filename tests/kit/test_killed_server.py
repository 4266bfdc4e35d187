"""The portal of `make run`, killed process by process: what it has acknowledged stays, and the next start finds its port."""

import http.cookiejar
import os
import random
import re
import signal
import socket
import sqlite3
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from click import ClickException

from portal.server import STOP_SECONDS, hold_port
from tests.kit.processes import FAST_HASH, children, command_of, environment, free_port, run, started, wait_for

pytestmark = [
    pytest.mark.xdist_group("processes"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]
Entry = tuple[str, str, str]
"""What was acknowledged: table, column, value."""
REFERENCE = re.compile(r"Your reference is ([\w-]+)")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Place:
    """A portal on SQLite in a folder of its own, and the ledger of what it has acknowledged, kept outside of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.ledger: list[Entry] = []
        # Behind a proxy everybody has an address of their own, so that no limit per client stops the writing.
        self.env = environment(folder, f"sqlite:///{folder / 'portal.db'}", PORTAL_PROXY_COUNT="1", **FAST_HASH)

    def serve(self, *options: str):
        """Start `portal serve`; whatever it started ends with the block."""
        return started("serve", "--demo", "--port", str(self.port), *options, env=self.env, log=self.folder / "log")

    def ask(self, path: str, opener=None, **fields: str) -> tuple[int, str, str]:
        """Open a page, or send a form; return status, address and text. Status 0 stands for nobody who answers."""
        body = urlencode(fields).encode() if fields else None
        try:
            with (opener or build_opener()).open(f"http://127.0.0.1:{self.port}{path}", body, timeout=20) as answer:
                return answer.status, answer.url, answer.read().decode()
        except HTTPError as error:
            return error.code, error.url, ""
        except (OSError, HTTPException):
            # Nobody listens, or whoever did was killed half way through its answer.
            return 0, "", ""

    def answers(self) -> bool:
        """Tell whether the portal is ready."""
        return self.ask("/readyz")[0] == 200

    def sign_up(self) -> None:
        """Sign somebody up. Whoever is shown the page that says so stands in the ledger."""
        email = f"person{uuid.uuid4()}@example.com"
        fields = {"name": "Ada Tailor", "email": email, "password": "seven seams of indigo denim", "accept_terms": "y"}
        if "/signup/check-email/" in self._send("/signup", fields)[1]:
            self.ledger.append(("sign_up", "email", email))

    def write_to_us(self) -> None:
        """Send a message. The reference that is shown stands in the ledger."""
        fields = {"name": "Ben", "email": f"{uuid.uuid4()}@example.com", "subject": "Sizes", "message": "Which one fits?"}
        if found := REFERENCE.search(self._send("/contact", fields)[2]):
            self.ledger.append(("ticket", "reference", found[1]))

    def _send(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        browser.addheaders = [("X-Forwarded-For", f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1")]
        tokens = TOKEN.findall(self.ask(path, browser)[2])
        return self.ask(path, browser, csrf_token=tokens[-1], **fields) if tokens else (0, "", "")

    @contextmanager
    def load(self) -> Iterator[None]:
        """Have several people sign up and write all the while, whether anybody answers or not."""
        ended = threading.Event()

        def go_on(write: Callable[[], None]) -> None:
            while not ended.is_set():
                write()
                ended.wait(0.02)

        threads = [threading.Thread(target=go_on, args=(each,)) for each in (self.sign_up, self.write_to_us) * 2]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def wait_for_more(self, entries: int) -> None:
        """Wait until so many more writes are acknowledged."""
        goal = len(self.ledger) + entries
        wait_for(lambda: len(self.ledger) >= goal, seconds=90)

    def lost(self) -> set[Entry]:
        """Return what was acknowledged and is not there, as another program reads the file."""
        with sqlite3.connect(self.folder / "portal.db") as connection:
            return {
                (table, column, value)
                for table, column, value in self.ledger
                # Names of the test's own.
                if not connection.execute(f"SELECT 1 FROM {table} WHERE {column} = ?", (value,)).fetchone()
            }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder for a portal."""
    return Place(tmp_path)


def web_of(pid: int) -> int | None:
    """Return the process that answers, of a serving one."""
    return next((child for child in children(pid) if " serve" in command_of(child)), None)


def worker_of(pid: int) -> int | None:
    """Return the worker beside the web server of a serving process."""
    return next((child for child in children(pid) if " worker" in command_of(child)), None)


def opens_database(pid: int) -> bool:
    """Tell whether a process has a file of the database open (Linux)."""
    opened = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            opened.append(str(each.readlink()))
    return any("portal.db" in path for path in opened)


def kill(pid: int) -> None:
    """End a process as no process can prevent."""
    os.kill(pid, signal.SIGKILL)


def test_the_first_process_opens_no_database_so_none_that_it_starts_inherits_it(place: Place):
    with place.serve() as first:
        wait_for(place.answers)
        assert opens_database(web_of(first.pid))
        assert not opens_database(first.pid)


def test_nothing_acknowledged_is_lost_whoever_is_killed_under_load_while_commands_look(place: Place):
    """Each process, the first one last, after a drawn number of acknowledged writes: others are half way then.

    Commands open and leave the database while somebody may answer yet. Moments are drawn anew in `make prove`.
    """
    drawn = random.Random(51)
    victims = drawn.sample([web_of, worker_of], 2)
    with place.load():
        with place.serve() as first:
            for victim in (*victims, lambda pid: pid):
                place.wait_for_more(drawn.randint(1, 6))
                kill(wait_for(lambda victim=victim: victim(first.pid)))
                assert run("register", env=place.env).returncode == 0
        with place.serve():
            place.wait_for_more(drawn.randint(1, 6))
            assert run("promises", "check", env=place.env).returncode in (0, 1)
            assert place.lost() == set()
    assert place.lost() == set()
    assert {table for table, _column, _value in place.ledger} == {"sign_up", "ticket"}


def test_a_killed_first_process_leaves_nobody_on_its_port(place: Place):
    with place.serve() as first:
        wait_for(place.answers)
        web = web_of(first.pid)
        first.kill()
        first.wait(timeout=10)
        wait_for(lambda: command_of(web) == "", seconds=2)
        assert place.ask("/healthz")[0] == 0
        with place.serve():
            wait_for(place.answers)


def test_a_process_that_hangs_does_not_keep_the_portal_from_stopping(place: Place):
    with place.serve() as first:
        wait_for(place.answers)
        web = web_of(first.pid)
        os.kill(web, signal.SIGSTOP)
        first.send_signal(signal.SIGINT)
        assert first.wait(timeout=2 * STOP_SECONDS) == 0
        assert command_of(web) == ""


def test_the_port_is_held_also_while_nobody_listens_on_it_yet_or_for_a_moment(place: Place):
    with hold_port("127.0.0.1", place.port):
        with pytest.raises(ClickException, match=f"Port {place.port} on 127.0.0.1 is taken"):
            hold_port("127.0.0.1", place.port)
        with socket.socket() as own:
            # As the server's processes listen.
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            own.bind(("127.0.0.1", place.port))
            own.listen()
    hold_port("127.0.0.1", place.port).close()
