"""Rows as CSV (RFC 4180) that every spreadsheet reads, and that none runs."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"
"""Lets spreadsheets read every language."""


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a file, one for each row; the first row holds the names."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    line.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def cell(value: Any) -> Any:
    """Return what a cell holds: never something that a spreadsheet runs (v5.0.0-1.2.10)."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value
