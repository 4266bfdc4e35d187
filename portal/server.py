"""The web server of `portal serve`, and the worker beside it.

The first process opens no database: a process that is forked from one that has opened SQLite believes that it holds its
parent's locks and takes none, and the next command that looks deletes the log under it (https://sqlite.org/howtocorrupt.html,
2.6). Whatever it starts ends with it, so that no orphan answers on the port.
"""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import nullcontext

import click
import structlog

from portal.app import ROOT
from portal.jobs.cli import END_SECONDS

THREADS = 128
"""Threads that answer: most wait, for a hash or the database, and cost little; the costly work is bounded elsewhere."""
RESTART_SECONDS = 2
"""How long a worker that died stays down: long enough that one that cannot start does not eat the machine."""

PORT_TAKEN = (
    "Port %(port)d on %(host)s is taken. Is the portal running already? Stop that one, or choose another port: PORT=8001."
)

PR_SET_PDEATHSIG = 1
"""Linux: the signal that a process gets when the thread that started it has ended (prctl(2))."""

ON_LINUX = sys.platform.startswith("linux")

log = structlog.get_logger()


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


def end_with(parent: int) -> None:
    """End this process at once when `parent`, which started it, ends, however it does."""
    if ON_LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
        return
    threading.Thread(target=_end_after, args=(parent,), name="parent", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def serve_pages(*, host: str, port: int, processes: int, with_worker: bool) -> None:
    """Serve the pages until told to stop."""
    # Here, for the sake of the other commands: they start the sooner.
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    with WorkerProcess() if with_worker else nullcontext():
        Server(
            "wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=THREADS,
            respawn_failed_workers=True,
            websockets=False,
            log_access=False,
            log_level=LogLevels.error,
            working_dir=ROOT,
        ).serve()


def run_apart(command: str) -> None:
    """Run a command of the portal in a process of its own, to its end. Raises Exit with its status when it fails."""
    done = subprocess.run([sys.executable, "-m", "portal", command, "--beside", str(os.getpid())], cwd=ROOT)
    if done.returncode:
        raise click.exceptions.Exit(done.returncode)


class WorkerProcess:
    """The worker beside the web server: started with it, started anew when it dies, ended with it."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        # Here and not in the thread: a server that forks at the same moment would inherit the pipe on which a starting
        # process reports, and the thread would wait for its end for ever.
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, name="beside", daemon=True)

    def __enter__(self) -> "WorkerProcess":
        self._keeper.start()
        return self

    def _keep(self) -> None:
        while True:
            status = self._process.wait()
            if self._ending.wait(RESTART_SECONDS):
                return
            log.error("worker.died", status=status)
            self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        # A group of its own: Ctrl-C at the terminal is for the first process, which ends this one in order.
        command = [sys.executable, "-m", "portal", "worker", "--beside", str(os.getpid())]
        return subprocess.Popen(command, cwd=ROOT, process_group=0)

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        for _second in range(END_SECONDS):
            self._process.terminate()
            self._keeper.join(1)
            if not self._keeper.is_alive():
                return
        self._process.kill()
