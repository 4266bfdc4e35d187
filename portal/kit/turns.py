"""Whose turn it is where one writes at a time (SQLite): whoever waits to write is seen, and long work lets them go first.

SQLite keeps no queue: whoever waits looks now and then, and may find the lock taken anew each time. So they hold a second
lock meanwhile, which many can hold: on the folder of the database, kept by the system and gone with its process.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PATIENCE_SECONDS = 2.0
"""After this long work goes on in any case: where others never cease to come, it is one of them."""
_LOOK_AGAIN_SECONDS = 0.001


@contextmanager
def waiting(folder: str) -> Iterator[None]:
    """Be seen to wait within. Nobody is stopped by it: where a file system has no such locks, nobody is seen."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def let_others_go_first(folder: str) -> None:
    """Return once nobody is seen to wait, or patience is over."""
    end = time.monotonic() + PATIENCE_SECONDS
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        while _is_held(descriptor) and time.monotonic() < end:
            time.sleep(_LOOK_AGAIN_SECONDS)
    finally:
        os.close(descriptor)


def _is_held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False
