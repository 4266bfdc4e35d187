"""How much a database does for a page: what reaches it, and what it goes through to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask

from benchmarks import plans
from portal.kit.db import db


def asked_by(app: Flask, act: Callable[[], object]) -> list[plans.Asked]:
    """Return what reaches the database, once what is read on the first occasion has been read."""
    act()
    with plans.collected(app) as found:
        act()
    return found


def effort(app: Flask, found: list[plans.Asked]) -> int:
    """Return how much the database does: on PostgreSQL the rows that it reads, on SQLite the steps of its machine."""
    with app.app_context(), db.engine.connect() as connection:
        by = _rows_read if db.engine.dialect.name == "postgresql" else _steps_made
        return sum(by(connection, each) for each in found if each.statement.startswith("SELECT"))


def _rows_read(connection: Any, each: plans.Asked) -> int:
    # As it is planned for anybody: for somebody with a tenth of all rows it is cheaper to read small tables whole.
    with plans.prepared(connection, each) as names:
        values = f"({', '.join(f'%({name})s' for name in names)})" if names else ""
        cursor = psycopg.ClientCursor(connection.connection.driver_connection)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {plans.PREPARED}{values}", each.values)
        ((explained,),) = cursor.fetchall()
    return _rows_of(explained[0]["Plan"])


def _rows_of(node: dict[str, Any]) -> int:
    removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
    here = (node["Actual Rows"] + removed) * node["Actual Loops"] if "Scan" in node["Node Type"] else 0
    return int(here) + sum(_rows_of(within) for within in node.get("Plans", ()))


def _steps_made(connection: Any, each: plans.Asked) -> int:
    steps = [0]

    def count() -> None:
        steps[0] += 1

    driver = connection.connection.driver_connection
    driver.set_progress_handler(count, 1)
    try:
        connection.exec_driver_sql(each.statement, each.values).all()
    finally:
        driver.set_progress_handler(None, 0)
    return steps[0]
