"""The archive of a copy: everything that is held, for people and for programs, as a bag that any tool can verify (P25).

Everything is made while it is written, row by row: the memory it takes does not grow with what is held.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

from portal.accounts import service as accounts
from portal.kit import clock
from portal.kit.claims import Chapter, Conversation, Said, Span, Subject, register, within
from portal.kit.files import parts_of
from portal.kit.i18n import tag
from portal.kit.refusals import NotFound
from portal.kit.settings import current_settings
from portal.legal import documents
from portal.legal.policy import company_from
from portal.privacy.service.bags import Bag
from portal.privacy.service.choices import EVERYTHING, Chosen
from portal.privacy.service.conversation_files import as_card, as_email
from portal.privacy.service.datasets import as_csv, as_json, joined, plain_json, schema
from portal.privacy.service.readable import Contents, page

SAY_EVERY_SECONDS = 1.0
BYTES_OF_A_STEP = 8 * 1024
"""So many bytes of a file take about as long as a row of a table."""
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
        on_progress: OnProgress = lambda done, total: None,
    ) -> None:
        self.subject, self.zone, self.chosen, self.on_progress = subject, zone, chosen, on_progress
        self.company, self.span = company_from(current_settings()), chosen.span(zone)
        self.datasets = list(register().export(subject, chapters=chosen.chapters, span=self.span))
        self.made_at = clock.now()
        self.bag = Bag(f"my-data-{self.made_at.date().isoformat()}")
        self.rows: dict[str, int] = {}
        self.files: dict[str, str] = {}
        """Name of a file as its claim has it -> where it lies in the bag."""
        self.done, self.told_at = 0, 0.0
        self.total = 2 * self._count() + sum(_size(source) for _name, source in self._sources())

    def __iter__(self) -> Iterator[bytes]:
        """Yield the archive's bytes."""
        yield from self.bag.begin()
        yield from self._tables()
        yield from self._files()
        yield from self._contact()
        yield from self._conversations()
        yield from self.bag.describe("schema.json", [plain_json(schema(self.datasets))])
        yield from self.bag.describe("manifest.json", [plain_json(self._manifest())])
        yield from self.bag.describe("index.html", joined(page(self._contents())))
        yield from self.bag.finish(self._facts())

    def _tables(self) -> Iterator[bytes]:
        for dataset in self.datasets:
            before = self.done
            yield from self.bag.hand_out(f"{dataset.name}.json", joined(as_json(dataset, on_row=self._step)))
            self.rows[dataset.name] = self.done - before
            yield from self.bag.hand_out(f"{dataset.name}.csv", joined(as_csv(dataset, on_row=self._step)))

    def _files(self) -> Iterator[bytes]:
        for name, source in self._sources():
            path = self.bag.free_path(name)
            self.files[name] = f"data/{path}"
            yield from self.bag.hand_out(path, self._read(source), is_packed=path.lower().endswith(PACKED))

    def _count(self) -> int:
        if self.chosen.is_everything:
            return register().count(self.subject)
        return sum(dataset.count() for dataset in self.datasets)

    def _sources(self) -> Iterator[tuple[str, BinaryIO]]:
        """Yield the files: of days that were chosen, those beside what was said in these days."""
        others = self._files_of_other_days() if any(self.span) else set()
        for name, source in register().files(self.subject, chapters=self.chosen.chapters):
            if name in others:
                source.close()
            else:
                yield name, source

    def _files_of_other_days(self) -> set[str]:
        talks = register().conversations(self.subject, chapters=self.chosen.chapters)
        return {name for talk in talks for said in talk.said() if not within(said.at, self.span) for name in said.files}

    def _talks(self) -> Iterator[Conversation]:
        """Yield the conversations, each with what was said in the days that were chosen."""
        for talk in register().conversations(self.subject, chapters=self.chosen.chapters):
            if not any(self.span):
                yield talk
            elif any(within(said.at, self.span) for said in talk.said()):
                yield replace(talk, said=partial(_said_within, talk, self.span))

    def _contact(self) -> Iterator[bytes]:
        if self.subject.person_id is None or Chapter.YOU not in self.chosen.chapters:
            return
        try:
            person = accounts.get_person(self.subject.person_id)
        except NotFound:
            return
        card = as_card(name=person.name, email=person.email, language=person.language, time_zone=person.time_zone)
        yield from self.bag.hand_out("contact.vcf", [card])

    def _conversations(self) -> Iterator[bytes]:
        for conversation in self._talks():
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
        }

    def _contents(self) -> Contents:
        return Contents(
            datasets=self.datasets,
            counts=self.rows,
            files=self.files,
            conversations=self._talks(),
            chosen=self.chosen,
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


def policy_version() -> str:
    """Return the number of the privacy policy in force."""
    return str(documents.get("privacy").in_force(clock.today()).number)


def _said_within(talk: Conversation, span: Span) -> Iterator[Said]:
    return (said for said in talk.said() if within(said.at, span))


def _size(source: BinaryIO) -> int:
    with source:
        return -(-source.seek(0, 2) // BYTES_OF_A_STEP)
