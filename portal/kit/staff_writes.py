"""The guard of P09: what staff write is what the register lists for their role, and nothing else reaches the database.

It stands where every statement leaves for the database, whoever made it: the flush, a bulk statement, one by hand. It looks
at units that a staff endpoint, a staff job or a staff command has opened; staff edit themselves as customers.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Delete, Insert, Table, Update, UpdateBase, delete, event, false, insert, inspect, select, update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ReleaseSavepointClause, RollbackToSavepointClause, SavepointClause
from sqlalchemy.sql.selectable import SelectBase

from portal.kit.actor import Role, System
from portal.kit.claims import register
from portal.kit.claims.register import Register
from portal.kit.claims.writing_faults import find_writing_faults
from portal.kit.db import db
from portal.kit.running import App, Installed
from portal.kit.unit import acting_as, staff_role

log = structlog.get_logger()
OF_TRANSACTIONS = ("BEGIN", "BEGIN IMMEDIATE", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_CHANGE_NOTHING = (SelectBase, SavepointClause, ReleaseSavepointClause, RollbackToSavepointClause)
ADDED, DELETED, EMPTIED = "+", "-", "=''"
"""What stands for whole rows beside the names of columns, and behind a name for a text that goes."""


class StaffMayNotWrite(Exception):
    """Staff, or a job or command of theirs, would write what the register doesn't list for their role. A fault of ours."""


@dataclass(frozen=True)
class Write:
    """One thing that a statement does: it adds or deletes rows of a table, or changes a column of them."""

    table: str
    what: str

    def __str__(self) -> str:
        return f"{self.table}.{self.what}"


Rights = Mapping[Role, frozenset[Write]]
_RIGHTS = Installed[Rights]("staff_rights")
_trying: ContextVar[bool] = ContextVar("trying", default=False)


def init_app(app: App) -> None:
    """Put the guard before the database. Raises RuntimeError where the register lists what is never staff's."""
    with app.app_context():
        tables = [table for _claim, table in register().tables()]
        if faults := find_writing_faults(tables):
            raise RuntimeError(f"what staff may write is listed wrongly: {'; '.join(faults)}")
        _RIGHTS.install(app, rights_in(register()))
        event.listen(db.engine, "before_cursor_execute", _look)


def is_installed() -> bool:
    """Tell whether the guard stands before the database of the running app."""
    return event.contains(db.engine, "before_cursor_execute", _look)


def let_through(columns: Iterable[Any]) -> list[str]:
    """Name what staff could write in some role: each column, and rows of its table, are tried for real, on no row.

    Where the guard is missing the statements go through, and find nothing to change.
    """
    stored = [inspect(each.class_).local_table.columns[each.key] for each in columns]
    tries: dict[Write, UpdateBase] = {
        Write(each.table.name, each.name): update(each.table).where(false()).values({each.name: each}) for each in stored
    }
    for table in {each.table for each in stored}:
        tries[Write(table.name, DELETED)] = delete(table).where(false())
        nothing = select(*table.columns).where(false())
        tries[Write(table.name, ADDED)] = insert(table).from_select([each.name for each in table.columns], nothing)
    return [str(write) for write, statement in tries.items() if any(_passes(statement, role) for role in Role)]


def _passes(statement: Any, role: Role) -> bool:
    token = _trying.set(True)
    try:
        with acting_as(System("portal.staff_writes", role)):
            db.session.connection().execute(statement)
    except StaffMayNotWrite:
        return False
    finally:
        _trying.reset(token)
    return True


def rights_in(claimed: Register) -> Rights:
    """Return all that each role may write."""
    found: dict[Role, set[Write]] = {role: set() for role in Role}
    for _claim, table in claimed.tables():
        for right in table.staff_rights:
            rows = [word for word, given in ((ADDED, right.adds), (DELETED, right.deletes)) if given]
            emptied = [name + EMPTIED for name in right.empties]
            for role in right.roles:
                found[role] |= {Write(table.name, what) for what in (*rows, *right.changes, *emptied)}
    return {role: frozenset(writes) for role, writes in found.items()}


def _look(_connection: Any, _cursor: Any, words: str, _values: Any, context: Any, _many: bool) -> None:
    role = staff_role()
    if role is None:
        return
    given = _RIGHTS.get()[role]
    refused = {each for each in _writes_of(words, context) - given if not _only_empties(each, context, given)}
    if refused:
        named = sorted(map(str, refused))
        if not _trying.get():
            log.error("staff.write_refused", role=role.value, writes=named)
        raise StaffMayNotWrite(f"{role.value}: {', '.join(named)}")


def _only_empties(write: Write, context: Any, given: Collection[Write]) -> bool:
    return Write(write.table, write.what + EMPTIED) in given and all(
        values.get(write.what) == "" for values in context.compiled_parameters
    )


def _writes_of(words: str, context: Any) -> set[Write]:
    compiled = getattr(context, "compiled", None)
    if not isinstance(compiled, SQLCompiler):
        return set() if words in OF_TRANSACTIONS else {Write("?", "a statement by hand")}
    statement: Any = compiled.statement
    if isinstance(statement, Insert) and not words.startswith("INSERT INTO "):
        # Such as INSERT OR REPLACE, which deletes.
        return {Write("?", "another kind of INSERT")}
    statements = [statement, *(each.element for each in compiled.ctes or ())]
    found = {write for each in statements for write in _writes_of_statement(each, compiled.column_keys or ())}
    defaults = [column.name for column in compiled.update_prefetch] if compiled.isupdate else []
    return found | {Write(statement.table.name, name) for name in defaults}


def _writes_of_statement(statement: Any, bound: Iterable[str]) -> Iterator[Write]:
    if isinstance(statement, _CHANGE_NOTHING):
        return
    if not isinstance(statement, Insert | Update | Delete) or not isinstance(statement.table, Table):
        yield Write("?", type(statement).__name__)
        return
    table = statement.table
    if isinstance(statement, Insert):
        yield Write(table.name, ADDED)
        clash = getattr(statement, "_post_values_clause", None)
        yield from (Write(table.name, _name_of(key)) for key in getattr(clash, "update_values_to_set", ()))
    elif isinstance(statement, Delete):
        yield Write(table.name, DELETED)
    else:
        # A flush names its columns by what it binds; a value that only picks rows bears no column's name.
        named = {_name_of(key) for key in statement._values or ()}  # noqa: SLF001 (the library tells it nowhere else)
        yield from (Write(table.name, name) for name in named | {key for key in bound if key in table.columns})


def _name_of(key: Any) -> str:
    return str(getattr(key, "key", key))
