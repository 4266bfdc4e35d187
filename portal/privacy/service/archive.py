"""The archive of a copy: everything that is held, for people and for programs, as a bag that any tool can verify (P25)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from portal.accounts import service as accounts
from portal.kit.claims import Chapter, Dataset, Subject, register
from portal.kit.i18n import tag
from portal.kit.refusals import NotFound
from portal.privacy.service.bag_archives import BagArchive, OnProgress, Part, policy_version, size_of
from portal.privacy.service.choices import EVERYTHING, Chosen, Selection
from portal.privacy.service.conversation_files import as_card
from portal.privacy.service.datasets import Tabular, joined, plain_json, schema
from portal.privacy.service.product_copies import ProductCopy
from portal.privacy.service.readable import Contents, page
from portal.privacy.service.table_files import Stood, TableFiles, stems

PRODUCTS = "products"
"""The part that product systems give."""


class Archive(BagArchive):
    """One copy of what is held about a subject, as the bytes of a ZIP file. Iterate once."""

    folder, describes = "my-data", "Personal data"

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
        self.selection = Selection(subject, chosen, zone)
        self.datasets = self.selection.datasets
        self.stood: dict[str, Stood] = {}
        """Where the files of each table stand that were begun."""
        total = 2 * self.selection.count() + sum(size_of(source) for _name, source in self.selection.files())
        super().__init__(total=total, on_progress=on_progress, on_part=on_part)

    def state(self) -> dict[str, Any]:
        """Return what another one needs to go on after the last part, as JSON knows it: no data, but names of files."""
        given = [[each.name, each.title, each.content is not None] for each in self.products]
        return {**super().state(), "stood": self.stood, "products": given}

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Stand where another one stood: what stands in the bag already is not read again."""
        super().go_on(state)
        self.stood = {name: Stood(*where) for name, where in state["stood"].items()}
        if PRODUCTS in self.finished:
            given = [(name, title, b"" if was_given else None) for name, title, was_given in state["products"]]
            self.products = [ProductCopy(name, title, content) for name, title, content in given]

    def _parts(self) -> Iterator[Part]:
        done = frozenset(self.finished)
        yield from self._begin()
        for dataset in self.datasets:
            if dataset.name not in self.rows:
                yield from self._files_of(dataset)
        yield from self._files(self.selection.files())
        if "contact" not in done:
            yield "contact", self._contact()
        yield from self._conversations(self.selection.conversations(), done)
        if PRODUCTS not in done:
            yield PRODUCTS, self._products()
        descriptions: dict[str, Callable[[], Iterable[bytes]]] = {
            "schema.json": lambda: [plain_json(schema(self.datasets))],
            "manifest.json": lambda: [plain_json(self._manifest())],
            "index.html": lambda: joined(page(self._contents())),
        }
        yield from self._descriptions(descriptions, done)

    def _files_of(self, dataset: Dataset) -> Iterator[Part]:
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

    def _stems(self, dataset: Tabular) -> list[str]:
        return stems(dataset.name, files=self.stood[dataset.name].files)

    def _contact(self) -> Iterator[bytes]:
        if self.subject.person_id is None or Chapter.YOU not in self.chosen.chapters:
            return
        try:
            person = accounts.get_person(self.subject.person_id)
        except NotFound:
            return
        card = as_card(name=person.name, email=person.email, language=person.language, time_zone=person.time_zone)
        yield from self.bag.hand_out("contact.vcf", [card])

    def _products(self) -> Iterator[bytes]:
        for product in self.products:
            if product.content is not None:
                yield from self.bag.hand_out(f"products/{product.name}.json", [product.content])

    def _manifest(self) -> dict[str, Any]:
        return {
            "made_by": self.company.name,
            "made_at": self.made_at.isoformat(),
            "account": str(self.subject.person_id) if self.subject.person_id else None,
            "policy_version": policy_version(),
            "language": tag(),
            "chosen": self.chosen.stored() or "everything",
            **self._listed(self.datasets),
            "products": [
                {"name": each.name, "title": each.title, "given": each.content is not None} for each in self.products
            ],
            "undisclosed": [{"what": row.what, "why": why} for row, why in register().undisclosed()],
        }

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
