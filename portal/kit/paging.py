"""Long lists in pages, by key and never by offset: the thousandth page costs what the first one costs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, or_, select

from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.unit import rows

Row = TypeVar("Row")
_AT = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the word that asks for the page after it; None on the last one."""

    rows: list[Row]
    after: str | None


def paginate(
    query: "Select[Row]",
    bound: Mapping[str, object] | None = None,
    *,
    at: Any,
    key: Any,
    after: str | None = None,
    size: int = 50,
    newest_first: bool = True,
) -> Page[Row]:
    """Return one page of `query`, ordered by the instant `at` and then the id `key`, as one statement.

    Its rows are what it selects, or tuples where that is several columns, with `at` and `key` among them.
    `bound` gives the values of its parameters. Raises NotFound for a word in `after` that no page of ours has given out.
    """
    if after is not None:
        query = query.where(_beyond(at, key, *_parse(after), newest_first=newest_first))
    order = (at.desc(), key.desc()) if newest_first else (at.asc(), key.asc())
    found = db.session.execute(query.order_by(*order).limit(size + 1), bound)
    return _page(list(found.scalars() if len(query.column_descriptions) == 1 else found), at=at, key=key, size=size)


class Listing:
    """A list of a customer's, newest first, of which the page that is opened first is a statement that was built once."""

    def __init__(self, *columns: Any, where: Any, at: Any, key: Any, size: int) -> None:
        self._query: Select[*tuple[Any, ...]] = select(*columns).where(where)
        self._at, self._key, self._size = at, key, size
        self._first = self._query.order_by(at.desc(), key.desc()).limit(size + 1)

    def page(self, bound: Mapping[str, object], *, after: str | None) -> Page[Any]:
        """Return a page of the list, for these parameters. Raises NotFound for a word that no page of ours has given out."""
        if after is not None:
            return paginate(self._query, bound, at=self._at, key=self._key, after=after, size=self._size)
        return _page(list(rows(self._first, bound)), at=self._at, key=self._key, size=self._size)


def _page(found: list[Any], *, at: Any, key: Any, size: int) -> Page[Any]:
    if len(found) <= size:
        return Page(found, None)
    return Page(found[:size], key_of(found[size - 1], at=at, key=key))


def key_of(row: Any, *, at: Any, key: Any) -> str:
    """Return the word that asks for what comes after a row."""
    return word_of((getattr(row, at.key), getattr(row, key.key)))


def word_of(marks: Sequence[Any]) -> str:
    """Return the word that asks for what comes after a row with this instant and id, or this id alone."""
    return "-".join(each.strftime(_AT) if isinstance(each, datetime) else each.hex for each in marks)


def beyond(at: Any, key: Any, after: str) -> Any:
    """Return the clause for what comes after a word, newest first; by the id alone where `at` is None. Raises NotFound."""
    if at is None:
        return key < _parse_key(after)
    return _beyond(at, key, *_parse(after), newest_first=True)


def _beyond(at: Any, key: Any, last_at: datetime, last_key: uuid.UUID, *, newest_first: bool) -> Any:
    # The first half alone lets the index on `at` be used; the second breaks ties.
    if newest_first:
        return and_(at <= last_at, or_(at < last_at, key < last_key))
    return and_(at >= last_at, or_(at > last_at, key > last_key))


def _parse(word: str) -> tuple[datetime, uuid.UUID]:
    at, _dash, key = word.partition("-")
    try:
        return datetime.strptime(at, _AT).replace(tzinfo=UTC), _parse_key(key)
    except ValueError:
        raise NotFound from None


def _parse_key(word: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=word)
    except ValueError:
        raise NotFound from None
