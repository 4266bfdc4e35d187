"""Which files we take: a short list, told by the content and not by the name alone (v5.0.0-5.2.2).

Nothing is unpacked or decoded here or later: a file is looked at from outside, kept under a name of our own, and handed
back as a download. Of an office file only the list of its parts is read, after the size of that list (v5.0.0-5.2.3).
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.kit import file_names
from portal.kit.refusals import Refusal

MOST_FILES = 5
LARGEST = 5 * 1024 * 1024
LARGEST_TOGETHER = 10 * 1024 * 1024

MOST_PARTS = 2000
LARGEST_DIRECTORY = 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
_ZIP_END = b"PK\x05\x06"
_ENCRYPTED = 0x1


class TooManyFiles(Refusal):
    """More files than one message may have."""


class FilesTooLarge(Refusal):
    """The files of one message are too large together."""


class FileTooLarge(Refusal):
    """One file is too large."""


class FileEmpty(Refusal):
    """A file holds nothing."""


class FileKindNotTaken(Refusal):
    """The name ends in nothing that we take."""


class FileNotWhatItSays(Refusal):
    """The content is not what the name says, or is two things at once."""


class FileHoldsProgram(Refusal):
    """An office file that brings macros."""


@dataclass(frozen=True)
class NewFile:
    """A file that was looked at and taken."""

    name: str
    kind: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is handed out, and how its content is recognised."""

    media_type: str
    fits: Callable[[bytes], bool]


def accept_all(uploads: Sequence[tuple[str, bytes]]) -> list[NewFile]:
    """Return the files of one message, names cleaned. Raises the refusals of this module."""
    if len(uploads) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    if sum(len(data) for _name, data in uploads) > LARGEST_TOGETHER:
        raise FilesTooLarge(most=LARGEST_TOGETHER // 1024**2)
    return [accept(name, data=data) for name, data in uploads]


def accept(name: str, *, data: bytes) -> NewFile:
    """Return one file, its name cleaned, or raise why it is not taken."""
    name = file_names.clean(name)
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = {"jpeg": "jpg"}.get(ending, ending)
    if kind not in KINDS:
        raise FileKindNotTaken(name=name)
    if not data:
        raise FileEmpty(name=name)
    if len(data) > LARGEST:
        raise FileTooLarge(name=name, most=LARGEST // 1024**2)
    if not KINDS[kind].fits(data):
        raise FileNotWhatItSays(name=name)
    if kind in ("docx", "xlsx") and b"vbaProject.bin" in data:
        raise FileHoldsProgram(name=name)
    return NewFile(name, kind, data)


def _is_pdf(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:] and not _ends_as_zip(data)


def _is_png(data: bytes) -> bool:
    # Nothing may follow the last chunk: that is where a second file would hide.
    if not data.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"):
        return False
    at = 8
    while at + 12 <= len(data):
        length, chunk = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if chunk == b"IEND":
            return bool(at == len(data))
    return False


def _is_jpeg(data: bytes) -> bool:
    # Phones append to their photos, so the end is not looked at; an archive behind the photo is.
    return data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data and not _ends_as_zip(data)


def _is_webp(data: bytes) -> bool:
    if len(data) < 16 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    (length,) = struct.unpack_from("<I", data, 4)
    return len(data) - 8 in (length, length + 1)


_OTHER_THAN_TEXT = (b"%PDF", b"MZ", b"#!", b"{\\rtf", b"GIF8", b"RIFF")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"<iframe", b"<math")


def _is_text(data: bytes) -> bool:
    # Any encoding that leaves control characters alone: a spreadsheet in China saves GBK, one in Australia Windows-1252.
    if any(byte < 32 and byte not in b"\t\n\r\f" or byte == 127 for byte in set(data)):
        return False
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return not start.startswith(_MARKUP) and not data.startswith(_OTHER_THAN_TEXT)


def _ends_as_zip(data: bytes) -> bool:
    return _ZIP_END in data[-65_557:]


def _is_office(data: bytes, main: str) -> bool:
    end = data.rfind(_ZIP_END, max(0, len(data) - 65_557))
    if not data.startswith(b"PK\x03\x04") or end < 0 or end + 22 > len(data):
        return False
    parts, directory, _start, comment = struct.unpack_from("<HIIH", data, end + 10)
    if parts > MOST_PARTS or directory > LARGEST_DIRECTORY or end + 22 + comment != len(data):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _is_plain_office(archive.infolist(), main)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, UnicodeDecodeError):
        return False


def _is_plain_office(parts: Sequence[zipfile.ZipInfo], main: str) -> bool:
    names = {part.filename for part in parts}
    return (
        {"[Content_Types].xml", main} <= names
        and len(names) == len(parts) <= MOST_PARTS
        and sum(part.file_size for part in parts) <= LARGEST_UNPACKED
        and not any(part.flag_bits & _ENCRYPTED for part in parts)
        and not any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names)
    )


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS: Mapping[str, Kind] = {
    "pdf": Kind("application/pdf", _is_pdf),
    "png": Kind("image/png", _is_png),
    "jpg": Kind("image/jpeg", _is_jpeg),
    "webp": Kind("image/webp", _is_webp),
    "txt": Kind("text/plain", _is_text),
    "csv": Kind("text/csv", _is_text),
    "docx": Kind(f"{_OFFICE}wordprocessingml.document", lambda data: _is_office(data, "word/document.xml")),
    "xlsx": Kind(f"{_OFFICE}spreadsheetml.sheet", lambda data: _is_office(data, "xl/workbook.xml")),
}
"""Ending -> kind. Pictures that run code (SVG), pages, archives and programs are in no list, so they are refused."""
