"""The tests hold on any day: all but those in a browser, on SQLite, with the machine's clock put forward.

`python -m benchmarks.days` takes the three days that matter one after the other; `python -m benchmarks.days leap`
takes one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests import needs

LIBRARY = "libfaketime"
LEAP_DAY = datetime(2028, 2, 29, 0, 30, tzinfo=UTC)
"""Early in the day: a test begins at half past nine of the day that is next to see it."""

DAYS: dict[str, Callable[[datetime], timedelta]] = {
    "45": lambda _now: timedelta(days=45),  # beyond every period that is counted in days
    "400": lambda _now: timedelta(days=400),  # beyond a year
    "leap": lambda now: LEAP_DAY - now,
}
COMMAND = ("-m", "pytest", "-n", "auto", "--dist", "loadgroup", "-q", "-p", "no:cacheprovider")
CHOSEN = ("-m", "not browser", "-k", "not postgresql")


def surroundings(library: str, ahead: timedelta) -> dict[str, str]:
    """Return the environment of a machine whose clock is ahead. What counts seconds from its start is left alone."""
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return {
        **kept,
        "LD_PRELOAD": library,
        "FAKETIME": f"{ahead.total_seconds():+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",  # its name until libfaketime 0.9.8
        # Whoever waited for a lock would else be woken at once and ask again: threads took twice the CPU.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }


def main(wanted: list[str]) -> int:
    """Run the tests on each day that is wanted. Returns 0 when all hold, 1 when one fails or libfaketime is missing."""
    if needs.find(LIBRARY) is None:
        needs.install([LIBRARY])
    library = needs.find(LIBRARY)
    if library is None:
        print(needs.how_to_get(LIBRARY))
        return 1
    failed = []
    for day in wanted or DAYS:
        now = datetime.now(UTC)
        ahead = DAYS[day](now)
        print(f"\n{now + ahead:%d %B %Y}:", flush=True)
        if subprocess.run([sys.executable, *COMMAND, *CHOSEN], env=surroundings(library, ahead)).returncode:
            failed.append(day)
    print(f"fails on: {', '.join(failed)}" if failed else "holds on every day")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
