"""Heavy work: what takes much memory waits in one line and steps behind everything else that the machine has to do.

A password's hash takes 64 MiB, the decoder of pictures up to 200 MB. Were each bounded by itself they would meet, and a
machine needed the memory of both.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import TypeVar

from portal.kit.refusals import Busy
from portal.kit.running import App, Installed
from portal.kit.settings import Settings

Result = TypeVar("Result")
_STEP_BACK = 10
"""How far it steps back behind other work (nice): whoever is signed in already does not wait for those who sign in."""


class HeavyWork:
    """A line of work with a fixed number of threads at it; how many may wait is for those to bound who send it."""

    def __init__(self, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="heavy", initializer=_step_back)

    def run(self, work: Callable[[], Result], *, patience: float) -> Result:
        """Run a function in its turn and return what it returns. Raises Busy when its turn takes too long (seconds)."""
        turn = self._threads.submit(work)
        try:
            return turn.result(patience)
        except NotInTime:
            if turn.cancel():
                raise Busy from None
            return turn.result()


_HEAVY = Installed[HeavyWork]("heavy")


def init_app(app: App, settings: Settings) -> None:
    """Make the one line of this process."""
    _HEAVY.install(app, HeavyWork(settings.hashes_at_once))


def heavy_work() -> HeavyWork:
    """Return the one line of this process."""
    return _HEAVY.get()


def _step_back() -> None:
    if sys.platform == "linux":
        # Here it is the thread that steps back, and with it the lanes that a hash starts; elsewhere it would be the process.
        os.setpriority(os.PRIO_PROCESS, 0, min(19, os.getpriority(os.PRIO_PROCESS, 0) + _STEP_BACK))
