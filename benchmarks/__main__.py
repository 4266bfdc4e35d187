"""Run every proof, each in a process of its own, and say at the end which ones hold.

`make prove` runs all; `make prove WHAT="days sweeps"` runs some; `make prove WHAT=help` lists them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

IN_FULL = ("pytest", "--in-full", "-n", "auto", "--dist", "loadgroup", "-q", "-p", "no:cacheprovider")


MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3


@dataclass(frozen=True)
class Part:
    """One part of the proof: what it says, how many minutes two quiet cores take, and the module that shows it."""

    says: str
    minutes: float
    module: tuple[str, ...]


PARTS = {
    "killed_at_random": Part("nothing acknowledged is lost, whatever is killed", 5, ("benchmarks.killed_at_random",)),
    "sweeps": Part("each long way is killed at each of its statements, and goes on", 3, (*IN_FULL, "-m", "sweep")),
    "property": Part("2,000 examples, drawn anew, break no property", 2, (*IN_FULL, "-m", "property")),
    "takeover": Part("an account goes back to its owner, over HTTP", 4, (*IN_FULL, "-m", "takeover", "tests/takeover")),
    "days": Part("the tests hold in 45 days, in 400 and on 29 February 2028", 24, ("benchmarks.days",)),
    "lighthouse_scores": Part("Lighthouse finds nothing to better", 3, ("benchmarks.lighthouse_scores",)),
    "sign_in_storm": Part("a storm of sign-ins fills no memory, a sweep holds none up", 2, ("benchmarks.sign_in_storm",)),
    "memory": Part("units hold 512 MB under load, copies 150 MB, and nobody signed in waits", 4.5, ("benchmarks.memory",)),
    "soak": Part("memory levels off", 4, ("benchmarks.soak",)),
    "proxy": Part("bodies that drip silence nobody behind nginx", 1.5, ("benchmarks.proxy",)),
    "licence_check": Part("a licence is checked in less than a millisecond", 0.1, ("benchmarks.licence_check",)),
    "sign_in_times": Part("time tells no stranger who has an account", 0.5, ("benchmarks.sign_in_times",)),
    "page_cost": Part("a page costs a few times a bare one, and its queries", 1.5, ("benchmarks.page_cost",)),
    "growth": Part("a page costs a million people what it costs ten thousand", 4, ("benchmarks.growth",)),
}


def run(name: str) -> bool:
    """Run one part and tell whether it holds; its output goes straight to the terminal."""
    print(f"\n── {name} " + "─" * (76 - len(name)), flush=True)
    return subprocess.run([sys.executable, "-m", *PARTS[name].module], env=surroundings()).returncode == 0


def surroundings() -> Mapping[str, str]:
    """Return the environment of a part: its databases lie in memory where there is room, as no proof pulls the plug."""
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return os.environ
    return {**os.environ, "TMPDIR": str(MEMORY)}


def tell() -> None:
    """List the parts."""
    for name, part in PARTS.items():
        print(f"  make prove WHAT={name:18} {part.minutes:4} min  {part.says}")


def main(wanted: list[str]) -> int:
    """Run the wanted parts. Returns 0 when all hold, 2 for an unknown name."""
    if wanted == ["help"]:
        tell()
        return 0
    unknown = sorted(set(wanted) - set(PARTS))
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    results = {}
    for name in wanted or PARTS:
        started = time.perf_counter()
        results[name] = (run(name), time.perf_counter() - started)
    print("\n" + "═" * 80)
    for name, (holds, seconds) in results.items():
        print(f"{'holds' if holds else 'BROKEN':8} {name:24} {seconds:6.0f} s")
    return 0 if all(holds for holds, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
