"""What a person may have deleted by itself once it is old: an area says which rows these are, and deletes them itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement


@dataclass(frozen=True)
class OrderRule:
    """The rows that a standing order of one kind takes."""

    kind: str
    model: Any
    where: Callable[..., ColumnElement[bool]]
    """`where(person_id, before=…)`: the clause for what somebody (an id, or a column of ids) had done with by then."""
    delete: Callable[..., int]
    """`delete(person_id, before=…, most=…)`: deletes at most so many, with what hangs on them, and returns how many."""
