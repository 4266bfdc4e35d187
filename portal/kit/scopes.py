"""Scoped tables: their rows belong to somebody, and a statement that asks for them says whose (P39).

A model names the columns that can say so. Where every statement leaves for the database, each table of that kind in it must
be pinned by one of them: to a value, to a question of its own, or to a row that is itself pinned. Otherwise it is refused,
in tests and in production, before any row is read. What looks at everybody's rows says so, with its reason.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

from sqlalchemy import Column, Delete, Join, Select, Table, Update, event
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import (
    AsBoolean,
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    ClauseList,
    False_,
    Grouping,
)
from sqlalchemy.sql.selectable import AliasedReturnsRows, SelectBase, Subquery

from portal.kit.db import db
from portal.kit.running import App

_SCOPE = "scope"
_across: ContextVar[bool] = ContextVar("across", default=False)
_SEEN: WeakSet[Any] = WeakSet()
"""Compiled statements that were looked at: the library keeps them, and each is looked at once."""

Pin = tuple[str, str, str]
"""A table, its column, and what that is pinned to: another table, or nothing for a value."""
NOTHING: Pin = ("", "", "")
"""What a condition pins that no row meets: as it stands for nobody."""


class Unscoped(RuntimeError):
    """A statement asks for rows of everybody where it should say whose. A fault of ours."""


def scoped_by(*columns: str) -> dict[str, Any]:
    """Return the table arguments of a model whose rows are asked for by one of these columns."""
    return {"info": {_SCOPE: frozenset(columns)}}


def init_app(app: App) -> None:
    """Put the guard before the database."""
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _look)


@contextmanager
def across(reason: str) -> Iterator[None]:
    """Ask for everybody's rows within, for a reason. Raises ValueError without one."""
    if not reason:
        raise ValueError("what looks at everybody's rows says why")
    token = _across.set(True)
    try:
        yield
    finally:
        _across.reset(token)


def _look(_connection: Any, _cursor: Any, _words: str, _values: Any, context: Any, _many: bool) -> None:
    compiled = getattr(context, "compiled", None)
    if compiled is None or compiled in _SEEN or _across.get():
        return
    if found := sorted(unscoped_in(compiled)):
        raise Unscoped(f"asked for without saying whose: {', '.join(found)}")
    _SEEN.add(compiled)


def unscoped_in(compiled: Any) -> set[str]:
    """Return the scoped tables of which a compiled statement asks for everybody's rows."""
    statement = compiled.statement
    if isinstance(statement, Update | Delete):
        where = statement._where_criteria  # noqa: SLF001 (the library tells it nowhere else)
        pins = _pins_of_all(where)
        # A flush writes the one row that was read before, by its key.
        by_key = {column for _table, column, to in pins if not to} >= {each.name for each in statement.table.primary_key}
        found = set() if by_key else _loose([statement.table], pins, outside=set())
        return found | _within(where, compiled, outside={_name(statement.table)})
    return _within([statement], compiled, outside=set())


def _within(parts: Iterable[Any], compiled: Any, *, outside: set[str]) -> set[str]:
    """Look at the questions within some parts; those in a condition may lean on what stands `outside` of them."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Select):
            found |= _of_question(part, compiled, outside)
        elif isinstance(part, AliasedReturnsRows):
            found |= _within([part.element], compiled, outside=set())
        else:
            found |= _within(part.get_children(), compiled, outside=outside)
    return found


def _of_question(question: Any, compiled: Any, outside: set[str]) -> set[str]:
    # As the library finds what a question is about, also through joins of mapped classes, in the database's own words.
    shown = question._compile_state_factory(question, compiled)._get_display_froms()  # noqa: SLF001 (its public way knows one dialect)
    froms, pins = _opened(shown)
    outer = outside | {_name(each) for each in question._correlate}  # noqa: SLF001 (told nowhere else)
    own = [each for each in froms if _name(each) not in outer] or froms
    where = [] if question.whereclause is None else [question.whereclause]
    found = _loose(own, pins | _pins_of_all(where), outside=outer)
    return found | _within(question.get_children(), compiled, outside=outer | {_name(each) for each in own})


def _opened(froms: Any) -> tuple[list[Any], set[Pin]]:
    """Return the tables of joins, and what their conditions pin."""
    tables: list[Any] = []
    pins: set[Pin] = set()
    for each in froms:
        if isinstance(each, Join):
            below, more = _opened([each.left, each.right])
            tables += below
            pins |= more | _pins(each.onclause)
        else:
            tables.append(each)
    return tables, pins


def _loose(froms: list[Any], pins: set[Pin], *, outside: set[str]) -> set[str]:
    """Return which of the tables nothing pins: a value does, what stands outside, or a table that is pinned itself."""
    if NOTHING in pins:
        return set()
    scopes = {_name(each): _scope(each) for each in froms}
    counted = {(table, to) for table, column, to in pins if column in (scopes.get(table) or {column})}
    held = {_name(each) for each in froms if isinstance(each, Subquery)} | outside - scopes.keys() | {""}
    while more := {table for table, to in counted if to in held} - held:
        held |= more
    return {table for table, scope in scopes.items() if scope is not None and table not in held}


def _scope(source: Any) -> frozenset[str] | None:
    table = source.element if isinstance(source, AliasedReturnsRows) else source
    return getattr(table, "info", {}).get(_SCOPE) if isinstance(table, Table) else None


def _name(source: Any) -> str:
    return str(getattr(source, "name", id(source)))


def _pins_of_all(clauses: Any) -> set[Pin]:
    return set().union(*(_pins(clause) for clause in clauses))


def _pins(clause: Any) -> set[Pin]:
    """Return what a condition pins: all that its parts do when all of them hold, what each does when one of them does."""
    if isinstance(clause, Grouping) or (isinstance(clause, AsBoolean) and clause.operator is operators.is_true):
        return _pins(clause.element)
    if isinstance(clause, False_):
        return {NOTHING}
    if isinstance(clause, BooleanClauseList):
        if clause.operator is operators.and_:
            return _pins_of_all(clause.clauses)
        parts = [_pins(each) for each in clause.clauses if not isinstance(each, False_)]
        always = set.intersection(*({table for table, _column, to in each if not to} for each in parts))
        return {pin for each in parts for pin in each if pin[0] in always and not pin[2]}
    if isinstance(clause, BinaryExpression) and clause.operator in (operators.eq, operators.in_op):
        return {*_pin(clause.left, clause.right), *_pin(clause.right, clause.left)}
    return set()


def _pin(column: Any, to: Any) -> Iterator[Pin]:
    if not isinstance(column, Column):
        return
    while isinstance(to, Grouping):
        to = to.element
    if isinstance(to, Column):
        yield _name(column.table), column.name, _name(to.table)
    elif isinstance(to, BindParameter | ClauseList | SelectBase) or hasattr(to, "element"):
        yield _name(column.table), column.name, ""
