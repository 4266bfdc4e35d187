"""What is wrong with who may write what: rights of staff that name what is never theirs, and names that are not stored."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import inspect

from portal.kit.claims.vocabulary import Table


def find_writing_faults(tables: Iterable[Table]) -> list[str]:
    """Name every right of staff that must not be, and every writer of a column that is not stored (P09)."""
    by_name = {table.name: table for table in tables}
    return [f"{name}: {fault}" for name, table in by_name.items() for fault in _faults_of(table, by_name)]


def _faults_of(table: Table, by_name: Mapping[str, Table]) -> Iterator[str]:
    for name in sorted({*table.by_person, *table.by_owner} - set(table.columns)):
        yield f"somebody writes {name}, which is not stored"
    for right in table.staff_rights:
        if not right.roles or not right.why:
            yield "staff may write, without a word who or why"
        for name in sorted(right.columns - set(table.columns)):
            yield f"staff may change {name}, which is not stored"
        for name in sorted(right.columns & table.never_written_by_staff):
            yield f"staff may change {name}, which is never theirs"
        if (right.adds or right.deletes) and table.never_written_by_staff:
            yield "staff may add or delete rows that hold what is never theirs"
        if right.deletes:
            for name in sorted(_gone_with(table, by_name)):
                yield f"rows of {name} go with what staff may delete, and are never theirs"


def _gone_with(table: Table, by_name: Mapping[str, Table]) -> set[str]:
    """Return the tables with rows that are never staff's, and that the database deletes or blanks with this one's."""
    found: set[str] = set()
    waiting = {table.name}
    while waiting:
        above = waiting.pop()
        below = {each for each, other in by_name.items() if _hangs_on(other.model, above)} - found
        found |= below
        waiting |= below
    return {each for each in found if by_name[each].never_written_by_staff}


def _hangs_on(model: Any, above: str) -> bool:
    keys = inspect(model).local_table.foreign_keys
    return any(key.column.table.name == above and key.ondelete for key in keys)
