"""The archive of a copy: JSON and CSV with their schema, a page for people, a manifest with hashes (P25).

Everything is made while it is written, row by row: the memory it takes does not grow with what is held.
"""

import csv
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED

from zipstream import ZipStream

from portal.kit import clock, file_names
from portal.kit.claims import Dataset, Subject, register, shown_row
from portal.kit.files import parts_of
from portal.kit.i18n import _, tag
from portal.kit.renderer import stream
from portal.kit.settings import current_settings
from portal.legal import documents
from portal.legal.policy import company_from

CHUNK = 64 * 1024
READABLE_ROWS = 1000
"""Rows of one table that the page for people shows; all of them stand in the CSV beside it."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
SAY_EVERY_SECONDS = 1.0
SCHEMA = "https://json-schema.org/draft/2020-12/schema"

OnProgress = Callable[[int, int], None]


class Archive:
    """One copy of what is held about a subject, as the bytes of a ZIP file. Iterate once."""

    def __init__(self, subject: Subject, *, zone: str = "UTC", on_progress: OnProgress = lambda done, total: None) -> None:
        self.subject, self.zone, self.on_progress = subject, zone, on_progress
        self.datasets = list(register().export(subject))
        self.made_at = clock.now()
        self.files: list[dict[str, Any]] = []
        self.rows: dict[str, int] = {}
        self.done, self.told_at = 0, 0.0
        self.total = 2 * register().count(subject)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the archive's bytes."""
        archive = ZipStream(compress_type=ZIP_DEFLATED)
        for name, parts in self._contents():
            archive.add(self._counted(name, parts), name)
            yield from archive.all_files()
        archive.add(_json(self._manifest()), "manifest.json")
        yield from archive.finalize()

    def _contents(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        for dataset in self.datasets:
            yield f"data/{dataset.name}.json", _joined(self._as_json(dataset))
            yield f"data/{dataset.name}.csv", _joined(self._as_csv(dataset))
        taken: set[str] = set()
        for name, source in register().files(self.subject):
            yield _safe_name(name, taken), _read(source)
        yield "schema.json", [_json(self._schema())]
        yield "index.html", _joined(stream("privacy/archive/index.html", **self._page()))

    def _counted(self, name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for part in parts:
            digest.update(part)
            size += len(part)
            self._say()
            yield part
        self.files.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def _step(self) -> None:
        self.done += 1
        self._say()

    def _say(self) -> None:
        if time.monotonic() - self.told_at >= SAY_EVERY_SECONDS:
            self.told_at = time.monotonic()
            self.on_progress(min(self.done, self.total), self.total)

    def _as_json(self, dataset: Dataset) -> Iterator[str]:
        self.rows[dataset.name] = 0
        yield "["
        for row in dataset:
            yield ("," if self.rows[dataset.name] else "") + "\n" + json.dumps(row, ensure_ascii=False)
            self.rows[dataset.name] += 1
            self._step()
        yield "\n]\n"

    def _as_csv(self, dataset: Dataset) -> Iterator[str]:
        """Yield RFC 4180 lines; the mark at the start lets spreadsheets read every language."""
        line = io.StringIO()
        writer = csv.writer(line, lineterminator="\r\n")
        yield "\ufeff"
        writer.writerow([field.name for field in dataset.fields])
        for row in dataset:
            yield _taken(line)
            writer.writerow([cell(value) for value in row.values()])
            self._step()
        yield _taken(line)

    def _schema(self) -> dict[str, Any]:
        return {
            "$schema": SCHEMA,
            "title": _("What each file in the data folder holds"),
            "$comment": _("In CSV, text that a spreadsheet could take for a formula has an apostrophe before it."),
            "$defs": {dataset.name: _schema_of(dataset) for dataset in self.datasets},
        }

    def _manifest(self) -> dict[str, Any]:
        return {
            "made_by": company_from(current_settings()).name,
            "made_at": self.made_at.isoformat(),
            "account": str(self.subject.person_id),
            "policy_version": policy_version(),
            "language": tag(),
            "datasets": [
                {
                    "name": dataset.name,
                    "what": dataset.what,
                    "rows": self.rows[dataset.name],
                    "files": [f"data/{dataset.name}.json", f"data/{dataset.name}.csv"],
                }
                for dataset in self.datasets
            ],
            "withheld": [
                {"dataset": dataset.name, "column": name, "why": why}
                for dataset in self.datasets
                for name, why in dataset.withheld.items()
            ],
            "undisclosed": [{"what": row.what, "why": why} for row, why in register().undisclosed()],
            "files": self.files,
        }

    def _page(self) -> dict[str, Any]:
        return {
            "sheets": [self._sheet(dataset) for dataset in self.datasets],
            "files": [each["name"] for each in self.files if each["name"].startswith("files/")],
            "made_at": self.made_at,
            "zone": self.zone,
            "version": policy_version(),
            "undisclosed": register().undisclosed(),
        }

    def _sheet(self, dataset: Dataset) -> dict[str, Any]:
        shown = (shown_row(dataset.fields, row, zone=self.zone) for row in islice(dataset.values(), READABLE_ROWS))
        return {
            "name": dataset.name,
            "what": dataset.what,
            "purpose": str(dataset.table.purpose),
            "labels": [field.label for field in dataset.fields],
            "withheld": [(dataset.holding.columns[name].label or name, why) for name, why in dataset.withheld.items()],
            "count": self.rows[dataset.name],
            "most": READABLE_ROWS,
            "rows": shown,
        }


def policy_version() -> str:
    """Return the number of the privacy policy in force."""
    return str(documents.get("privacy").in_force(clock.today()).number)


def cell(value: Any) -> Any:
    """Return what a cell of a CSV holds: never something that a spreadsheet runs (v5.0.0-1.2.10)."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def _schema_of(dataset: Dataset) -> dict[str, Any]:
    return {
        "title": dataset.what,
        "description": str(dataset.table.purpose),
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                field.name: {
                    "title": field.label,
                    "type": [field.kind, "null"],
                    **({"format": field.format} if field.format else {}),
                    "x-personal": field.is_personal,
                }
                for field in dataset.fields
            },
        },
        "x-ground": str(dataset.table.ground.value),
        "x-withheld": dict(dataset.withheld),
    }


def _safe_name(name: str, taken: set[str]) -> str:
    """Return a path inside the archive that no program can be led astray by (v5.0.0-5.3.2, 5.4.2)."""
    parts = [file_names.path_part(part) for part in name.split("/")]
    stem = "files/" + "/".join(part for part in parts if part)
    safe, number = stem, 1
    while safe.casefold() in taken or safe == "files/":
        number += 1
        safe = f"{stem}-{number}"
    taken.add(safe.casefold())
    return safe


def _read(source: BinaryIO) -> Iterator[bytes]:
    with source:
        yield from parts_of(source)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _joined(texts: Iterable[str]) -> Iterator[bytes]:
    """Yield the text in parts that are worth compressing."""
    waiting, size = [], 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= CHUNK:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
