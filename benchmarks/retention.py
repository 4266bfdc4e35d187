"""A sweep of a million expired rows keeps half the speed of the database's own DELETE, and holds up no sign-in.

Both delete the same visits from the same database under the portal's own connections. The sweep runs as the worker runs it,
in a process of its own, while sessions are opened beside it, each of which needs the database's write lock.
"""

from __future__ import annotations

import functools
import multiprocessing
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import create_engine, delete, func, select, text

from benchmarks import moving_in
from benchmarks.population import WORDS, growing
from benchmarks.towns import POSTGRESQL, SQLITE, Site, settled
from portal.accounts import service as accounts
from portal.app import create_app
from portal.jobs import service as jobs
from portal.jobs import worker
from portal.kit import clock, collector, settings
from portal.kit.db import db
from portal.kit.immutable import SWEEP
from portal.kit.unit import unit_of_work
from portal.kit.web import Portal
from portal.legal.policy import period
from portal.traffic.models import Visit
from tests import postgres

ROWS, PEOPLE = 1_000_000, 1_000
LEAST_SPEED = 0.5
"""Of the speed of the database's own DELETE."""
MOST_MS = 100
"""How long a sign-in may wait for the sweep."""


def fill(app: Portal, url: str) -> None:
    """Write a million visits that ended long ago."""
    with app.app_context():
        dialect = db.engine.dialect.name
        words = WORDS[dialect]
        columns = {**growing(words)["visit"].columns, "at": words.ago(14).replace("(i * 7919)", "(i * 7919) + 40000000")}
        source = f"(SELECT i, i AS n, {words.id} AS owner FROM {words.numbers(ROWS)}) AS gone"
        statement = f"INSERT INTO visit ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}"
        db.engine.dispose()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement.replace(":", "\\:")))
    engine.dispose()
    moving_in.look_around(url)


def left(app: Portal) -> int:
    """Return how many of them are there."""
    with app.app_context(), unit_of_work(write=False):
        ended = Visit.at < clock.now() - period("visits")
        return db.session.scalar(select(func.count()).select_from(Visit).where(ended)) or 0


def delete_at_once(app: Portal) -> float:
    """Delete them by one statement; return the seconds."""
    started = time.monotonic()
    with app.app_context(), unit_of_work():
        gone = delete(Visit).where(Visit.at < clock.now() - period("visits"))
        db.session.execute(gone, execution_options={"synchronize_session": False, SWEEP: True})
    return time.monotonic() - started


@functools.cache
def _app(environment: tuple[tuple[str, str], ...]) -> Portal:
    app = create_app(settings.load(dict(environment)))
    collector.look_only_at_new()
    return app


def _work(environment: Mapping[str, str]) -> float:
    app = _app(tuple(environment.items()))
    with app.app_context():
        with unit_of_work():
            jobs.enqueue("privacy.sweep")
        started = time.monotonic()
        worker.drain(limit=ROWS)
        return time.monotonic() - started


def sweep_beside(app: Portal, site: Site) -> tuple[float, float]:
    """Sweep in another process while sessions are opened here; return its seconds, and the longest that one took in ms.

    A worker sweeps every hour: this one has swept before, when there was nothing to sweep, so that its statements are built.
    """
    with app.app_context(), unit_of_work():
        person_id = accounts.add_person("late@example.org", name="Late", password="late to every fitting", language="en").id
    longest = 0.0
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(_work, (site.environment,))
        fill(app, site.url)
        swept = pool.apply_async(_work, (site.environment,))
        while not swept.ready():
            started = time.monotonic()
            with app.app_context(), unit_of_work():
                accounts.open_session(person_id, device="Firefox on Linux", remember=False)
            longest = max(longest, (time.monotonic() - started) * 1000)
            time.sleep(0.02)
        return swept.get(), longest


def prove(database: str, folder: Path) -> list[str]:
    """Compare both on a kind of database; return what is below its bound."""
    site = settled(database, folder, PEOPLE)
    app = create_app(settings.load(site.environment))
    fill(app, site.url)
    bulk = delete_at_once(app)
    moving_in.look_around(site.url)
    seconds, longest = sweep_beside(app, site)
    rest = left(app)
    print(
        f"{database:12} DELETE {bulk:6.1f} s, sweep {seconds:6.1f} s: {bulk / seconds:.2f} of its speed (least "
        f"{LEAST_SPEED}); a session waited {longest:.0f} ms (most {MOST_MS}); {rest} rows are left",
        flush=True,
    )
    faults = [f"{database}: {rest} rows are left"] if rest else []
    faults += [f"{database}: {bulk / seconds:.2f} of the speed"] if bulk / seconds < LEAST_SPEED else []
    return faults + ([f"{database}: a sign-in waited {longest:.0f} ms"] if longest > MOST_MS else [])


def faults() -> list[str]:
    """Prove it on both databases; return what is wrong."""
    with tempfile.TemporaryDirectory(prefix="portal-proof-") as folder, postgres.for_a_run():
        return [fault for database in (SQLITE, POSTGRESQL) for fault in prove(database, Path(folder))]
