"""The archive of a copy: everything that is held, for people and for programs, as a bag that any tool can verify (P25).

Everything is made while it is written, row by row: the memory it takes does not grow with what is held.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from portal.accounts import service as accounts
from portal.kit import clock
from portal.kit.claims import Chapter, Conversation, Dataset, Subject, register
from portal.kit.files import parts_of
from portal.kit.i18n import tag
from portal.kit.refusals import NotFound
from portal.kit.settings import current_settings
from portal.legal import documents
from portal.legal.policy import company_from
from portal.privacy.service.bags import Bag
from portal.privacy.service.choices import EVERYTHING, Chosen, Selection
from portal.privacy.service.conversation_files import as_card, as_email
from portal.privacy.service.datasets import joined, plain_json, schema
from portal.privacy.service.product_copies import ProductCopy
from portal.privacy.service.readable import Contents, page
from portal.privacy.service.table_files import Stood, TableFiles, stems

SAY_EVERY_SECONDS = 1.0
BYTES_OF_A_STEP = 8 * 1024
"""So many bytes of a file take about as long as a row of a table."""
PRODUCTS = "products"
"""The part that product systems give."""
PACKED = (".jpg", ".jpeg", ".png", ".webp", ".zip", ".docx", ".xlsx", ".mp4", ".mov", ".webm", ".pdf")
"""How files end that are packed already."""

OnProgress = Callable[[int, int], None]


class Archive:
    """One copy of what is held about a subject, as the bytes of a ZIP file. Iterate once."""

    def __init__(
        self,
        subject: Subject,
        *,
        zone: str = "UTC",
        chosen: Chosen = EVERYTHING,
        products: Sequence[ProductCopy] = (),
        on_progress: OnProgress = lambda done, total: None,
        on_part: Callable[[], None] = lambda: None,
    ) -> None:
        self.subject, self.zone, self.chosen, self.products = subject, zone, chosen, products
        self.on_progress, self.on_part = on_progress, on_part
        self.company, self.selection = company_from(current_settings()), Selection(subject, chosen, zone)
        self.datasets = self.selection.datasets
        self.made_at = clock.now()
        self.bag = Bag(_folder(self.made_at))
        self.finished: list[str] = []
        """Names of the parts that stand in it."""
        self.rows: dict[str, int] = {}
        self.stood: dict[str, Stood] = {}
        """Where the files of each table stand that were begun."""
        self.files: dict[str, str] = {}
        """Name of a file as its claim has it -> where it lies in the bag."""
        self.done, self.told_at = 0, 0.0
        self.total = 2 * self.selection.count() + sum(_size(source) for _name, source in self.selection.files())

    def state(self) -> dict[str, Any]:
        """Return what another one needs to go on after the last part, as JSON knows it: no data, but names of files."""
        return {
            "made_at": self.made_at.isoformat(),
            "bag": self.bag.state(),
            "finished": self.finished,
            "rows": self.rows,
            "stood": self.stood,
            "files": self.files,
            "products": [[each.name, each.title, each.content is not None] for each in self.products],
            "done": self.done,
        }

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Stand where another one stood: what stands in the bag already is not read again."""
        self.made_at = datetime.fromisoformat(state["made_at"])
        self.bag = Bag(_folder(self.made_at))
        self.bag.go_on(state["bag"])
        self.finished, self.rows, self.files = list(state["finished"]), dict(state["rows"]), dict(state["files"])
        self.stood = {name: Stood(*where) for name, where in state["stood"].items()}
        self.done = state["done"]
        if PRODUCTS in self.finished:
            given = [(name, title, b"" if was_given else None) for name, title, was_given in state["products"]]
            self.products = [ProductCopy(name, title, content) for name, title, content in given]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the archive's bytes, from where it stands."""
        for name, part in self._parts():
            yield from part
            self.finished.append(name)
            self.on_part()
        yield from self.bag.finish(self._facts())

    def _parts(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield each part that does not stand in it yet, in their order."""
        done = frozenset(self.finished)
        if "bag" not in done:
            yield "bag", self.bag.begin()
        for dataset in self.datasets:
            if dataset.name not in self.rows:
                yield from self._table(dataset)
        for name, source in self.selection.files():
            if name in self.files:
                source.close()
            else:
                yield f"file {name}", self._file(name, source)
        if "contact" not in done:
            yield "contact", self._contact()
        for conversation in self.selection.conversations():
            if f"ticket {conversation.name}" not in done:
                yield f"ticket {conversation.name}", self._conversation(conversation)
        if PRODUCTS not in done:
            yield PRODUCTS, self._products()
        yield from self._descriptions(done)

    def _descriptions(self, done: Collection[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
        made: dict[str, Callable[[], Iterable[bytes]]] = {
            "schema.json": lambda: [plain_json(schema(self.datasets))],
            "manifest.json": lambda: [plain_json(self._manifest())],
            "index.html": lambda: joined(page(self._contents())),
        }
        for name, content in made.items():
            if name not in done:
                yield name, self.bag.describe(name, content())

    def _table(self, dataset: Dataset) -> Iterator[tuple[str, Iterator[bytes]]]:
        files = TableFiles(dataset, stood=self.stood.get(dataset.name, Stood()), on_row=self._step)
        while dataset.name not in self.rows:
            yield f"table {files.stem}", self._table_file(files)

    def _table_file(self, files: TableFiles) -> Iterator[bytes]:
        stem, before = files.stem, files.stood.rows
        yield from self.bag.hand_out(f"{stem}.json", joined(files.as_json()))
        yield from self.bag.hand_out(f"{stem}.csv", joined(files.as_csv(files.stood.rows - before)))
        self.stood[files.dataset.name] = files.stood
        if not files.has_more():
            self.rows[files.dataset.name] = files.stood.rows

    def _file(self, name: str, source: BinaryIO) -> Iterator[bytes]:
        path = self.bag.free_path(name)
        yield from self.bag.hand_out(path, self._read(source), is_packed=path.lower().endswith(PACKED))
        self.files[name] = f"data/{path}"

    def _contact(self) -> Iterator[bytes]:
        if self.subject.person_id is None or Chapter.YOU not in self.chosen.chapters:
            return
        try:
            person = accounts.get_person(self.subject.person_id)
        except NotFound:
            return
        card = as_card(name=person.name, email=person.email, language=person.language, time_zone=person.time_zone)
        yield from self.bag.hand_out("contact.vcf", [card])

    def _conversation(self, conversation: Conversation) -> Iterator[bytes]:
        parts = as_email(conversation, company=self.company, paths=self.files)
        yield from self.bag.hand_out(f"tickets/{conversation.name}.eml", parts)

    def _products(self) -> Iterator[bytes]:
        for product in self.products:
            if product.content is not None:
                yield from self.bag.hand_out(f"products/{product.name}.json", [product.content])

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

    def _manifest(self) -> dict[str, Any]:
        return {
            "made_by": self.company.name,
            "made_at": self.made_at.isoformat(),
            "account": str(self.subject.person_id) if self.subject.person_id else None,
            "policy_version": policy_version(),
            "language": tag(),
            "chosen": self.chosen.stored() or "everything",
            "datasets": [
                {
                    "name": dataset.name,
                    "what": dataset.what,
                    "rows": self.rows[dataset.name],
                    "files": [f"data/{stem}.{kind}" for stem in self._stems(dataset) for kind in ("json", "csv")],
                }
                for dataset in self.datasets
            ],
            "withheld": [
                {"dataset": dataset.name, "column": name, "why": why}
                for dataset in self.datasets
                for name, why in dataset.withheld.items()
            ],
            "products": [
                {"name": each.name, "title": each.title, "given": each.content is not None} for each in self.products
            ],
            "undisclosed": [{"what": row.what, "why": why} for row, why in register().undisclosed()],
        }

    def _stems(self, dataset: Dataset) -> list[str]:
        return stems(dataset.name, files=self.stood[dataset.name].files)

    def _contents(self) -> Contents:
        return Contents(
            datasets=self.datasets,
            counts=self.rows,
            stems={dataset.name: self._stems(dataset) for dataset in self.datasets},
            files=self.files,
            conversations=self.selection.conversations(),
            chosen=self.chosen,
            products=self.products,
            undisclosed=register().undisclosed(),
            zone=self.zone,
            made_at=self.made_at,
            version=policy_version(),
        )

    def _facts(self) -> dict[str, str]:
        return {
            "Source-Organization": self.company.name,
            "Contact-Email": self.company.privacy_email,
            "Bagging-Date": self.made_at.date().isoformat(),
            "External-Description": f"Personal data, under version {policy_version()} of the privacy policy",
        }


def _folder(made_at: datetime) -> str:
    return f"my-data-{made_at.date().isoformat()}"


def policy_version() -> str:
    """Return the number of the privacy policy in force."""
    return str(documents.get("privacy").in_force(clock.today()).number)


def _size(source: BinaryIO) -> int:
    with source:
        return -(-source.seek(0, 2) // BYTES_OF_A_STEP)
