"""The files of one table in a copy: of so many rows each, so that a worker that was killed loses one of them at most (P24).

A table of more rows comes in several, numbered from the second on. Where each of them ends is known by the key of its last
row: whoever goes on reads what comes after it, and no row twice.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from portal.kit.claims import Dataset
from portal.kit.claims.dataset import Key
from portal.privacy.service.datasets import OnRow, as_csv, as_json

ROWS_OF_A_FILE = 50_000


class Stood(NamedTuple):
    """Where the files of a table stand: how many rows and files there are, and the key of the last row."""

    rows: int = 0
    files: int = 0
    after: Key | None = None


def stems(name: str, *, files: int) -> list[str]:
    """Return what the files of a table are called, without how they end."""
    return [name, *(f"{name}-{number}" for number in range(2, files + 1))]


class TableFiles:
    """What is still to be written of a table, file by file."""

    def __init__(self, dataset: Dataset, *, stood: Stood, on_row: OnRow) -> None:
        self.dataset, self.stood, self.on_row = dataset, stood, on_row
        self._rows, self._same_rows = dataset.keyed(stood.after), dataset.keyed(stood.after)

    def has_more(self) -> bool:
        """Tell whether there are rows for another file."""
        first = next(self._rows, None)
        if first is not None:
            self._rows = chain([first], self._rows)
        return first is not None

    @property
    def stem(self) -> str:
        """What the next file is called, without how it ends."""
        return stems(self.dataset.name, files=self.stood.files + 1)[-1]

    def as_json(self) -> Iterator[str]:
        """Yield the next file as JSON, and stand behind its rows."""
        yield from as_json(self._counted(islice(self._rows, ROWS_OF_A_FILE)), on_row=self.on_row)
        self.stood = self.stood._replace(files=self.stood.files + 1)

    def as_csv(self, rows: int) -> Iterator[str]:
        """Yield the same rows, so many of them, as CSV."""
        taken = (row for _key, row in islice(self._same_rows, rows))
        yield from as_csv(taken, fields=self.dataset.fields, on_row=self.on_row)

    def _counted(self, rows: Iterable[tuple[Key, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        for key, row in rows:
            self.stood = self.stood._replace(rows=self.stood.rows + 1, after=key)
            yield row
