"""A page costs what a bare Flask page costs, plus its queries (DESIGN, "Speed").

The portal with production's settings and the bare app (`benchmarks/bare.py`, on gunicorn) are served beside each other, once
on PostgreSQL and once on SQLite, and asked over HTTP in turns, by sixty people. Compared is the CPU of all processes of each
server, by the request; what is written beside the answers counts. The bare page on the portal's own server, which spends
less of it, stands beside for comparison. `--quick` asks a third as often; `--json FILE` keeps what was found.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import platform
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import structlog

from benchmarks.asking import Inside, Kind, send, visit
from benchmarks.crowd import PASSWORD, PEOPLE, Customer, asked, settle
from benchmarks.inside import forget_throttles
from benchmarks.servers import Server, bare_app, bare_app_on_granian, migrate, portal, production
from portal.app import create_app
from portal.kit import settings
from portal.kit.web import Portal
from tests import postgres

ROUNDS, QUICK_ROUNDS = 15, 5
IN_A_ROW = 20
"""Requests of one kind in a row, in each round."""

PAGE, PAGE_WITHOUT_SELECT, BARE_SIGN_IN, BARE_RESET = (
    "bare page", "bare page, no SELECT", "bare POST /login", "bare POST /forgot-password",
)  # fmt: skip
ON_GRANIAN = "bare page on granian"
SIGN_IN, RESET = "POST /login", "POST /forgot-password"
OF_VISITORS = {
    "/login": 3.0,
    "/promises": 2.5,
    "/privacy": 2.5,
    "/privacy/history": 2.5,
    "/terms": 2.5,
    "/eula": 2.5,
    "/vendors": 2.5,
    "/cookies": 2.5,
    "/security": 2.5,
}
OF_CUSTOMERS = {
    "/settings/email": 3.0,
    "/settings/profile": 3.5,
    "/support": 3.5,
    "/home": 4.0,
    "/settings/security": 4.0,
    "/settings/privacy": 6.0,
}
MOST = {**OF_VISITORS, **OF_CUSTOMERS, SIGN_IN: 1.8, RESET: 2.0}
"""How many times the CPU of its bare counterpart each may take: what was set out to be reached, never what was measured."""
BARE = dict.fromkeys(MOST, PAGE) | {"/login": PAGE_WITHOUT_SELECT, SIGN_IN: BARE_SIGN_IN, RESET: BARE_RESET}
"""The bare counterpart of each."""


@dataclass
class Cost:
    """What one kind of request costs: CPU in milliseconds, a figure a round; what it asks of the database; its bytes."""

    rounds: list[float] = field(default_factory=list)
    statements: int = 0
    checkouts: int = 0
    size: int = 0

    @property
    def milliseconds(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)


class Trial:
    """The servers on one database, asked in turns."""

    def __init__(self, app: Portal, crowd: list[Customer], served: Server, bare: Server, on_granian: Server) -> None:
        self.app, self.served, self.bare, self.on_granian = app, served, bare, on_granian
        self.costs: dict[str, Cost] = defaultdict(Cost)
        self._kinds = kinds(crowd, cookies=[cookie_after_a_page(served, each.cookie(app)) for each in crowd[:PEOPLE]])
        self._bare = {each.name: each for each in bare_kinds(crowd[PEOPLE:])}
        self._charged: dict[int, tuple[str, float]] = {}
        self._turn = 0

    def run(self, rounds: int) -> None:
        """Ask for everything in each round, for what is bare before each of its counterparts; the first does not count."""
        for number in range(rounds + 1):
            for kind in self._kinds:
                self._ask(self.bare, self._bare[BARE[kind.name]])
                self._ask(self.served, kind)
            self._ask(self.on_granian, replace(self._bare[PAGE], name=ON_GRANIAN))
            for server in (self.served, self.bare, self.on_granian):
                self._charge(server, "")
            if number == 0:
                self.costs.clear()
        for kind in self._kinds:
            self._look_inside(kind)

    def _ask(self, server: Server, kind: Kind) -> None:
        self._charge(server, "")
        # Each is to be answered as the first of its person: nobody asks for a reset every minute.
        forget_throttles(self.app)
        numbers = [(self._turn + each) % PEOPLE for each in range(IN_A_ROW)]
        self._turn += IN_A_ROW
        prepared = [kind.prepare(server, number) for number in numbers]
        self._charge(server, kind.name)
        self.costs[kind.name].size = max(len(kind.ask(server, each).body) for each in prepared)

    def _charge(self, server: Server, name: str) -> None:
        """Charge what a server spends from now on to a kind of request, or to nobody; note what was spent until now."""
        before, since = self._charged.get(server.port, ("", 0.0))
        now = server.cpu()
        if before:
            self.costs[before].rounds.append((now - since) * 1000 / IN_A_ROW)
        self._charged[server.port] = (name, now)

    def _look_inside(self, kind: Kind) -> None:
        """Count what a request asks of the database, once what is read on the first occasion has been read."""
        inside = Inside(self.app)
        forget_throttles(self.app)
        kind.ask(inside, kind.prepare(inside, 0))
        prepared = kind.prepare(inside, 1)
        with asked(self.app) as counts:
            kind.ask(inside, prepared)
        self.costs[kind.name].statements, self.costs[kind.name].checkouts = counts["statements"], counts["checkouts"]


def ratio(costs: Mapping[str, Cost], name: str) -> float:
    """Return how many times its bare counterpart a kind of request costs."""
    return costs[name].milliseconds / costs[BARE[name]].milliseconds


def tell(database: str, costs: Mapping[str, Cost]) -> bool:
    """Print the table; return whether all is within its bounds."""
    print(f"\n{database:26} {'CPU ms':>7} {'times':>6} {'at most':>8} {'statements':>11} {'checkouts':>10} {'bytes':>7}")
    for name in (*dict.fromkeys(BARE.values()), ON_GRANIAN):
        print(f"{name:26} {costs[name].milliseconds:7.2f}")
    for name, most in MOST.items():
        cost, times = costs[name], ratio(costs, name)
        figures = f"{cost.milliseconds:7.2f} {times:6.2f} {most:8.1f} {cost.statements:11} {cost.checkouts:10} {cost.size:7}"
        print(f"{name:26} {figures}{'  ABOVE' * (times > most)}", flush=True)
    return all(ratio(costs, name) <= most for name, most in MOST.items())


def figures(costs: Mapping[str, Cost]) -> dict[str, dict[str, float]]:
    """Return what was found, for a file."""
    return {
        name: {
            "milliseconds": round(cost.milliseconds, 3),
            **({"times": round(ratio(costs, name), 2), "at_most": MOST[name]} if name in MOST else {}),
            "statements": cost.statements,
            "checkouts": cost.checkouts,
            "bytes": cost.size,
        }
        for name, cost in costs.items()
    }


def cookie_after_a_page(served: Server, cookie: str) -> str:
    """Return the cookie that a browser holds once it has seen a page: with the token of its forms."""
    return served.ask("/home", cookie=cookie).cookie or cookie


def kinds(crowd: list[Customer], *, cookies: list[str]) -> list[Kind]:
    """Return what is asked of the portal: every page of the table, its sign-in and its reset."""
    pages = [visit(path, path) for path in OF_VISITORS] + [visit(path, path, cookies) for path in OF_CUSTOMERS]
    # Others than those whose pages are opened: each sign-in adds a line to the page that lists them.
    return [*pages, *form_kinds(crowd[PEOPLE:])]


def form_kinds(crowd: list[Customer]) -> list[Kind]:
    """Return the portal's forms."""
    return [send(SIGN_IN, "/login", crowd, password=PASSWORD), send(RESET, "/forgot-password", crowd)]


