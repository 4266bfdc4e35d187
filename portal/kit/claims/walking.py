"""On PostgreSQL: what has ended in a table goes stretch by stretch of its own pages, as one bulk DELETE would read it.

To find a bounded number of rows and then go to each costs twice what it costs to delete what one meets. So where very much
has ended, and the database would read the table from end to end anyway, a sweep walks along it once.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Delete,
    Executable,
    Integer,
    and_,
    cast,
    delete,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.ext.compiler import compiles

from portal.kit.claims.retention import DatedRule
from portal.kit.claims.vocabulary import Table
from portal.kit.db import db
from portal.kit.immutable import SWEEP
from portal.kit.scopes import across

_ENDED = "what has ended goes from each table alike"
PAGES = 1_000
"""One stretch: 8 MB, or some 100,000 rows."""


@dataclass(frozen=True)
class Walked:
    """What one stretch of a table held that had ended, and at which page the next one begins, if there is one."""

    rows: int
    next_page: int | None


class _Plan(Executable, ClauseElement):
    """What the database means to do for a statement."""

    inherit_cache = False

    def __init__(self, statement: Delete) -> None:
        self.statement = statement


@compiles(_Plan, "postgresql")
def _explain(plan: _Plan, compiler: Any, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(plan.statement, **options)}"


@across(_ENDED)
def is_walked(table: Table) -> bool:
    """Tell whether a sweep of much walks along the table: the database would read all of it to delete what has ended."""
    if db.engine.dialect.name != "postgresql" or table.before_delete:
        return False
    ((plan,),) = db.session.execute(_Plan(delete(table.model).where(ended(table))))
    return bool(plan[0]["Plan"]["Plans"][0]["Node Type"] == "Seq Scan")


@across(_ENDED)
def walk(table: Table, *, page: int) -> Walked:
    """Delete what has ended in the stretch that begins at a page."""
    place: ColumnElement[Any] = literal_column(f"{table.name}.ctid")
    end = page + PAGES
    here = and_(place >= literal_column(f"'({page},0)'::tid"), place < literal_column(f"'({end},0)'::tid"))
    statement = delete(table.model).where(here, ended(table))
    rows = db.affected(statement.execution_options(synchronize_session=False, **{SWEEP: True}))
    pages = select(func.pg_relation_size(cast(table.name, REGCLASS)) / cast(func.current_setting("block_size"), Integer))
    return Walked(rows, end if end < (db.session.scalar(pages) or 0) else None)


def ended(table: Table) -> ColumnElement[bool]:
    """Return the clause for the rows of a table whose time is up by any of its rules."""
    rules = [rule.ended(table.model) for rule in table.rules if isinstance(rule, DatedRule)]
    return table.unless_exempt(or_(false(), *rules))
