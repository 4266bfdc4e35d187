"""What the page for people inside an archive shows: values in words, of large tables the first rows."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from portal.kit.claims import Dataset, shown_row

READABLE_ROWS = 1000
"""Rows of one table that the page for people shows; all of them stand in the CSV beside it."""


def sheet(dataset: Dataset, *, count: int, zone: str) -> dict[str, Any]:
    """Return what the page says of one table."""
    shown = (shown_row(dataset.fields, row, zone=zone) for row in islice(dataset.values(), READABLE_ROWS))
    return {
        "name": dataset.name,
        "what": dataset.what,
        "purpose": str(dataset.table.purpose),
        "labels": [field.label for field in dataset.fields],
        "withheld": [(_label(dataset, name), why) for name, why in dataset.withheld.items()],
        "count": count,
        "most": READABLE_ROWS,
        "rows": shown,
    }


def _label(dataset: Dataset, name: str) -> str:
    columns: Mapping[str, Any] = dataset.holding.columns
    return str(columns[name].label or name)
