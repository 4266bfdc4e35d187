"""The commands: plain words, plain errors, and processes that end when they are told to."""

import os
import signal
import socket
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.kit.processes import FAST_HASH, children, command_of, environment, free_port, run, started, wait_for

pytestmark = [
    pytest.mark.xdist_group("processes"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]
COMMANDS = [
    "", "serve", "worker", "db", "db upgrade", "register", "promises", "promises check", "sweep", "demo",
    "keys", "keys rotate",
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database whose tables are there."""
    from portal.app import create_app
    from portal.kit.db import db
    from tests.conftest import make_settings

    folder = tmp_path_factory.mktemp("commands")
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'portal.db'}"))
    with app.app_context():
        db.create_all()
    return folder


@pytest.fixture
def env(place: Path) -> dict[str, str]:
    """The environment of a portal in that folder."""
    return environment(place, f"sqlite:///{place / 'portal.db'}", **FAST_HASH)


def test_every_command_explains_itself_without_any_setting():
    """In one process, for the sake of time: no command's help may build the app."""
    from click.testing import CliRunner

    from portal import cli

    for command in COMMANDS:
        shown = CliRunner().invoke(cli.main, [*command.split(), "--help"], env={"PORTAL_ENV": "rubbish"})
        assert shown.exit_code == 0, command
        assert shown.output.startswith("Usage:")
        assert len(shown.output.splitlines()) > 4


def test_a_wrong_setting_is_one_plain_message_and_exit_status_1(env):
    done = run("register", env={**env, "PORTAL_COLOUR": "a-secret-value"})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "Error: The portal cannot start. Please fix these settings:",
        "  PORTAL_COLOUR: no such setting",
    ]


def test_a_provider_that_is_no_vendor_is_a_plain_message_too(env):
    done = run("register", env={**env, "PORTAL_SMTP_URL": "smtp://u:hidden@stranger.example"})
    assert (done.returncode, "Traceback" in done.stderr, "hidden" in done.stderr) == (1, False, False)
    assert "stranger.example" in done.stderr


def test_a_database_that_does_not_answer_is_a_plain_message(env):
    done = run("promises", "check", env={**env, "PORTAL_DATABASE_URL": "postgresql+psycopg://u:hidden@127.0.0.1:1/x"})
    assert (done.returncode, "Traceback" in done.stderr, "hidden" in done.stderr + done.stdout) == (1, False, False)
    assert "does not answer" in done.stderr


def test_an_unknown_command_says_so(env):
    assert run("dance", env=env).returncode == 2


def test_serve_on_a_taken_port_says_so_and_stops_before_it_touches_the_database(tmp_path):
    env = environment(tmp_path, f"sqlite:///{tmp_path / 'portal.db'}", **FAST_HASH)
    with socket.socket() as taken:
        # As the server itself listens: willing to share.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--demo", "--port", str(port), env=env)
    assert (done.returncode, done.stdout) == (1, "")
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"Error: Port {port} on 127.0.0.1 is taken.")
    assert not (tmp_path / "portal.db").exists()


def test_serve_on_an_address_of_another_machine_says_so(env):
    done = run("serve", "--host", "192.0.2.1", env=env)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith("Error: Cannot listen on 192.0.2.1")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_serve_ends_and_its_worker_with_it(env, tmp_path, how):
    port = free_port()
    with started("serve", "--port", str(port), env=env, log=tmp_path / "log") as serve:
        wait_for(lambda: answers(port))
        worker = wait_for(lambda: worker_of(serve.pid))
        serve.send_signal(how)
        assert serve.wait(timeout=40) in (0, -how)
        wait_for(lambda: not command_of(worker), seconds=10)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_worker_that_dies_is_started_anew_and_one_whose_parent_dies_ends(env, tmp_path):
    port = free_port()
    with started("serve", "--port", str(port), env=env, log=tmp_path / "log") as serve:
        wait_for(lambda: answers(port))
        first = wait_for(lambda: worker_of(serve.pid))
        os.kill(first, signal.SIGKILL)
        second = wait_for(lambda: (found := worker_of(serve.pid)) and found != first and found)
        wait_for(lambda: "process.died" in (tmp_path / "log").read_text())
        wait_for(lambda: "--beside" in command_of(second))
        serve.kill()
        serve.wait(timeout=10)
        wait_for(lambda: not command_of(second), seconds=20)


def test_without_a_worker_serve_starts_none(env, tmp_path):
    port = free_port()
    with started("serve", "--no-worker", "--port", str(port), env=env, log=tmp_path / "log") as serve:
        wait_for(lambda: answers(port))
        assert worker_of(serve.pid) is None


def answers(port: int) -> bool:
    """Tell whether the portal answers on a port."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def worker_of(pid: int) -> int | None:
    """Return the worker that a serving process has started."""
    return next((child for child in children(pid) if " worker" in command_of(child)), None)
