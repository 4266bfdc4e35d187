"""No time tells whether an address has an account: sign-in, reset and sign-up take as long for a stranger (v5.0.0-6.3.8).

Password hashes are made cheap here: with real ones, which everybody pays alike, a difference of a millisecond would drown.
"""

import math
import random
import sys
import time
from collections.abc import Callable
from statistics import median

from flask import Flask

from benchmarks.inside import app, forget_throttles
from tests.conftest import Visitor
from tests.people import Cast

SAMPLES = 200
MOST_APART = 0.05
"""Share of the median by which two kinds of answer may differ: less than a network's own noise."""
SURE = 0.001


def times(portal: Flask, path: str, kinds: dict[str, Callable[[int], dict[str, str]]]) -> dict[str, list[float]]:
    """Send each kind of form equally often, in an order that nobody could guess; return the seconds of each answer."""
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    order = [kind for kind in kinds for _ in range(SAMPLES)]
    random.shuffle(order)
    for number, kind in enumerate(order):
        forget_throttles(portal)
        visitor = Visitor(portal)
        page = visitor.client.get(path)
        assert page.status_code == 200
        fields = {"csrf_token": token(page.text), **kinds[kind](number)}
        started = time.perf_counter()
        visitor.client.post(path, data=fields)
        taken[kind].append(time.perf_counter() - started)
    return taken


def token(html: str) -> str:
    """Return the token of the page's last form: the one that people came for."""
    return html.rpartition('name="csrf_token" value="')[2].partition('"')[0]


def chance(one: list[float], other: list[float]) -> float:
    """Return how likely so unequal samples are if both kinds take equally long (Mann-Whitney, two-sided)."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, 1) if is_one)
    n, m = len(one), len(other)
    z = (ranks - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def judge(name: str, taken: dict[str, list[float]]) -> bool:
    """Print what each kind took, and tell whether none stands out."""
    kinds = list(taken)
    usual = taken[kinds[0]]
    holds = True
    for kind in kinds:
        apart = median(taken[kind]) / median(usual) - 1
        likely = chance(taken[kind], usual)
        stands_out = abs(apart) > MOST_APART and likely < SURE
        holds = holds and not stands_out
        told = "  STANDS OUT" if stands_out else ""
        print(f"{name:16} {kind:22} {median(taken[kind]) * 1000:7.2f} ms {apart:+7.1%}  p={likely:.3f}{told}")
    return holds


def main() -> int:
    """Measure the three pages that an address can be tried on."""
    with app() as portal:
        ada = Cast(portal).ada
        password = "not the password of anybody"
        sign_in = {
            "account": lambda _: {"email": ada.email, "password": password},
            "no account": lambda number: {"email": f"nobody{number}@example.com", "password": password},
        }
        reset = {
            "account": lambda _: {"email": ada.email},
            "no account": lambda number: {"email": f"nobody{number}@example.com"},
        }
        sign_up = {
            "account": lambda _: {"name": "A", "email": ada.email, "password": password, "accept_terms": "y"},
            "no account": lambda number: {
                "name": "A",
                "email": f"new{number}@example.com",
                "password": password,
                "accept_terms": "y",
            },
        }
        pages = {"/login": sign_in, "/forgot-password": reset, "/signup": sign_up}
        told = {path: judge(path, times(portal, path, kinds)) for path, kinds in pages.items()}
        return 0 if all(told.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
