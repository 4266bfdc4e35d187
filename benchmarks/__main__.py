"""Run every proof, each in a process of its own, and say at the end which ones hold.

`python -m benchmarks` runs all; `python -m benchmarks NAME …` runs some.
"""

import subprocess
import sys
import time

PROOFS = ("killed_at_random", "lighthouse_scores", "sign_in_storm", "sign_in_times", "page_cost")


def run(name: str) -> bool:
    """Run one proof and tell whether it holds; its output goes straight to the terminal."""
    print(f"\n── {name} " + "─" * (76 - len(name)), flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode == 0


def main(wanted: list[str]) -> int:
    """Run the wanted proofs. Returns 0 when all hold, 2 for an unknown name."""
    unknown = sorted(set(wanted) - set(PROOFS))
    if unknown:
        print(f"no such proof: {', '.join(unknown)}; there are: {', '.join(PROOFS)}", file=sys.stderr)
        return 2
    results = {}
    for name in wanted or PROOFS:
        started = time.perf_counter()
        results[name] = (run(name), time.perf_counter() - started)
    print("\n" + "═" * 80)
    for name, (holds, seconds) in results.items():
        print(f"{'holds' if holds else 'BROKEN':8} {name:24} {seconds:6.0f} s")
    return 0 if all(holds for holds, _ in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
