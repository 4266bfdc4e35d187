"""Portals with thousands or a million people, each on a database of its own: founded by SQL, looked into, served."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog
from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks import crowd, moving_in, population
from benchmarks.crowd import PEOPLE, Customer
from benchmarks.servers import Server, cpu_of, migrate, portal, production
from portal.app import create_app
from portal.kit import settings
from portal.kit.web import Portal
from tests import postgres

BACKENDS = text("SELECT pid FROM pg_stat_activity WHERE datname = :database AND backend_type = 'client backend'")
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Site:
    """A database with its people, before anything of the portal runs on it."""

    url: str
    folder: Path
    environment: dict[str, str]


def settled(database: str, folder: Path, people: int) -> Site:
    """Let so many people move into the portal's schema on a kind of database."""
    home = folder / f"{database}-{people}"
    home.mkdir()
    url = f"sqlite:///{home}/portal.db" if database == SQLITE else postgres.create_database(f"town_{people}")
    environment = production(home, url)
    migrate(environment)
    moving_in.settle(url, people)
    return Site(url, home, environment)


@dataclass(frozen=True)
class Town:
    """A portal with its people: those whose pages are opened, those who sign in, and one with few rows and one with many."""

    site: Site
    app: Portal
    crowd: list[Customer]
    around: Engine
    """A way to the database that is in none of the portal's processes."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables that grow with the people."""
        return frozenset(population.growing(population.WORDS[self.around.dialect.name]))

    def served(self) -> AbstractContextManager[Server]:
        """Serve it."""
        return portal(self.site.environment, self.site.folder / "portal.log")

    def database_cpu(self) -> float:
        """Return the seconds of CPU that the database has spent beside the portal's processes: on SQLite none."""
        if self.around.dialect.name == "sqlite":
            return 0.0
        with self.around.connect() as connection:
            pids = connection.scalars(BACKENDS, {"database": make_url(self.site.url).database}).all()
        return sum(cpu_of(psutil.Process(pid)) for pid in pids)


@contextmanager
def founded(site: Site, *, rows: int) -> Iterator[Town]:
    """Make a portal on a database with its people; the last of the crowd that moves in has so many rows more."""
    app = create_app(settings.load(site.environment))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    lately = crowd.settle(app, people=2 * PEOPLE + 2)
    moving_in.pile_up(site.url, lately[-1].id, rows)
    moving_in.look_around(site.url)
    url = make_url(site.url)
    around = create_engine(url if url.drivername.startswith("sqlite") else url.set(database="postgres"))
    try:
        yield Town(site, app, lately, around)
    finally:
        around.dispose()
