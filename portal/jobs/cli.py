"""The command that runs background work."""

import os
import signal
import threading
import time
from types import FrameType

import click
from flask import Flask

from portal.jobs.worker import work
from portal.kit import collector
from portal.kit.commands import Command
from portal.kit.ending import END_SECONDS


@click.command(cls=Command)
@click.option("--threads", default=2, show_default=True, help="Jobs at once: a long one must not keep emails waiting.")
@click.option("--beside", type=int, metavar="PID", help="End when this process, which started it, has ended.")
@click.pass_obj
def worker(app: Flask, *, threads: int, beside: int | None) -> None:
    """Run background work until told to stop."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if beside:
        threading.Thread(target=_end_with, args=(beside, stop), daemon=True).start()
    collector.look_only_at_new()
    hands = [threading.Thread(target=work, args=(app, stop)) for _each in range(threads)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def _end_with(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()
    time.sleep(END_SECONDS)
    os._exit(1)


COMMANDS = (worker,)
