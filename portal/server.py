"""The web server of `portal serve`, and the worker beside it.

The first process opens no database: a process that is forked from one that has opened SQLite believes that it holds its
parent's locks and takes none, and the next command that looks deletes the log under it (https://sqlite.org/howtocorrupt.html,
2.6). Whatever it starts ends with it, so that no orphan answers on the port.

Nor does it load the portal: it lives as long as the portal does and needs nothing of it, and what it held would be held
twice, since each page of memory that a forked process so much as counts a reference in becomes a copy. So `portal serve`
goes on as this module, in the same process.
"""

import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import click

from portal.kit.ending import END_SECONDS, ON_LINUX

THREADS = 128
"""Threads that answer: most wait, for a hash or the database, and cost little; the costly work is bounded elsewhere."""
STOP_SECONDS = 15
"""How long a process may take for the answers in its hands once it is told to stop; one that hangs is then killed."""
STRIPE_BESIDE = 20
"""How many ports above the portal's own Stripe's stand-in listens."""
RESTART_SECONDS = 2
"""How long a worker that died stays down: long enough that one that cannot start does not eat the machine."""

PORT_TAKEN = (
    "Port %(port)d on %(host)s is taken. Is the portal running already? Stop that one, or choose another port: PORT=8001."
)


ROOT = Path(__file__).resolve().parents[1]


def hold_port(host: str, port: int) -> socket.socket:
    """Take a port until the socket is closed. Raises ClickException when nobody can listen there.

    On Linux each process of the server listens for itself and would share a port with anybody who is willing: what is held
    here is shared with our own only, also while one of them is started anew.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family)
    try:
        socket.create_server((host, port), family=family).close()
        if ON_LINUX:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind((host, port))
    except OSError as error:
        held.close()
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(PORT_TAKEN % {"port": port, "host": host}) from None
        raise click.ClickException(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None
    return held


def go_on_alone(*, host: str, port: int, processes: int, with_worker: bool, stripe: Sequence[str] = ()) -> NoReturn:
    """Go on as the first process of the server, which serves until told to stop and forgets all that is loaded here.

    `stripe` are the arguments of what speaks for Stripe beside it, where anything is to.
    """
    os.chdir(ROOT)
    options = ["--host", host, "--port", str(port), "--processes", str(processes), *([] if with_worker else ["--no-worker"])]
    os.execv(sys.executable, [sys.executable, "-m", "portal.server", "serve", *options, "--", *stripe])


@click.group()
def main() -> None:
    """Run `python -m portal.server`: what `portal serve` goes on as."""


@main.command()
@click.option("--host", required=True)
@click.option("--port", required=True, type=int)
@click.option("--processes", required=True, type=int)
@click.option("--no-worker", is_flag=True)
@click.argument("stripe", nargs=-1)
def serve(*, host: str, port: int, processes: int, no_worker: bool, stripe: tuple[str, ...]) -> None:
    """Hold the port and serve."""
    beside = [] if no_worker else [("portal", "worker")]
    with hold_port(host, port), ExitStack() as started:
        for command in [*beside, *([("standins.stripe", *stripe)] if stripe else [])]:
            started.enter_context(Beside(*command))
        serve_pages(host=host, port=port, processes=processes)


def serve_pages(*, host: str, port: int, processes: int) -> None:
    """Serve the pages until told to stop."""
    # Here, for the sake of the commands that only name this module: they start the sooner.
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        working_dir=ROOT,
    ).serve()


def stripe_beside(*, port: int, base_url: str, folder: str) -> list[str]:
    """Let all that is started from here ask what speaks for Stripe on a developer's machine; return its arguments.

    What was bought is kept beside the portal's folder of files; the key is drawn anew each time.
    """
    # Here: the process that goes on as the first one never draws anything.
    import secrets

    beside = _free_port(port + STRIPE_BESIDE)
    os.environ.update(
        PORTAL_STRIPE_API_KEY=f"sk_test_standin{secrets.token_hex(16)}",
        PORTAL_STRIPE_WEBHOOK_SECRET=f"whsec_{secrets.token_hex(24)}",
        PORTAL_STRIPE_API_BASE=f"http://127.0.0.1:{beside}",
    )
    file = Path(urlsplit(folder).path).with_name("stripe.json")
    return ["--port", str(beside), "--webhooks", f"{base_url}/webhooks/stripe", "--file", str(file)]


def _free_port(wanted: int) -> int:
    """Return a port of the loopback that nobody listens on: the one that is wanted, where it is free."""
    for port in (wanted, 0):
        try:
            with socket.create_server(("127.0.0.1", port)) as held:
                return int(held.getsockname()[1])
        except (OSError, OverflowError):
            continue
    raise click.ClickException("No port is free on this machine.")


def run_apart(command: str) -> None:
    """Run a command of the portal in a process of its own, to its end. Raises Exit with its status when it fails."""
    done = subprocess.run([sys.executable, "-m", "portal", command, "--beside", str(os.getpid())], cwd=ROOT)
    if done.returncode:
        raise click.exceptions.Exit(done.returncode)


class Beside:
    """A process beside the web server: started with it, started anew when it dies, ended with it."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments, "--beside", str(os.getpid())]
        self._ending = threading.Event()
        # Here and not in the thread: a server that forks at the same moment would inherit the pipe on which a starting
        # process reports, and the thread would wait for its end for ever.
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, name="beside", daemon=True)

    def __enter__(self) -> "Beside":
        self._keeper.start()
        return self

    def _keep(self) -> None:
        while True:
            status = self._process.wait()
            if self._ending.wait(RESTART_SECONDS):
                return
            # Here: what hardly ever happens need not be ready all the time.
            import structlog

            structlog.get_logger().error("process.died", command=" ".join(self._command[2:4]), status=status)
            self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A group of its own: Ctrl-C at the terminal is for the first process, which ends this one in order.
        return subprocess.Popen(self._command, cwd=ROOT, process_group=0)

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        for _second in range(END_SECONDS):
            self._process.terminate()
            self._keeper.join(1)
            if not self._keeper.is_alive():
                return
        self._process.kill()


if __name__ == "__main__":
    main()
