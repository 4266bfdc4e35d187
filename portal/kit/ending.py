"""Processes that end with the one that started them, and how long a worker may take. Loads nothing: see `portal.server`."""

import ctypes
import os
import signal
import sys
import threading
import time

END_SECONDS = 30
"""How long a worker may take to finish the job in its hands; after that the job comes back when its lease ends."""

ON_LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
"""Linux: the signal that a process gets when the thread that started it has ended (prctl(2))."""


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
