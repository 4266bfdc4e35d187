"""A hundred sign-ins at the same moment: the process stays below 400 MB, and nobody gets a wrong answer."""

import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from benchmarks import retention
from benchmarks.running import PASSWORD, Portal, Visitor, portal, sign_up

AT_ONCE = 100
MEGABYTES = 400
ACCOUNTS = 10  # eight at once for each: more would be told to wait, as whoever guesses is


def one(served: Portal, start: threading.Barrier, number: int) -> str:
    """Sign in together with all others; every fifth has a wrong password. Return how it went."""
    wrong = number % 5 == 0
    email = f"stranger{number}@example.com" if wrong else f"person{number % ACCOUNTS}@example.com"
    visitor = Visitor(served)
    token = visitor.token("/login")
    start.wait()
    status, path, _ = visitor.send("/login", token, email=email, password=PASSWORD)
    if status in {429, 503}:
        return "told to wait"
    if wrong:
        return "refused, rightly" if path == "/login" and status == 422 else f"WRONG: stranger let in: {status} {path}"
    return "signed in" if path == "/home" and status == 200 else f"WRONG: {status} {path}"


def heaviest(served: Portal) -> float:
    """Return the memory of the heaviest process that answers requests, in megabytes."""
    return max(process.memory_info().rss for process in served.web_processes()) / 1e6


def main() -> int:
    """Let the storm loose and print what came of it."""
    with portal() as served:
        for number in range(ACCOUNTS):
            sign_up(served, f"person{number}@example.com")
        before, peak, over = heaviest(served), [0.0], threading.Event()

        def watch() -> None:
            while not over.wait(0.02):
                peak[0] = max(peak[0], heaviest(served))

        watcher = threading.Thread(target=watch)
        watcher.start()
        started = time.perf_counter()
        start = threading.Barrier(AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            outcomes = Counter(crowd.map(lambda number: one(served, start, number), range(AT_ONCE)))
        over.set()
        watcher.join()
    for outcome, count in outcomes.most_common():
        print(f"{count:4} {outcome}")
    print(f"memory: {before:.0f} MB before, {peak[0]:.0f} MB at most; {time.perf_counter() - started:.1f} s for all")
    wrong = sum(count for outcome, count in outcomes.items() if outcome.startswith("WRONG"))
    held_up = retention.faults()
    for fault in held_up:
        print(f"FAULT: {fault}")
    return 0 if not wrong and not held_up and peak[0] < MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
