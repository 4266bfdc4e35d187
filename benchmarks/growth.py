"""A page costs a million people what it costs ten thousand, and somebody with very many rows what it costs others.

On each database the portal is served twice with production's settings, to few people and to many, moved in by SQL
(`benchmarks/population.py`). Of every page, of a sign-in and of a reset are compared the statements, their plans, and what
CPU the server and its database spend, asked over HTTP in turns. And among the many, somebody with a few rows is compared
with somebody who has 100,000; whoever has so many is erased among few and among many. `--json FILE` keeps what was found.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.asking import Inside, Kind, visit
from benchmarks.crowd import PEOPLE
from benchmarks.erasures import erase_much
from benchmarks.erasures import tell as tell_erasures
from benchmarks.inside import forget_throttles
from benchmarks.page_cost import cookie_after_a_page, kinds, machine
from benchmarks.plans import Look, differences, look
from benchmarks.servers import Server
from benchmarks.towns import POSTGRESQL, SQLITE, Site, Town, founded, settled
from tests import postgres

FEW, MANY = 10_000, 1_000_000
ROUNDS, IN_A_ROW = 5, 20
MOST_TIMES = 1.25
"""How many times the CPU of each may grow while the people become a hundred times as many."""
ROWS = 100_000
OF_FEW_ROWS, OF_MANY_ROWS = "/settings/privacy, 10 rows", f"/settings/privacy, {ROWS:,}"
MOST_TIMES_BY_ROWS = 2.0


class Side:
    """A town that is served, and the CPU that its server and its database have spent on each kind of request."""

    def __init__(self, town: Town, server: Server, looks: Mapping[str, Look]) -> None:
        self.town, self.server = town, server
        self.cookies = [cookie_after_a_page(server, each.cookie(town.app)) for each in town.crowd]
        # What asks nothing of the database cannot know how many live there.
        self.kinds = [kind for kind in kinds(town.crowd, cookies=self.cookies) if looks[kind.name].statements]
        self.rounds: dict[str, list[float]] = {}
        self._charged, self._since, self._turn = "", 0.0, 0

    def ask(self, kind: Kind, times: int) -> None:
        """Ask so many times in a row, by another person each time."""
        self.charge("")
        forget_throttles(self.town.app)
        prepared = [kind.prepare(self.server, (self._turn + each) % PEOPLE) for each in range(times)]
        self._turn += times
        self.charge(kind.name)
        for each in prepared:
            kind.ask(self.server, each)

    def charge(self, name: str) -> None:
        """Charge what is spent from now on to a kind of request, or to nobody; note what was spent until now."""
        now = self.server.cpu() + self.town.database_cpu()
        if self._charged:
            self.rounds.setdefault(self._charged, []).append((now - self._since) * 1000 / IN_A_ROW)
        self._charged, self._since = name, now


def measure(sides: Sequence[Side]) -> None:
    """Ask every side for everything in each round, and the last for one person with few rows and one with many.

    The first round does not count: in it everybody asks, so that whoever signs in later has done so before.
    """
    for number in range(ROUNDS + 1):
        times = IN_A_ROW if number else PEOPLE
        for same in zip(*(side.kinds for side in sides), strict=True):
            for side, kind in [*zip(sides, same, strict=True)][:: (-1) ** number]:
                side.ask(kind, times)
        for kind in by_rows(sides[-1]):
            sides[-1].ask(kind, times)
        for side in sides:
            side.charge("")
            if number == 0:
                side.rounds.clear()


def by_rows(side: Side) -> list[Kind]:
    """Return the overview of what is held, as somebody with few rows and somebody with many open it."""
    few, many = side.cookies[-2], side.cookies[-1]
    path = "/settings/privacy"
    return [visit(OF_FEW_ROWS, path, [few] * PEOPLE), visit(OF_MANY_ROWS, path, [many] * PEOPLE)]


@dataclass(frozen=True)
class Line:
    """What a kind of request costs before and after, by the round, in milliseconds."""

    before: Sequence[float]
    after: Sequence[float]
    most: float

    @property
    def times(self) -> float:
        """How many times as much it costs after: the median of the rounds, each of which is compared with itself."""
        return median(after / before for before, after in zip(self.before, self.after, strict=True))

    def figures(self) -> dict[str, float]:
        """Return what was found, for a file."""
        before, after = round(median(self.before), 3), round(median(self.after), 3)
        return {"before": before, "after": after, "times": round(self.times, 2), "at_most": self.most}


def lines(few: Side, many: Side) -> dict[str, Line]:
    """Return what was measured: everything for few people and for many, the overview for few rows and for many."""
    found = {kind.name: Line(few.rounds[kind.name], many.rounds[kind.name], MOST_TIMES) for kind in many.kinds}
    return {**found, OF_MANY_ROWS: Line(many.rounds[OF_FEW_ROWS], many.rounds[OF_MANY_ROWS], MOST_TIMES_BY_ROWS)}


def tell(database: str, table: Mapping[str, Line], looks: Mapping[str, Look]) -> list[str]:
    """Print the table; return what is above its bound."""
    print(f"\n{database:26} {FEW:>9,} {MANY:>10,} {'times':>6} {'at most':>8} {'statements':>11}   CPU in ms")
    for name, line in table.items():
        statements = looks[name].statements if name in looks else ""
        figures = f"{median(line.before):9.2f} {median(line.after):10.2f} {line.times:6.2f} {line.most:8.2f} {statements:11}"
        print(f"{name:26} {figures}{'  ABOVE' * (line.times > line.most)}", flush=True)
    return [f"{name} costs {line.times:.2f} times as much" for name, line in table.items() if line.times > line.most]


def prove(database: str, few: Site, many: Site) -> tuple[list[str], dict[str, dict[str, float]]]:
    """Compare few and many people on a kind of database; return what is wrong, and the table."""
    with ExitStack() as until_the_end:
        towns = [until_the_end.enter_context(founded(site, rows=rows)) for site, rows in ((few, 0), (many, ROWS))]
        looks = [look_into(town) for town in towns]
        servers = [until_the_end.enter_context(town.served()) for town in towns]
        sides = [Side(*each) for each in zip(towns, servers, looks, strict=True)]
        measure(sides)
        erasures = [erase_much(town, rows=ROWS) for town in towns]
    table = lines(*sides)
    faults = differences(*looks, tables=towns[-1].tables) + tell(database, table, looks[-1])
    faults += tell_erasures(database, *erasures)
    return faults, {name: line.figures() for name, line in table.items()}


def settle(folder: Path) -> dict[str, list[Site]]:
    """Let few and many people move into either database, into both at once."""
    databases, began = (POSTGRESQL, SQLITE), time.perf_counter()
    with ThreadPoolExecutor() as at_once:
        found = at_once.map(lambda database: [settled(database, folder, people) for people in (FEW, MANY)], databases)
        sites = dict(zip(databases, found, strict=True))
    print(f"{FEW:,} and {MANY:,} people have moved in after {time.perf_counter() - began:.0f} s", flush=True)
    return sites


def look_into(town: Town) -> dict[str, Look]:
    """Look into everything that is asked of a town."""
    return look(town.app, kinds(town.crowd, cookies=[each.cookie(town.app) for each in town.crowd]), inside=Inside(town.app))


def main(arguments: list[str]) -> int:
    """Run the proof on both databases and say what came of it. Returns 0 when it holds."""
    parser = argparse.ArgumentParser(prog="growth", description="What a page costs when the people are many.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write what was found to a file")
    wanted = parser.parse_args(arguments)
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}"
    print(at, flush=True)
    found: dict[str, object] = {"at": at}
    faults = []
    with tempfile.TemporaryDirectory(prefix="portal-proof-") as folder, postgres.for_a_run():
        for database, sites in settle(Path(folder)).items():
            wrong, found[database] = prove(database, *sites)
            faults += [f"{database}: {each}" for each in wrong]
    for fault in faults:
        print(f"FAULT: {fault}")
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
