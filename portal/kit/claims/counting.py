"""How many rows are about somebody: exactly, or up to a bound, so that a page costs no more for whoever has very many."""

import operator
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BooleanClauseList, ColumnElement, Select, and_, func, literal, select, true, union_all

MOST_COUNTED = 1000
"""How many rows of a line are counted for a page; one more stands for all that are beyond."""
MOST_PARENTS = 100
"""Through how many rows others are looked for, for a page: each of them is a look of its own."""


def counting(clauses: Iterable[tuple[Any, ColumnElement[bool]]], *, stop_at: int | None) -> Select[*tuple[Any, ...]]:
    """Return the statement that counts the rows of tables for which a clause holds; of any, not many more than `stop_at`."""
    found = [first(stop_at, literal(1).label("row"), of=model, where=clause).subquery() for model, clause in clauses]
    return select(*(select(func.count()).select_from(rows).scalar_subquery() for rows in found))


def first(most: int | None, column: Any, *, of: Any, where: ColumnElement[bool], newest: Any = None) -> Select[Any]:
    """Return a column of a table's rows for which a clause holds: of all, or of hardly more than `most`, found without more.

    Of two alternatives PostgreSQL finds every row of both before it takes the first: each is asked for by itself. Told to
    begin with the `newest`, it follows the index that has them in order, and does not read on in the hope of the next one.
    """
    if most is None:
        return select(column).select_from(of).where(where)
    order = () if newest is None else (newest.desc(),)
    rows = [select(column).select_from(of).where(each).order_by(*order).limit(most) for each in _apart(where)]
    return rows[0] if len(rows) == 1 else select(*union_all(*(select(*each.subquery().c) for each in rows)).subquery().c)


def _apart(clause: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Return the alternatives of a clause, each without the rows of those before it."""
    is_either = isinstance(clause, BooleanClauseList) and clause.operator is operator.or_
    found = [*clause.clauses] if is_either else [clause]
    return [and_(each, *(before.is_not(true()) for before in found[:number])) for number, each in enumerate(found)]
