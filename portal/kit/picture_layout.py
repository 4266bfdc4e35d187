"""How a JPEG, a PNG or a WebP is laid out: its size, where it ends, and which of its bytes are no compressed pixels.

Only headers are read, nothing is decompressed. What stands in compressed bytes is noise, and is never searched.
"""

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from portal.kit.file_refusals import FileDamaged, FileNotWhatItSays

Kind = Literal["JPEG", "PNG", "WEBP"]
_JPEG_BEGINS = b"\xff\xd8\xff"
_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
_MARKER_BEHIND_PIXELS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_START, _END, _PIXELS = 0xD8, 0xD9, 0xDA
_WITHOUT_LENGTH = frozenset((0x01, _START, *range(0xD0, 0xD8)))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_COEFFICIENT_BYTES = 2
_MOST_BLOCKS = 50_000
"""Blocks that are read of one picture; real ones have a few hundred."""

_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
_PNG_COMPRESSED = frozenset((b"IDAT", b"fdAT", b"zTXt", b"iCCP"))
_CHUNK_NAME = re.compile(rb"[A-Za-z]{4}")
_WEBP_COMPRESSED = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANMF"))


@dataclass(frozen=True)
class Layout:
    """What the headers of a picture say."""

    kind: Kind
    width: int
    height: int
    end: int
    """Where the picture ends; what follows is something else."""
    plain: tuple[tuple[int, int], ...]
    """The ranges, up to its end, that hold no compressed pixels."""
    coefficients: int = 0
    """Bytes of the coefficients that a decoder must hold to read a JPEG of several passes."""

    @property
    def pixels(self) -> int:
        """How many pixels it has."""
        return self.width * self.height


def kind_of(data: bytes) -> Kind | None:
    """Tell by their beginning which kind of picture some bytes are."""
    if data.startswith(_JPEG_BEGINS):
        return "JPEG"
    if data.startswith(_PNG_BEGINS):
        return "PNG"
    return "WEBP" if data.startswith(b"RIFF") and data[8:12] == b"WEBP" else None


def read(data: bytes) -> Layout:
    """Return the layout of a picture (ITU T.81 B, PNG 5, RFC 9649). Raises FileNotWhatItSays, FileDamaged."""
    kind = kind_of(data)
    if kind is None:
        raise FileNotWhatItSays
    try:
        layout = _READERS[kind](data)
    except (struct.error, IndexError):
        raise FileDamaged from None
    if not layout.pixels:
        raise FileDamaged
    return layout


def _jpeg(data: bytes) -> Layout:
    at, plain, scans = 2, [(0, 2)], 0
    width, height, coefficients = 0, 0, 0
    for _block in range(_MOST_BLOCKS):
        found = _MARKER.search(data, at)
        if not found:
            break
        marker, at = found[1][0], found.end()
        if marker == _END:
            return Layout("JPEG", width, height, at, tuple(plain), coefficients if scans > 1 else 0)
        if marker in _WITHOUT_LENGTH:
            continue
        (length,) = struct.unpack_from(">H", data, at)
        plain.append((at, at + length))
        if marker in _FRAMES and not width:
            height, width = struct.unpack_from(">HH", data, at + 3)
            coefficients = _coefficients(data, at + 7, width * height)
        at += length
        if marker == _PIXELS:
            scans += 1
            behind = _MARKER_BEHIND_PIXELS.search(data, at)
            at = behind.start() if behind else len(data)
    raise FileDamaged


def _coefficients(data: bytes, at: int, pixels: int) -> int:
    """Return the bytes of all coefficients: two for each sample, and of some colours there are fewer samples."""
    samples = [(data[each] >> 4) * (data[each] & 15) for each in range(at + 2, at + 2 + 3 * data[at], 3)]
    return pixels * _COEFFICIENT_BYTES * sum(samples) // max(samples, default=1) if all(samples) else 0


def _png(data: bytes) -> Layout:
    at, plain = len(_PNG_BEGINS), [(0, len(_PNG_BEGINS))]
    width, height = 0, 0
    for _block in range(_MOST_BLOCKS):
        length, chunk = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data) or not _CHUNK_NAME.fullmatch(chunk) or (chunk == b"IHDR") != (at == len(_PNG_BEGINS)):
            raise FileDamaged
        if chunk == b"IHDR":
            width, height = struct.unpack_from(">II", data, at + 8)
        if chunk not in _PNG_COMPRESSED:
            plain.append((at, end))
        at = end
        if chunk == b"IEND":
            return Layout("PNG", width, height, at, tuple(plain))
    raise FileDamaged


def _webp(data: bytes) -> Layout:
    (length,) = struct.unpack_from("<I", data, 4)
    whole = 8 + length
    if whole > len(data):
        raise FileDamaged
    at, plain, width, height = 12, [(0, 12)], 0, 0
    for _block in range(_MOST_BLOCKS):
        if at >= whole:
            # Some writers leave the last byte of padding out, others count it nowhere.
            return Layout("WEBP", width, height, min(max(at, whole), len(data)), tuple(plain))
        chunk, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length
        if end > whole:
            raise FileDamaged
        if chunk in _WEBP_SIZES:
            width, height = max((width, height), _WEBP_SIZES[chunk](data[at + 8 : at + 18]))
        if chunk not in _WEBP_COMPRESSED:
            plain.append((at, end))
        at = end + length % 2
    raise FileDamaged


def _lossy_size(head: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", head, 6)
    return width & 0x3FFF, height & 0x3FFF


def _lossless_size(head: bytes) -> tuple[int, int]:
    (bits,) = struct.unpack_from("<I", head, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas_size(head: bytes) -> tuple[int, int]:
    return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1


_WEBP_SIZES: Mapping[bytes, Callable[[bytes], tuple[int, int]]] = {
    b"VP8 ": _lossy_size,
    b"VP8L": _lossless_size,
    b"VP8X": _canvas_size,
}
_READERS: Mapping[Kind, Callable[[bytes], Layout]] = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}
