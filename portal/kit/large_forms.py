"""Forms that are larger than we accept: read to their end, so that the page comes back with the texts that fit.

Nothing of them is done. Their files are let go piece by piece as they arrive, and of their texts no more is held than of any
other form: however large a form is, it costs the same memory (v5.0.0-5.2.1). An answer that is given before the end of what
a browser sends would not be read by it: the connection is reset, and the page and all that was typed are lost.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import Request as FlaskRequest
from flask import g, request
from werkzeug.datastructures import FileStorage, Headers
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from portal.kit.i18n import _

MOST_READ = 64 * 1024 * 1024
"""Bytes of a form that are read although it is too large: one that says it is larger still is refused unread."""
MOST_PIECES = 200
"""Fields that are looked at in a form that is too large and not in parts."""
_CHUNK = 64 * 1024
MOST_HEADERS = 8 * 1024
"""Bytes that say what a part is. Browsers send a few hundred: of more, each part would be kept and taken apart at length."""


class Reader(FormDataParser):
    """Reads a form: its texts as far as they fit, and its files unless the whole is too large."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """Return stream, texts and files. What is too large is noted for `problems`."""
        is_over = (content_length or 0) > g.get("largest_form", MOST_READ)
        if is_over:
            g.too_large = "files" if mimetype == "multipart/form-data" else "texts"
        if mimetype == "multipart/form-data":
            with suppress(ValueError):
                return stream, *self._parts(stream, (options or {}).get("boundary", "").encode("ascii"), is_over)
            return stream, self.cls(), self.cls()
        if mimetype == "application/x-www-form-urlencoded" and is_over:
            return stream, self.cls(_pairs(stream, self.max_form_memory_size or 0)), self.cls()
        return super().parse(stream, mimetype, content_length, options)

    def _parts(self, stream: IO[bytes], boundary: bytes, is_over: bool) -> tuple[Any, Any]:
        if not boundary:
            raise ValueError("no boundary")
        room = self.max_form_memory_size or 0
        decoder = _Decoder(boundary, max_form_memory_size=room, max_parts=self.max_form_parts)
        parts = _Parts(self, room=room, is_over=is_over)
        data: bytes | None = b""
        while data is not None:
            data = stream.read(_CHUNK) or None
            decoder.receive_data(data)
            while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
                parts.take(event)
        if g.get("too_large"):
            for _name, file in parts.files:
                file.close()
            parts.files.clear()
        return self.cls(parts.texts), self.cls(parts.files)


class _Decoder(MultipartDecoder):
    """Reads the parts of a form. Raises ValueError for one whose headers are longer than any browser's."""

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        if len(data) > MOST_HEADERS:
            raise ValueError("a part's headers are too long")
        return super()._parse_headers(data)


class _Parts:
    """What has been read of a form in parts."""

    def __init__(self, reader: Reader, *, room: int, is_over: bool) -> None:
        self.texts: list[tuple[str, str]] = []
        self.files: list[tuple[str, FileStorage]] = []
        self._reader, self._room, self._is_over = reader, room, is_over
        self._part: Field | File | None = None
        self._text: bytearray | None = None
        self._file: IO[bytes] | None = None

    def take(self, event: object) -> None:
        """Take what comes next: the beginning of a part, or some of it."""
        if isinstance(event, Field | File):
            self._begin(event)
        elif isinstance(event, Data):
            self._add(event.data)
            if not event.more_data:
                self._end()

    def _begin(self, part: Field | File) -> None:
        self._part, self._file = part, None
        self._text = bytearray() if isinstance(part, Field) else None
        if isinstance(part, File) and not self._is_over:
            kind = part.headers.get("content-type")
            self._file = self._reader.stream_factory(request.content_length, kind, part.filename, 0)

    def _add(self, data: bytes) -> None:
        if self._file is not None:
            self._file.write(data)
        elif self._text is not None and len(self._text) + len(data) <= self._room:
            self._text += data
        elif self._text is not None:
            self._text, g.too_large = None, "texts"

    def _end(self) -> None:
        part = self._part
        if isinstance(part, File) and self._file is not None:
            self._file.seek(0)
            self.files.append((part.name, FileStorage(self._file, part.filename, part.name, headers=part.headers)))
        elif part is not None and self._text is not None:
            self._room -= len(self._text) + len(part.name or "")
            charset = MultiPartParser().get_part_charset(part.headers)
            self.texts.append((part.name, self._text.decode(charset, "replace")))


def _pairs(stream: IO[bytes], room: int) -> Iterator[tuple[str, str]]:
    """Read the fields of a form that is not in parts, as far as they fit together; the rest is read and forgotten."""
    for number, piece in enumerate(_pieces(stream, room)):
        if number == MOST_PIECES:
            break
        if len(piece) <= room:
            room -= len(piece)
            yield from parse_qsl(piece.decode(errors="replace"), keep_blank_values=True)
    while stream.read(_CHUNK):
        pass


def _pieces(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """Cut at each `&`; a piece of more than `most` bytes is left out."""
    piece: bytes | None = b""
    while chunk := stream.read(_CHUNK):
        *ended, rest = chunk.split(b"&")
        for end in ended:
            if piece is not None and len(piece) + len(end) <= most:
                yield piece + end
            piece = b""
        piece = piece + rest if piece is not None and len(piece) + len(rest) <= most else None
    if piece is not None:
        yield piece


class Request(FlaskRequest):
    """A request whose form is read by `Reader`."""

    form_data_parser_class = Reader


def problems() -> list[str]:
    """Return what to say about this request's form when it is too large; nothing when it is not."""
    kind = g.get("too_large")
    if not kind:
        return []
    if kind == "texts":
        said = [_("This is more text than we can accept, so nothing was saved. What didn’t fit was left out.")]
    else:
        said = [_("Together these files are larger than we can accept, so nothing was saved. Choose fewer or smaller ones.")]
    return [*said, _("Choose your files again: browsers don’t keep them.")] if request.mimetype.startswith("multi") else said


def read_to_the_end() -> None:
    """Read what is still to come of this request and forget it, so that its browser reads the answer."""
    with suppress(HTTPException, OSError):
        while request.stream.read(_CHUNK):
            pass
