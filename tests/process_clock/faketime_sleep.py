"""`time.sleep` where libfaketime up to 0.9.10 breaks it.

Python sleeps until an instant of the clock that counts from the machine's start (`clock_nanosleep`, TIMER_ABSTIME). These
libfaketimes move that instant even when they are told to leave that clock alone (FAKETIME_DONT_FAKE_MONOTONIC), and the
call fails with EINVAL. Waiting with a timeout (`select`, locks, events) is not touched by them.
"""

import errno
import select
import time


def mend() -> None:
    """Sleep by `select` from now on, if sleeping fails in this process."""
    try:
        time.sleep(1e-6)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        time.sleep = _sleep


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        select.select([], [], [], left)
