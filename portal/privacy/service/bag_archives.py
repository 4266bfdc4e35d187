"""What every archive of ours does: tables, files and conversations in a bag, part by part, so that another one goes on.

Everything is made while it is written, row by row: the memory it takes does not grow with what is held.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from portal.kit import clock
from portal.kit.claims import Conversation
from portal.kit.files import parts_of
from portal.kit.settings import current_settings
from portal.legal import documents
from portal.legal.policy import company_from
from portal.privacy.service.bags import Bag
from portal.privacy.service.conversation_files import as_email
from portal.privacy.service.datasets import Tabular, as_csv, as_json, joined

SAY_EVERY_SECONDS = 1.0
BYTES_OF_A_STEP = 8 * 1024
"""So many bytes of a file take about as long as a row of a table."""
PACKED = (".jpg", ".jpeg", ".png", ".webp", ".zip", ".docx", ".xlsx", ".mp4", ".mov", ".webm", ".pdf")
"""How files end that are packed already."""

OnProgress = Callable[[int, int], None]
Part = tuple[str, Iterator[bytes]]


class BagArchive(ABC):
    """An archive as the bytes of a ZIP file. Iterate once."""

    folder = ""
    """How the name of its one folder begins; the day follows."""
    describes = ""
    """What it says of itself in the facts of the bag, with the policy's version after it."""

    def __init__(self, *, total: int, on_progress: OnProgress, on_part: Callable[[], None]) -> None:
        self.on_progress, self.on_part, self.total = on_progress, on_part, total
        self.company, self.made_at = company_from(current_settings()), clock.now()
        self.bag = Bag(self._folder())
        self.finished: list[str] = []
        """Names of the parts that stand in it."""
        self.rows: dict[str, int] = {}
        self.files: dict[str, str] = {}
        """Name of a file as its claim has it -> where it lies in the bag."""
        self.done, self.told_at = 0, 0.0

    def state(self) -> dict[str, Any]:
        """Return what another one needs to go on after the last part, as JSON knows it: no data, but names of files."""
        return {
            "made_at": self.made_at.isoformat(),
            "bag": self.bag.state(),
            "finished": self.finished,
            "rows": self.rows,
            "files": self.files,
            "done": self.done,
        }

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Stand where another one stood: what stands in the bag already is not read again."""
        self.made_at = datetime.fromisoformat(state["made_at"])
        self.bag = Bag(self._folder())
        self.bag.go_on(state["bag"])
        self.finished, self.rows, self.files = list(state["finished"]), dict(state["rows"]), dict(state["files"])
        self.done = state["done"]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the archive's bytes, from where it stands."""
        for name, part in self._parts():
            yield from part
            self.finished.append(name)
            self.on_part()
        yield from self.bag.finish(self._facts())

    @abstractmethod
    def _parts(self) -> Iterator[Part]:
        """Yield each part that does not stand in it yet, in their order."""

    def _begin(self) -> Iterator[Part]:
        if "bag" not in self.finished:
            yield "bag", self.bag.begin()

    def _tables(self, datasets: Iterable[Tabular]) -> Iterator[Part]:
        for dataset in datasets:
            if dataset.name not in self.rows:
                yield f"table {dataset.name}", self._table(dataset)

    def _files(self, files: Iterable[tuple[str, BinaryIO]]) -> Iterator[Part]:
        for name, source in files:
            if name in self.files:
                source.close()
            else:
                yield f"file {name}", self._file(name, source)

    def _conversations(self, conversations: Iterable[Conversation], done: Collection[str]) -> Iterator[Part]:
        for conversation in conversations:
            if f"ticket {conversation.name}" not in done:
                yield f"ticket {conversation.name}", self._conversation(conversation)

    def _descriptions(self, made: Mapping[str, Callable[[], Iterable[bytes]]], done: Collection[str]) -> Iterator[Part]:
        for name, content in made.items():
            if name not in done:
                yield name, self.bag.describe(name, content())

    def _table(self, dataset: Tabular) -> Iterator[bytes]:
        before = self.done
        yield from self.bag.hand_out(f"{dataset.name}.json", joined(as_json(dataset, on_row=self._step)))
        rows = self.done - before
        yield from self.bag.hand_out(
            f"{dataset.name}.csv", joined(as_csv(dataset, fields=dataset.fields, on_row=self._step))
        )
        self.rows[dataset.name] = rows

    def _file(self, name: str, source: BinaryIO) -> Iterator[bytes]:
        path = self.bag.free_path(name)
        yield from self.bag.hand_out(path, self._read(source), is_packed=path.lower().endswith(PACKED))
        self.files[name] = f"data/{path}"

    def _conversation(self, conversation: Conversation) -> Iterator[bytes]:
        parts = as_email(conversation, company=self.company, paths=self.files)
        yield from self.bag.hand_out(f"tickets/{conversation.name}.eml", parts)

    def _step(self) -> None:
        self._on(1)

    def _read(self, source: BinaryIO) -> Iterator[bytes]:
        with source:
            for part in parts_of(source):
                yield part
                self._on(-(-len(part) // BYTES_OF_A_STEP))

    def _on(self, steps: int) -> None:
        self.done += steps
        if time.monotonic() - self.told_at >= SAY_EVERY_SECONDS:
            self.told_at = time.monotonic()
            self.on_progress(min(self.done, self.total), self.total)

    def _listed(self, datasets: Iterable[Tabular]) -> dict[str, Any]:
        """Return what the list of contents says of tables: what stands in them, and what was left out and why."""
        each = list(datasets)
        return {
            "datasets": [
                {
                    "name": dataset.name,
                    "what": dataset.what,
                    "rows": self.rows[dataset.name],
                    "files": [f"data/{stem}.{kind}" for stem in self._stems(dataset) for kind in ("json", "csv")],
                }
                for dataset in each
            ],
            "withheld": [
                {"dataset": dataset.name, "column": name, "why": why}
                for dataset in each
                for name, why in dataset.withheld.items()
            ],
        }

    def _stems(self, dataset: Tabular) -> list[str]:
        """Return what the files of a table are called, without how they end."""
        return [dataset.name]

    def _facts(self) -> dict[str, str]:
        return {
            "Source-Organization": self.company.name,
            "Contact-Email": self.company.privacy_email,
            "Bagging-Date": self.made_at.date().isoformat(),
            "External-Description": f"{self.describes}, under version {policy_version()} of the privacy policy",
        }

    def _folder(self) -> str:
        return f"{self.folder}-{self.made_at.date().isoformat()}"


def policy_version() -> str:
    """Return the number of the privacy policy in force."""
    return str(documents.get("privacy").in_force(clock.today()).number)


def size_of(source: BinaryIO) -> int:
    """Return how many steps a file takes."""
    with source:
        return -(-source.seek(0, 2) // BYTES_OF_A_STEP)