def bare_kinds(crowd: list[Customer]) -> list[Kind]:
    """Return what is asked of the bare app."""
    return [
        visit(PAGE, [f"/page/{each.id}" for each in crowd]),
        visit(PAGE_WITHOUT_SELECT, "/page"),
        send(BARE_SIGN_IN, "/login", crowd, password=PASSWORD),
        send(BARE_RESET, "/forgot-password", crowd),
    ]


@contextlib.contextmanager
def _trial(database: str, folder: Path) -> Iterator[Trial]:
    environment = production(folder, database)
    migrate(environment)
    app = create_app(settings.load(environment))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    crowd = settle(app)
    log = folder / "bare.log"
    with (
        portal(environment, folder / "portal.log") as served,
        bare_app(database, log) as bare,
        bare_app_on_granian(database, log) as on_granian,
    ):
        yield Trial(app, crowd, served, bare, on_granian)


@contextlib.contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    with postgres.for_a_run():
        yield {"PostgreSQL": postgres.create_database("page_cost"), "SQLite": f"sqlite:///{folder}/SQLite/portal.db"}


def machine() -> str:
    """Say what machine it is, and how busy."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), model)
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def main(arguments: list[str]) -> int:
    """Measure on both databases, print a table of each. Returns 0 when every page is within its bound on both."""
    parser = argparse.ArgumentParser(prog="page_cost", description="What a page costs beside a bare one.")
    parser.add_argument("--quick", action="store_true", help="ask a third as often")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write what was found to a file")
    wanted = parser.parse_args(arguments)
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}"
    print(at, flush=True)
    found: dict[str, object] = {"at": at}
    holds = []
    with tempfile.TemporaryDirectory(prefix="portal-proof-") as folder, _databases(Path(folder)) as databases:
        for name, url in databases.items():
            (Path(folder) / name).mkdir()
            with _trial(url, Path(folder) / name) as trial:
                trial.run(QUICK_ROUNDS if wanted.quick else ROUNDS)
            holds.append(tell(name, trial.costs))
            found[name] = figures(trial.costs)
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=2))
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
