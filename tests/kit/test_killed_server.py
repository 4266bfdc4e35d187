"""The portal of `make run`, killed process by process: what it has acknowledged stays, and the next start finds its port."""

import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from click import ClickException

from portal.server import hold_port
from tests.kit.processes import FAST_HASH, children, command_of, environment, free_port, run, started, wait_for

pytestmark = [
    pytest.mark.xdist_group("processes"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Place:
    """A portal on SQLite in a folder of its own, and the ledger of what it has acknowledged, kept outside of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.ledger: list[str] = []
        self.env = environment(folder, f"sqlite:///{folder / 'portal.db'}", **FAST_HASH)

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
        except OSError:
            return 0, "", ""

    def answers(self) -> bool:
        """Tell whether the portal is ready."""
        return self.ask("/readyz")[0] == 200

    def sign_up(self) -> None:
        """Sign somebody up. Whoever is shown the page that says so stands in the ledger."""
        browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        if not (tokens := TOKEN.findall(self.ask("/signup", browser)[2])):
            return
        email = f"person{len(self.ledger)}.{time.time_ns()}@example.com"
        fields = {"name": "Ada Tailor", "email": email, "password": "seven seams of indigo denim", "accept_terms": "y"}
        if "/signup/check-email/" in self.ask("/signup", browser, csrf_token=tokens[-1], **fields)[1]:
            self.ledger.append(email)

    def lost(self) -> set[str]:
        """Return who was told of a sign-up that is not there, as another program reads the file."""
        with sqlite3.connect(self.folder / "portal.db") as connection:
            return set(self.ledger) - {email for (email,) in connection.execute("SELECT email FROM sign_up")}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty folder for a portal."""
    return Place(tmp_path)


def web_of(pid: int) -> int | None:
    """Return the process that answers, of a serving one."""
    return next((child for child in children(pid) if " serve" in command_of(child)), None)


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


def test_nothing_acknowledged_is_lost_whichever_process_is_killed_while_commands_look(place: Place):
    def killed(whom: Callable[[int], int | None]) -> None:
        """Kill one, sign up with whoever answers yet, have commands open and leave the database, and sign up once more."""
        kill(whom(first.pid))
        place.sign_up()
        run("promises", "check", env=place.env)
        run("register", env=place.env)
        place.sign_up()

    with place.serve() as first:
        wait_for(place.answers)
        place.sign_up()
        killed(web_of)
        wait_for(place.answers)
        place.sign_up()
        killed(lambda pid: pid)
    with place.serve():
        wait_for(place.answers)
        place.sign_up()
        assert len(place.ledger) >= 3
        assert place.lost() == set()
    assert place.lost() == set()


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
