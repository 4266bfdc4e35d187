"""Which files a ticket takes: a short list, each told by its content (see `kit.file_types`).

A file is read and judged alone, never all of a message at once: what waits in a form lies on disk.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from portal.kit import file_names, file_types
from portal.kit.file_types import FileType
from portal.kit.refusals import Refusal

MOST_FILES = 5
LARGEST = 5 * 1024 * 1024
LARGEST_TOGETHER = 10 * 1024 * 1024
_TYPES = (
    file_types.PDF,
    file_types.PNG,
    file_types.JPEG,
    file_types.WEBP,
    file_types.TEXT,
    file_types.CSV,
    file_types.DOCX,
    file_types.XLSX,
)
KINDS: Mapping[str, FileType] = {each.key: each for each in _TYPES}
"""Key -> kind. Pictures that run code (SVG), pages, archives and programs are in no list, so they are refused."""
ENDINGS: Mapping[str, FileType] = {ending: each for each in _TYPES for ending in sorted(each.endings)}
"""Ending -> kind."""


_ONE_AT_A_TIME = threading.Lock()
"""Held while a file is in memory: judging is quick, and several at once would only hold more."""


class TooManyFiles(Refusal):
    """More files than one message may have."""


class FilesTooLarge(Refusal):
    """The files of one message are too large together."""


class FileTooLarge(Refusal):
    """One file is too large."""


class FileKindNotTaken(Refusal):
    """The name ends in nothing that we take."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: the name that it was given, its size, and where its bytes are read."""

    name: str
    size: int
    stream: BinaryIO = field(repr=False)


@dataclass(frozen=True)
class NewFile:
    """A file that was looked at and taken."""

    name: str
    kind: str
    size: int
    stream: BinaryIO = field(repr=False)


def accept_all(uploads: Sequence[Upload]) -> list[NewFile]:
    """Return the files of one message, names cleaned. Raises the refusals of this module and FileRefused."""
    if len(uploads) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    if sum(each.size for each in uploads) > LARGEST_TOGETHER:
        raise FilesTooLarge(most=LARGEST_TOGETHER // 1024**2)
    return [accept(each) for each in uploads]


def accept(upload: Upload) -> NewFile:
    """Return one file, its name cleaned, or raise why it is not taken."""
    name = file_names.clean(upload.name)
    kind = ENDINGS.get(file_types.ending_of(name))
    if kind is None:
        raise FileKindNotTaken(name=name)
    if upload.size > LARGEST:
        raise FileTooLarge(name=name, most=LARGEST // 1024**2)
    with _ONE_AT_A_TIME:
        upload.stream.seek(0)
        kind.check(upload.stream.read(), name=name)
    return NewFile(name, kind.key, upload.size, upload.stream)
