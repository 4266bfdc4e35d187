"""What hardly any row meets, said to the database where its statistics know nothing of it."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Seldom(FunctionElement[bool]):
    """A clause that hardly any row meets."""

    name = "seldom"
    type = Boolean()
    inherit_cache = True

    def self_group(self, **_options: Any) -> Any:  # type: ignore[override]  # it takes more than it looks at
        """Return the clause as it stands: compared with a number, as SQLite's truths are elsewhere, no index finds it."""
        return self


def seldom(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a clause that hardly any row meets, found by its index.

    Where a column is empty in all rows, SQLite's statistics say that each value stands in all of them: to look for one it
    would rather read the whole table.
    """
    return _Seldom(clause)


@compiles(_Seldom)
def _as_it_is(element: _Seldom, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(_Seldom, "sqlite")
def _unlikely(element: _Seldom, compiler: Any, **options: Any) -> str:
    return f"unlikely({compiler.process(element.clauses, **options)})"
