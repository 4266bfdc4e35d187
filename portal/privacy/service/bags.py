"""A bag (BagIt, RFC 8493) as a ZIP file: what any archive tool can verify, made while it is read.

Everything lies in one folder. What is handed out is the payload, in `data/`; what describes it lies beside that.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED

from zipstream import ZipStream
from zipstream.ng import ZipStreamInfo

from portal.kit import file_names

PAYLOAD = "data/"
_MEMBER = (
    *("filename", "date_time", "compress_type", "flag_bits", "CRC", "compress_size", "file_size", "header_offset"),
    *("external_attr", "create_version", "extract_version"),
)
"""What the list at the end of a ZIP file says of each of its files."""
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class Bag:
    """One bag. Its files are added one after the other; each answer is a piece of the ZIP file."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.octets = 0
        self.payload: dict[str, str] = {}
        """Path in the bag -> hash, of what is handed out."""
        self.tags: dict[str, str] = {}
        """Likewise of what describes it."""
        self._zip = ZipStream(compress_type=ZIP_DEFLATED)
        self._taken: set[str] = set()

    def begin(self) -> Iterator[bytes]:
        """Yield what makes it a bag."""
        yield from self.describe("bagit.txt", [DECLARATION])

    def hand_out(self, path: str, parts: Iterable[bytes], *, is_packed: bool = False) -> Iterator[bytes]:
        """Yield a file of the payload. What `is_packed` already, such as a picture, is not packed again."""
        yield from self._add(PAYLOAD + path, self._counted(parts), self.payload, is_packed=is_packed)

    def describe(self, path: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Yield a file that describes the payload."""
        yield from self._add(path, parts, self.tags)

    def finish(self, info: Mapping[str, str]) -> Iterator[bytes]:
        """Yield the lists of what is in it, with `info` about the whole. Nothing can be added afterwards."""
        facts = {**info, "Payload-Oxum": f"{self.octets}.{len(self.payload)}"}
        yield from self.describe("bag-info.txt", [_lines(f"{name}: {_line(value)}" for name, value in facts.items())])
        yield from self.describe("manifest-sha256.txt", _manifest(self.payload))
        yield from self._add("tagmanifest-sha256.txt", _manifest(dict(self.tags)), {})
        yield from self._zip.finalize()

    def free_path(self, name: str) -> str:
        """Return a path below `files/` that leads nowhere else and that no other file has (v5.0.0-5.3.2, 5.4.2)."""
        # A percent sign is written in another way in a list of files, which not every tool reads.
        parts = [file_names.path_part(part.replace("%", "_")) for part in name.split("/")]
        stem = "files/" + "/".join(part for part in parts if part)
        path, number = stem, 1
        while path.casefold() in self._taken or path == "files/":
            number += 1
            path = f"{stem}-{number}"
        self._taken.add(path.casefold())
        return path

    def state(self) -> dict[str, Any]:
        """Return what another one needs to go on after the last file, as JSON knows it."""
        at, members = self._zip._pos, self._zip._filelist  # noqa: SLF001 (the library has no way of its own to go on)
        return {
            "octets": self.octets,
            "payload": self.payload,
            "tags": self.tags,
            "taken": sorted(self._taken),
            "at": at,
            "members": [[getattr(info, name) for name in _MEMBER] for info in members],
        }

    def go_on(self, state: Mapping[str, Any]) -> None:
        """Stand where another one stood."""
        self.octets, self.payload, self.tags = state["octets"], dict(state["payload"]), dict(state["tags"])
        self._taken = set(state["taken"])
        self._zip._pos = state["at"]  # noqa: SLF001 (as in `state`)
        self._zip._filelist += [_member(values) for values in state["members"]]  # noqa: SLF001 (as in `state`)

    def _add(self, path: str, parts: Iterable[bytes], listed: dict[str, str], *, is_packed: bool = False) -> Iterator[bytes]:
        self._zip.add(
            _hashed(path, parts, listed), f"{self.folder}/{path}", compress_type=ZIP_STORED if is_packed else ZIP_DEFLATED
        )
        yield from self._zip.all_files()

    def _counted(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in parts:
            self.octets += len(part)
            yield part


def _member(values: Sequence[Any]) -> ZipStreamInfo:
    given = dict(zip(_MEMBER, values, strict=True))
    info = ZipStreamInfo(given["filename"])
    for name, value in given.items():
        setattr(info, name, tuple(value) if name == "date_time" else value)
    return info


def _hashed(path: str, parts: Iterable[bytes], listed: dict[str, str]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
        yield part
    listed[path] = digest.hexdigest()


def _manifest(files: Mapping[str, str]) -> Iterator[bytes]:
    for path, digest in files.items():
        yield f"{digest}  {path}\n".encode()


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _line(text: str) -> str:
    return " ".join(text.split())
