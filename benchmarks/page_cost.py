"""A page costs what a bare Flask page with the same template depth costs, plus its queries (DESIGN, "Speed")."""

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from flask import Flask, render_template_string
from sqlalchemy import create_engine, text

from benchmarks.inside import app
from tests.people import Cast

ROUNDS = 200
PAGES = {
    "/login": 8,
    "/settings/profile": 12,
    "/settings/security": 10,
    "/support": 8,
    "/home": 10,
    "/privacy": 45,
}
"""How many times the CPU of a bare page each may take. A peer's account page takes 8; the profile lists
every time zone, and /privacy is a document of 19 parts."""


def cost(ask: Callable[[], object]) -> float:
    """Return the median CPU time of a request in milliseconds, after a few to warm up."""
    for _ in range(10):
        ask()
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        ask()
        taken.append((time.process_time() - started) * 1000)
    return median(taken)


def bare() -> Callable[[], object]:
    """Return a request to the least that Flask can do: one template, one SELECT."""
    flask = Flask("bare")
    engine = create_engine("sqlite://")

    @flask.get("/")
    def page() -> str:
        with engine.connect() as connection:
            name = connection.scalar(text("SELECT 'Ada'"))
        return render_template_string("<!doctype html><title>Hello</title><p>{{ name }}", name=name)

    client = flask.test_client()
    return lambda: client.get("/")


def main() -> int:
    """Print what each page costs beside a bare one."""
    least = cost(bare())
    print(f"{'bare Flask, one SELECT':32} {least:6.2f} ms")
    holds = True
    with app() as portal:
        cast = Cast(portal)
        ada = cast.sign_in(cast.ada)
        for path, most in PAGES.items():
            assert ada.client.get(path).status_code in {200, 302, 303}
            spent = cost(partial(ada.client.get, path))
            holds = holds and spent <= most * least
            print(f"{path:32} {spent:6.2f} ms  {spent / least:4.1f} times a bare page, at most {most}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
