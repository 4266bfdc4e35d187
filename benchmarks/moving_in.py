"""Thousands or a million people move into a database by SQL, in less time than it takes to tell."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, Engine, Table, create_engine

from benchmarks.population import BELOW, BEYOND, PILE, SPREAD, WORDS, Rows, Words, growing
from portal.kit.db import Base

_JOINING = "joining"
"""How the addresses of those begin who join an organisation all at once."""


def settle(url: str, people: int) -> None:
    """Let so many people move into an empty schema."""
    engine = create_engine(url)
    words = WORDS[engine.dialect.name]
    with _fast(engine) as connection:
        _run(connection, f"CREATE TEMPORARY TABLE numbered (n INTEGER PRIMARY KEY, owner {words.id_type} NOT NULL)")
        _run(connection, f"INSERT INTO numbered SELECT i, {words.id} FROM {words.numbers(people)}")
        for name, rows in growing(words).items():
            with _without_indexes(connection, Base.metadata.tables[name]):
                _insert(connection, name, rows, _of_parents(rows) if rows.within else _of_people(rows, words, people))
    engine.dispose()


def pile_up(url: str, person_id: uuid.UUID, rows: int, *, first: int = BEYOND) -> None:
    """Give one person so many rows more, of every kind that somebody leaves who comes each day for years.

    They are numbered from `first` on: what must differ from row to row differs from all others.
    """
    engine = create_engine(url)
    words = WORDS[engine.dialect.name]
    person = _id(person_id, words)
    with engine.begin() as connection:
        for name, share in PILE.items():
            of_table = growing(words)[name]
            owned = {"subject_id": "owner"} if "subject_id" in of_table.columns else {}
            numbers = words.numbers(rows * share // 100)
            source = f"(SELECT i + {first} AS i, 0 AS n, {person} AS owner FROM {numbers}) AS piled"
            _insert(connection, name, replace(of_table, columns={**of_table.columns, **owned}), source)
        messages = growing(words)["ticket_message"]
        mine = f"ticket WHERE subject_id = {person}"
        _insert(connection, "ticket_message", messages, _of_parents(replace(messages, within=mine)))
    engine.dispose()


def join_together(url: str, organisation_id: uuid.UUID, people: int) -> None:
    """Let so many people more join one organisation, each with a line in its log."""
    engine = create_engine(url)
    words = WORDS[engine.dialect.name]
    known = growing(words)
    there = {"organisation_id": _id(organisation_id, words)}
    newcomers = f"(SELECT i, i + {BEYOND} AS n, {words.id} AS owner FROM {words.numbers(people)}) AS newcomers"
    joined = f"(SELECT id AS owner, row_number() OVER () AS i FROM person WHERE email LIKE '{_JOINING}%') AS joined"
    with engine.begin() as connection:
        address = dict.fromkeys(("email", "email_key"), f"'{_JOINING}' || i || '@example.com'")
        _insert(connection, "person", replace(known["person"], columns={**known["person"].columns, **address}), newcomers)
        for name, columns in (
            ("membership", {"role": "'member'", "joined_at": words.ahead(14)}),
            ("organisation_entry", {"by_id": "owner", "at": words.ahead(14)}),
        ):
            _insert(connection, name, replace(known[name], columns={**known[name].columns, **there, **columns}), joined)
    engine.dispose()


def _id(key: uuid.UUID, words: Words) -> str:
    return f"CAST('{key if words is WORDS['postgresql'] else key.hex}' AS {words.id_type})"


def look_around(url: str) -> None:
    """Have the database look at how its rows are spread, as it does by itself where it stands for longer."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        _run(connection, "VACUUM (ANALYZE)" if engine.dialect.name == "postgresql" else "ANALYZE")
    engine.dispose()


def _insert(connection: Connection, name: str, rows: Rows, source: str) -> None:
    columns = ", ".join(f'"{column}"' for column in rows.columns)
    _run(connection, f"INSERT INTO {name} ({columns}) SELECT {', '.join(rows.columns.values())} FROM {source}")


def _of_people(rows: Rows, words: Words, people: int) -> str:
    """Return the source of rows about people: its number, and whom it is about."""
    place = f"(i * {SPREAD} % {BELOW})"
    picked = f"i * 1000 / {rows.per_thousand}" if rows.once else f"1 + {place} * {place} / {BELOW} * {people} / {BELOW}"
    numbers = words.numbers(people * rows.per_thousand // 1000)
    return f"(SELECT i, {picked} AS n FROM {numbers}) AS picked JOIN numbered USING (n)"


def _of_parents(rows: Rows) -> str:
    """Return the source of rows within another table: so many for each of its rows, or one for every so many."""
    parents = f"(SELECT row_number() OVER () AS i, id AS owner FROM {rows.within}) AS parents"
    if rows.per_thousand < 1000:
        return f"{parents} WHERE i % {1000 // rows.per_thousand} = 0"
    return f"{parents} CROSS JOIN (VALUES {', '.join(['(0)'] * (rows.per_thousand // 1000))}) AS copies"


def _run(connection: Connection, statement: str) -> None:
    # Without parameters: a percent sign is one.
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


@contextmanager
def _fast(engine: Engine) -> Iterator[Connection]:
    """Write without what costs time and changes no row: keys that are looked up elsewhere, and the wait for a disk."""
    how = {
        "postgresql": ("SET session_replication_role = replica", "SET maintenance_work_mem = '256MB'"),
        "sqlite": ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000"),
    }
    with engine.connect() as connection:
        for setting in how[engine.dialect.name]:
            _run(connection, setting)
        connection.commit()
        yield connection
        connection.commit()


@contextmanager
def _without_indexes(connection: Connection, table: Table) -> Iterator[None]:
    """Leave indexes away within: each is made faster at once than row by row."""
    for index in table.indexes:
        index.drop(connection)
    yield
    for index in table.indexes:
        index.create(connection)
