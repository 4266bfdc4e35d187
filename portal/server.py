"""The web server of `portal serve`, and the worker beside it."""

import errno
import os
import socket
import subprocess
import sys
import threading
from contextlib import nullcontext

import click
import structlog

from portal.app import ROOT

THREADS = 128
"""Threads that answer: most wait, for a hash or the database, and cost little; the costly work is bounded elsewhere."""
RESTART_SECONDS = 2
"""How long a worker that died stays down: long enough that one that cannot start does not eat the machine."""
END_SECONDS = 30
"""How long a worker may take to finish the job in its hands; after that the job comes back when its lease ends."""

PORT_TAKEN = (
    "Port %(port)d on %(host)s is taken. Is the portal running already? Stop that one, or choose another port: PORT=8001."
)

log = structlog.get_logger()


def ask_for_port(host: str, port: int) -> None:
    """Raise ClickException when nobody can listen there. The server itself would share a taken port, and serve beside."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise click.ClickException(PORT_TAKEN % {"port": port, "host": host}) from None
        raise click.ClickException(f"Cannot listen on {host}, port {port}: {error.strerror}.") from None


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
