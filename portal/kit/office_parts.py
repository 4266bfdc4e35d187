"""What an office file is by its own list of parts (ISO/IEC 29500-2): a document, a table, one with macros, or none.

Of all its parts only `[Content_Types].xml` is unpacked, after its size; nothing else is (v5.0.0-5.2.3).
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from portal.kit.file_refusals import (
    FileDamaged,
    FileHoldsProgram,
    FileIsLocked,
    FileIsTwoThings,
    FileNotWhatItSays,
    FileUnpacksTooLarge,
)

MOST_PARTS = 2000
LARGEST_DIRECTORY = 1024 * 1024
LARGEST_LIST = 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
ARCHIVE_BEGINS = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_SIZE = 22
_TAIL = 65_535 + _END_SIZE
_DIRECTORY = b"PK\x01\x02"
_LARGE_DIRECTORY, _LARGE_DIRECTORY_SIZE = b"PK\x06\x07", 20
_LIST = "[content_types].xml"
_ENCRYPTED = 0x1
_MACROS = "application/vnd.ms-office.vbaproject"
_MACRO_PART = b"vbaproject.bin"
_WITH_MACROS = "macroenabled.main+xml"
_COMPOUND_BEGINS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_UNREADABLE = (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error, zlib.error, expat.ExpatError)


def check(data: bytes, *, main: str) -> None:
    """Raise why these bytes are no office file with a part of the content type `main`, and nothing else."""
    if data.startswith(_COMPOUND_BEGINS) and _LOCKED in data:
        # How office programs keep a file that a password protects (MS-OFFCRYPTO).
        raise FileIsLocked
    if not data.startswith(ARCHIVE_BEGINS):
        raise FileNotWhatItSays
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _checked(archive.infolist())
            types = _ContentTypes(_list_of(archive, parts))
    except _UNREADABLE:
        raise FileDamaged from None
    found = {types.of(name) for name in parts}
    if _MACROS in types.listed or _MACRO_PART in data.lower() or any(each.endswith(_WITH_MACROS) for each in found):
        raise FileHoldsProgram
    if main not in found:
        raise FileNotWhatItSays


def _check_directory(data: bytes) -> None:
    """Judge the archive by its end, before any of it is read; zeros behind it are harmless."""
    end = data.rfind(_END, max(0, len(data) - _TAIL))
    if end < 0 or end + _END_SIZE > len(data):
        raise FileDamaged
    parts, directory, _start, comment = struct.unpack_from("<HIIH", data, end + 10)
    if data[end + _END_SIZE + comment :].strip(b"\0"):
        raise FileIsTwoThings
    if parts > MOST_PARTS or directory > LARGEST_DIRECTORY:
        raise FileUnpacksTooLarge


def _checked(parts: list[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    """Return the parts by their name in lower case, which is how the standard compares them."""
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise FileIsLocked
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileUnpacksTooLarge
    named = {part.filename.casefold(): part for part in parts}
    if len(named) != len(parts) or any(_climbs_out(name) for name in named):
        raise FileDamaged
    return named


def _climbs_out(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/") or "\\" in name


def _list_of(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> bytes:
    part = parts.get(_LIST)
    if part is None:
        raise FileNotWhatItSays
    if part.file_size > LARGEST_LIST:
        raise FileUnpacksTooLarge
    with archive.open(part) as stream:
        return stream.read(LARGEST_LIST)


class _ContentTypes:
    """The content types of parts: of one by its name, of others by their ending."""

    def __init__(self, xml: bytes) -> None:
        self._by_name: dict[str, str] = {}
        self._by_ending: dict[str, str] = {}
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._take
        # No office program declares anything here, and what is declared can grow without end.
        parser.StartDoctypeDeclHandler = _refuse
        parser.Parse(xml, True)

    def _take(self, element: str, values: Mapping[str, str]) -> None:
        kind = values.get("ContentType", "").casefold()
        match element.rpartition(" ")[2]:
            case "Override":
                self._by_name[values.get("PartName", "").removeprefix("/").casefold()] = kind
            case "Default":
                self._by_ending[values.get("Extension", "").casefold()] = kind

    @property
    def listed(self) -> set[str]:
        """Every content type that the list knows."""
        return {*self._by_name.values(), *self._by_ending.values()}

    def of(self, name: str) -> str:
        """Return the content type of the part `name`, or nothing."""
        return self._by_name.get(name) or self._by_ending.get(name.rpartition(".")[2], "")


def _refuse(*_declared: object) -> None:
    raise ValueError("declares a document type")


def ends_as_archive(data: bytes) -> bool:
    """Tell whether a program that unpacks finds an archive in these bytes: a directory right before an end of one."""
    start = max(0, len(data) - _TAIL)
    end = data.rfind(_END, start)
    while end >= 0:
        if end + _END_SIZE <= len(data) and _has_directory(data, end):
            return True
        end = data.rfind(_END, start, end)
    return False


def _has_directory(data: bytes, end: int) -> bool:
    (size,) = struct.unpack_from("<I", data, end + 12)
    large = max(0, end - _LARGE_DIRECTORY_SIZE)
    return (size <= end and data.startswith(_DIRECTORY, end - size)) or data.startswith(_LARGE_DIRECTORY, large)
