"""Tables in an archive: as JSON, as CSV, and the schema of both (P25). Each is written row by row."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from portal.kit import spreadsheets
from portal.kit.claims import Field, Ground
from portal.kit.i18n import _

SCHEMA = "https://json-schema.org/draft/2020-12/schema"
CHUNK = 64 * 1024

OnRow = Callable[[], None]


class Tabular(Protocol):
    """A table as an archive hands it out. Iterating reads its rows anew, as JSON-ready values by field."""

    @property
    def name(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def ground(self) -> Ground: ...
    @property
    def fields(self) -> list[Field]: ...
    @property
    def withheld(self) -> Mapping[str, str]: ...
    def values(self) -> Iterator[Sequence[Any]]: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...


def as_json(rows: Iterable[Mapping[str, Any]], *, on_row: OnRow) -> Iterator[str]:
    """Yield an array of objects, one row a line."""
    before = ""
    yield "["
    for row in rows:
        yield f"{before}\n{json.dumps(row, ensure_ascii=False)}"
        before = ","
        on_row()
    yield "\n]\n"


def as_csv(rows: Iterable[Mapping[str, Any]], *, fields: Iterable[Field], on_row: OnRow) -> Iterator[str]:
    """Yield lines that every spreadsheet reads, and that none runs."""

    def lines() -> Iterator[Sequence[Any]]:
        yield [field.name for field in fields]
        for row in rows:
            yield [*row.values()]
            on_row()

    return spreadsheets.lines(lines())


def schema(datasets: Iterable[Tabular]) -> dict[str, Any]:
    """Return what each file holds, as JSON Schema."""
    return {
        "$schema": SCHEMA,
        "title": _("What each file in the data folder holds"),
        "$comment": _("In CSV, text that a spreadsheet could take for a formula has an apostrophe before it."),
        "$defs": {dataset.name: _schema_of(dataset) for dataset in datasets},
    }


def _schema_of(dataset: Tabular) -> dict[str, Any]:
    return {
        "title": dataset.what,
        "description": dataset.purpose,
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                field.name: {
                    "title": field.label,
                    "type": [field.kind, "null"],
                    **({"format": field.format} if field.format else {}),
                    "x-personal": field.is_personal,
                    **_words_of(field),
                }
                for field in dataset.fields
            },
        },
        "x-ground": str(dataset.ground.value),
        "x-withheld": dict(dataset.withheld),
    }


def _words_of(field: Field) -> dict[str, Any]:
    """Return what the names of the program in a column mean; the files keep the names."""
    words = {str(name): str(word) for name, word in field.words.items() if isinstance(name, str)}
    return {"x-words": words} if words else {}


def plain_json(value: Any) -> bytes:
    """Return a small value as JSON that people can read."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def joined(texts: Iterable[str]) -> Iterator[bytes]:
    """Yield the text in parts that are worth compressing."""
    waiting, size = [], 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= CHUNK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
