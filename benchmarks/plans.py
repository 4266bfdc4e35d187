"""How a database goes about what it is asked: the plans of statements, as shapes without costs, and what grows in them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event

from benchmarks.asking import Inside, Kind
from benchmarks.crowd import asked
from benchmarks.inside import forget_throttles
from portal.kit.db import db

EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
PLACE = re.compile(r"%\((\w+)\)s")
"""Where psycopg puts a value."""
PREPARED = "looked_at"
MOST_TOLD = 240
"""Characters of a statement or a plan that a fault quotes."""
WHOLE = "whole"
"""Says of a step that it reads a table or an index from one end to the other."""


@dataclass(frozen=True)
class Asked:
    """A statement as it reached the database, with its values."""

    statement: str
    values: Any


@dataclass(frozen=True)
class Plan:
    """A statement, and the shape of how it is answered: its steps, each within the one that it serves."""

    statement: str
    shape: str

    def reads_whole(self, tables: Collection[str]) -> list[str]:
        """Return which of some tables are read from one end to the other."""
        return sorted(set(re.findall(rf"{WHOLE} (\w+)", self.shape)) & set(tables))


@dataclass(frozen=True)
class Look:
    """What one kind of request asks of the database: how many statements in all, and the plans of those that have one."""

    statements: int
    plans: list[Plan]


def look(app: Flask, kinds: Sequence[Kind], *, inside: Inside) -> dict[str, Look]:
    """Look into each kind of request, once what is read on the first occasion has been read."""
    found = {}
    for kind in kinds:
        forget_throttles(app)
        kind.ask(inside, kind.prepare(inside, 0))
        prepared = kind.prepare(inside, 1)
        with asked(app) as counts, collected(app) as statements:
            kind.ask(inside, prepared)
        found[kind.name] = Look(counts["statements"], [plan for each in statements for plan in plans(app, each)])
    return found


def differences(few: Mapping[str, Look], many: Mapping[str, Look], *, tables: Collection[str]) -> list[str]:
    """Say what is done otherwise for many people than for few, and which of `tables`, that grow with them, is read whole."""
    faults = []
    for name, before in few.items():
        after = many[name]
        if before.statements != after.statements:
            faults.append(f"{name}: {before.statements} statements become {after.statements}")
        for one, other in zip(before.plans, after.plans, strict=False):
            if one != other:
                before_it, after_it = _where_they_part(one.shape, other.shape)
                faults.append(f"{name}: {before_it}\n  becomes {after_it}\n  for {other.statement[:MOST_TOLD]}")
        for plan in after.plans:
            read = plan.reads_whole(tables)
            faults += [f"{name} reads all of {table}, for {plan.statement[:MOST_TOLD]}" for table in read]
    return faults


def _where_they_part(one: str, other: str) -> list[str]:
    """Return of two shapes, which may be long, what stands around the first difference."""
    begin = max(0, len(os.path.commonprefix([one, other])) - MOST_TOLD // 3)
    return ["… " * bool(begin) + each[begin : begin + MOST_TOLD] for each in (one, other)]


@contextmanager
def collected(app: Flask) -> Iterator[list[Asked]]:
    """Collect the statements that reach the database and have a plan."""
    found: list[Asked] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, _context: object, is_many: bool) -> None:
        if statement.lstrip().startswith(EXPLAINED):
            found.append(Asked(statement, values[0] if is_many else values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plans(app: Flask, each: Asked) -> list[Plan]:
    """Return the plans of a statement: on PostgreSQL that for its values, and that for any once it is prepared."""
    with app.app_context(), db.engine.connect() as connection:
        return _plans(connection, each)


def _plans(connection: Connection, each: Asked) -> list[Plan]:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each.statement}", each.values)
        return [Plan(each.statement, "; ".join(_step_of_sqlite(row[3]) for row in rows))]
    explain = "EXPLAIN (COSTS OFF, FORMAT JSON)"
    at_once = connection.exec_driver_sql(f"{explain} {each.statement}", each.values).scalar_one()
    return [Plan(each.statement, _shape(found[0]["Plan"])) for found in (at_once, _prepared(connection, explain, each))]


def _step_of_sqlite(step: str) -> str:
    scanned = re.fullmatch(r"SCAN (\w+)( USING .*)?", step)
    return f"{WHOLE} {scanned[1]}{scanned[2] or ''}" if scanned else step


def _prepared(connection: Connection, explain: str, each: Asked) -> Any:
    with prepared(connection, each) as names:
        values = f"({', '.join(['NULL'] * len(names))})" if names else ""
        return connection.exec_driver_sql(f"{explain} EXECUTE {PREPARED}{values}").scalar_one()


@contextmanager
def prepared(connection: Connection, each: Asked) -> Iterator[list[str]]:
    """Have PostgreSQL know a statement as `PREPARED`, planned for any values; yield the names of these in their order."""
    names: list[str] = list(dict.fromkeys(PLACE.findall(each.statement)))
    statement = PLACE.sub(lambda place: f"${names.index(place[1]) + 1}", each.statement).replace("%%", "%")
    connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
    connection.exec_driver_sql(f"PREPARE {PREPARED} AS {statement}", execution_options={"no_parameters": True})
    try:
        yield names
    finally:
        connection.exec_driver_sql(f"DEALLOCATE {PREPARED}")


def _shape(node: dict[str, Any]) -> str:
    """Return a step of PostgreSQL's with those that serve it: what it does, by which index, on which table.

    What hangs on a guess at the few rows of one person, and reads the same entries of the same index, is one shape: an index
    is followed at once, by way of a bitmap, or without a look at the table; what it gives is in order or is sorted; doubles
    go by a sort or by a hash.
    """
    what, within = node["Node Type"].replace("Index Only", "Index"), node.get("Plans", [])
    table, index = node.get("Relation Name", ""), node.get("Index Name")
    is_whole = what == "Seq Scan" or (what == "Index Scan" and "Index Cond" not in node)
    if what == "Bitmap Heap Scan" and within[0]["Node Type"] == "Bitmap Index Scan":
        what, index, within = "Index Scan", within[0]["Index Name"], within[1:]
    if what == "Unique" and within[0]["Node Type"] == "Sort":
        what, within = "Aggregate", within[0]["Plans"]
    if what == "Sort" and (given := _shape(within[0])).startswith("Index Scan"):
        return given
    words = [what, f"by {index}" if index else "", f"{WHOLE} {table}" if is_whole else table]
    served = f" ({', '.join(map(_shape, within))})" if within else ""
    return " ".join(filter(None, words)) + served
