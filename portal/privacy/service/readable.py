"""The page for people inside an archive: chapter by chapter, values in words, of what is very much the first part.

It stands alone: it loads nothing from a network, runs nothing, and is styled by the one text whose hash its policy names.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from markupsafe import Markup

from portal.kit.claims import Chapter, Conversation, Dataset, Said, shown_row
from portal.kit.i18n import listed
from portal.kit.leaving_packs import INTERNAL, NAMED
from portal.kit.renderer import part, stream
from portal.privacy.service.choices import Chosen
from portal.privacy.service.datasets import Tabular
from portal.privacy.service.product_copies import ProductCopy

READABLE_ROWS = 1000
"""Rows of one table, and messages in all, that the page for people shows; all of them stand in the files beside it."""
PHOTO = "photo.webp"
"""What the claim of the accounts calls the person's photo."""


@dataclass(frozen=True)
class Sheet:
    """One table: where its rows are few, each as facts; else as a table."""

    name: str
    what: str
    purpose: str
    labels: Sequence[str]
    count: int
    rows: Iterable[Sequence[str]]
    files: str = ""
    """Where all of them are, as spreadsheets read them."""

    @property
    def is_one(self) -> bool:
        """Whether it holds one row, which reads better as facts."""
        return self.count == 1


@dataclass(frozen=True)
class Part:
    """One chapter: what holds something, what is empty in one line, and what is left out and why."""

    chapter: Chapter
    sheets: list[Sheet]
    empty: list[str]
    withheld: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Contents:
    """What an archive holds, for its page."""

    datasets: Sequence[Dataset]
    counts: Mapping[str, int]
    stems: Mapping[str, Sequence[str]]
    """Name of a table -> what its files are called, without how they end."""
    files: Mapping[str, str]
    """Name of a file -> where it lies beside the page."""
    conversations: Iterable[Conversation]
    undisclosed: Sequence[tuple[object, str]]
    chosen: Chosen
    products: Sequence[ProductCopy]
    zone: str
    made_at: datetime
    version: str


@dataclass(frozen=True)
class PackContents:
    """What a leaving pack holds, for its page."""

    organisation: str
    tables: Sequence[Tabular]
    counts: Mapping[str, int]
    stems: Mapping[str, Sequence[str]]
    files: Mapping[str, str]
    """Name of a file -> where it lies beside the page."""
    conversations: Iterable[Conversation]
    zone: str
    made_at: datetime
    version: str


def pack_page(contents: PackContents) -> Iterator[str]:
    """Yield the page of a leaving pack, piece by piece, in the language that is spoken now."""
    look, digest = _look()
    tables = contents.tables
    yield from stream(
        "privacy/archive/pack.html",
        contents=contents,
        sheets=[_sheet(each, contents) for each in tables if contents.counts[each.name]],
        empty=[each.what for each in tables if not contents.counts[each.name]],
        left_out=[(each.what, why) for each in tables for why in _told(each)],
        talks=_talks(contents.conversations),
        most=READABLE_ROWS,
        look=look,
        digest=digest,
    )


def _told(table: Tabular) -> list[str]:
    """Return why something of a table is left out, but for what goes without saying."""
    plain = {str(INTERNAL), str(NAMED)}
    return [why for why in dict.fromkeys(table.withheld.values()) if why not in plain]


def page(contents: Contents) -> Iterator[str]:
    """Yield the page for people, piece by piece, in the language that is spoken now."""
    look, digest = _look()
    yield from stream(
        "privacy/archive/index.html",
        contents=contents,
        parts=[found for chapter in Chapter if (found := _part(chapter, contents))],
        photo=contents.files.get(PHOTO),
        talks=_talks(contents.conversations),
        most=READABLE_ROWS,
        look=look,
        digest=digest,
    )


def _part(chapter: Chapter, contents: Contents) -> Part | None:
    datasets = [each for each in contents.datasets if each.holding.chapter is chapter]
    if not datasets:
        return None
    return Part(
        chapter,
        sheets=[_sheet(each, contents) for each in datasets if contents.counts[each.name]],
        empty=[each.what for each in datasets if not contents.counts[each.name]],
        withheld=[(each.what, _label(each, name), why) for each in datasets for name, why in each.withheld.items()],
    )


def _sheet(dataset: Tabular, contents: Contents | PackContents) -> Sheet:
    first = islice(dataset.values(), READABLE_ROWS)
    return Sheet(
        name=dataset.name,
        what=dataset.what,
        purpose=dataset.purpose,
        labels=[field.label for field in dataset.fields],
        count=contents.counts[dataset.name],
        rows=(shown_row(dataset.fields, row, zone=contents.zone) for row in first),
        files=listed(f"data/{stem}.csv" for stem in contents.stems[dataset.name]),
    )


def _talks(conversations: Iterable[Conversation]) -> Iterator[tuple[Conversation, Iterator[Said]]]:
    """Yield each conversation with what is shown of it: once so many messages were, the others have their file alone."""
    left = [READABLE_ROWS]

    def some(conversation: Conversation) -> Iterator[Said]:
        for said in islice(conversation.said(), left[0]):
            left[0] -= 1
            yield said

    for conversation in conversations:
        yield conversation, some(conversation)


def _label(dataset: Dataset, name: str) -> str:
    return str(dataset.holding.columns[name].label or name)


def _look() -> tuple[Markup, str]:
    look = part("privacy/archive/_look.html").strip()
    styles = look.removeprefix("<style>").removesuffix("</style>")
    return look, base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
