"""Which kind of file some bytes are, told by how they are laid out and never by the name alone (v5.0.0-5.2.2).

The one judge of hostile files: photos, attachments, and whatever comes. Nothing is decoded here. Compressed bytes are noise,
in which any short mark stands by chance; so marks are looked for only where a format keeps plain bytes, and behind its end.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from portal.kit import office_parts, picture_layout
from portal.kit.file_refusals import (
    FileDamaged,
    FileEmpty,
    FileHoldsControls,
    FileIsTwoThings,
    FileNotWhatItSays,
    FileRefused,
)
from portal.kit.picture_layout import Kind, Layout

_MARKUP = re.compile(rb"<script[\s>/]|<!doctype\s|<html[\s>]|<svg\s+xmlns|<\?php\s|%pdf-[12]\.\d", re.IGNORECASE)
"""What makes a page or a program wherever it stands. In 128 kB of noise one of them stands once in ten million files."""
_BEGINNING = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|\?xml|\?php|iframe|math)|%pdf-|%!ps|\{\\rtf|gif8[79]a|#!\s*/"
    rb"|PK\x03\x04|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x7fELF",
    re.IGNORECASE,
)
"""How a page, a program or an archive begins. Looked for at one place, not searched for."""
_PADDING = b"\0\xff \t\r\n\f"
_EDGE = 65_536
"""Bytes searched at either end of what follows a picture, which may be long: phones append whole films."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PDF_BEGINS, _PDF_BEGINS_WITHIN = b"%PDF-", 1024
"""Readers look for it in so many bytes: line ends or a printer's words may stand before (ISO 32000-1, H.3, note 13)."""
_PDF_ENDS, _PDF_ENDS_WITHIN = b"%%EOF", 2048
_CONTROLS = re.compile(rb"[\x01-\x08\x0b\x0e-\x1f\x7f]")
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileType:
    """One kind of file: its key, how it is handed out, how its names end, and what proves it."""

    key: str
    media_type: str
    endings: frozenset[str]
    prove: Callable[[bytes], object]

    def check(self, data: bytes, *, name: str) -> None:
        """Raise why these bytes are not this kind of file and nothing else (FileRefused, with the file's `name`)."""
        if not data:
            raise FileEmpty(name=name)
        try:
            self.prove(data)
        except FileRefused as refusal:
            raise type(refusal)(name=name) from None


def ending_of(name: str) -> str:
    """Return the ending of a file's name in lower case, with its dot, or nothing."""
    return PurePath(name).suffix.casefold()


def check_picture(data: bytes) -> Layout:
    """Return how a picture is laid out. Raises FileNotWhatItSays, FileDamaged, FileIsTwoThings."""
    layout = picture_layout.read(data)
    if any(_MARKUP.search(data, start, end) for start, end in _plain_parts(data, layout)):
        raise FileIsTwoThings
    if _BEGINNING.match(data[layout.end : layout.end + _EDGE].lstrip(_PADDING)) or office_parts.ends_as_archive(data):
        raise FileIsTwoThings
    return layout


def _plain_parts(data: bytes, layout: Layout) -> Iterator[tuple[int, int]]:
    yield from layout.plain
    yield layout.end, min(layout.end + _EDGE, len(data))
    yield max(layout.end, len(data) - _EDGE), len(data)


def _prove_picture(data: bytes, *, kind: Kind) -> None:
    if picture_layout.kind_of(data) != kind:
        raise FileNotWhatItSays
    check_picture(data)


def _prove_pdf(data: bytes) -> None:
    begin = data.find(_PDF_BEGINS, 0, _PDF_BEGINS_WITHIN + len(_PDF_BEGINS))
    before = data[: max(begin, 0)]
    if begin < 0 or picture_layout.kind_of(data):
        raise FileNotWhatItSays
    if _BEGINNING.match(before.removeprefix(_BYTE_ORDER_MARK).lstrip(_PADDING)) or _MARKUP.search(before):
        raise FileIsTwoThings
    if _PDF_ENDS not in data.rstrip(_PADDING)[-_PDF_ENDS_WITHIN:]:
        raise FileDamaged
    if office_parts.ends_as_archive(data):
        raise FileIsTwoThings


def _prove_text(data: bytes) -> None:
    """Take any encoding: a spreadsheet in China saves GBK, one in Australia Windows-1252, Excel also UTF-16."""
    text = _in_one_byte(data)
    if b"\0" in text or _BEGINNING.match(text.removeprefix(_BYTE_ORDER_MARK).lstrip(_PADDING)):
        raise FileNotWhatItSays
    # What DOS ended its files with is at the end of many a table still.
    if _CONTROLS.search(text.removesuffix(b"\x1a")):
        raise FileHoldsControls


def _in_one_byte(data: bytes) -> bytes:
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError:
        raise FileNotWhatItSays from None


def _picture(key: str, kind: Kind, *endings: str) -> FileType:
    return FileType(key, f"image/{kind.lower()}", frozenset(endings), partial(_prove_picture, kind=kind))


def _office(key: str, name: str) -> FileType:
    check = partial(office_parts.check, main=f"{_OFFICE}{name}.main+xml")
    return FileType(key, f"{_OFFICE}{name}", frozenset({f".{key}"}), check)


JPEG = _picture("jpg", "JPEG", ".jpg", ".jpeg", ".jfif")
PNG = _picture("png", "PNG", ".png")
WEBP = _picture("webp", "WEBP", ".webp")
PICTURES = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}
PDF = FileType("pdf", "application/pdf", frozenset({".pdf"}), _prove_pdf)
TEXT = FileType("txt", "text/plain", frozenset({".txt"}), _prove_text)
CSV = FileType("csv", "text/csv", frozenset({".csv"}), _prove_text)
DOCX = _office("docx", "wordprocessingml.document")
XLSX = _office("xlsx", "spreadsheetml.sheet")
