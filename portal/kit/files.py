"""Stored files: a folder with names of our own choosing; what a person calls a file never becomes a path.

A file stored in a unit that rolls back is removed; a file deleted in a unit goes only once the unit has committed.
"""

import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from portal.kit import clock
from portal.kit.running import App, Installed
from portal.kit.settings import Settings
from portal.kit.unit import current_unit

PART = 64 * 1024
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Draft:
    """A file that is being written and is not there yet. What was synced of it outlives this process."""

    def __init__(self, key: str, path: Path) -> None:
        self.key, self._path = key, path
        self._stream = os.fdopen(os.open(_draft(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def write(self, part: bytes) -> None:
        """Write on."""
        self._stream.write(part)

    def sync(self) -> int:
        """Have all that was written stand on the disk, and return its length."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        return self._stream.tell()

    def note(self, parts: Iterable[bytes]) -> None:
        """Note how to go on with what was synced, in the place of the note before: all of it, or nothing."""
        noting = self._path.with_suffix(".noting.part")
        noting.unlink(missing_ok=True)
        with os.fdopen(os.open(noting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
            _stamp(stream.fileno())
        _stamp(self._stream.fileno())
        noting.rename(_note(self._path))

    def finish(self) -> str:
        """Make it the file, and return its key."""
        self.sync()
        # Its time is set last: writing sets it too.
        _stamp(self._stream.fileno())
        self._stream.close()
        _draft(self._path).rename(self._path)
        _note(self._path).unlink(missing_ok=True)
        return self.key

    def remove(self) -> None:
        """Forget it, if it is no file yet, and the note beside it."""
        self._stream.close()
        for path in (_draft(self._path), _note(self._path)):
            path.unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    return path.with_suffix(".part")


def _note(path: Path) -> Path:
    return path.with_suffix(".note.part")


def _stamp(file: int) -> None:
    """Date a file by our clock: its age is judged by it, and not by that of the server of a shared folder."""
    now = clock.now().timestamp()
    os.utime(file, (now, now))


class Storage:
    """A folder of files, each under `<kind>/<two letters>/<random id>`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Return where `key` lies. Raises ValueError when it is not one of our keys (v5.0.0-5.3.2)."""
        kind, _, name = key.partition("/")
        if not kind.isidentifier() or str(uuid.UUID(name)) != name:
            raise ValueError("not a key of the storage")
        return self.folder / kind / name[:2] / name

    def store(self, kind: str, parts: Iterable[bytes]) -> str:
        """Store bytes, given in parts, and return their key. Nothing half-written can be read."""
        draft = self.draft(kind)
        try:
            for part in parts:
                draft.write(part)
            return draft.finish()
        finally:
            draft.remove()

    def draft(self, kind: str) -> Draft:
        """Begin a file."""
        key = f"{kind}/{uuid.uuid4()}"
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        current_unit().on_rollback.append(lambda: self.remove(key))
        return Draft(key, path)

    def take_up(self, key: str, *, length: int, on_part: Callable[[], None]) -> Draft | None:
        """Begin a file with the first bytes of a draft that another process has left; None when it holds fewer.

        They are copied: whoever was only slow, and not killed, writes into the other one.
        """
        old = _draft(self.path(key))
        if not old.exists() or old.stat().st_size < length:
            return None
        draft = self.draft(key.partition("/")[0])
        try:
            with old.open("rb") as stream:
                for part in parts_of(stream):
                    draft.write(part[:length])
                    length -= len(part[:length])
                    on_part()
        except Exception:
            draft.remove()
            raise
        return draft

    def note_of(self, key: str) -> bytes | None:
        """Return what was noted beside a draft of how to go on with it, or None."""
        note = _note(self.path(key))
        return note.read_bytes() if note.exists() else None

    def remove_draft(self, key: str) -> None:
        """Delete a draft that another process has left, and its note, at once."""
        for path in (_draft(self.path(key)), _note(self.path(key))):
            path.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        """Delete a file once the unit has committed; one that is gone already is no error."""
        current_unit().on_commit.append(lambda: self.remove(key))
        current_unit().files.append(key)

    def remove(self, key: str) -> None:
        """Delete a file at once."""
        self.path(key).unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError."""
        return self.path(key).open("rb")

    def exists(self, key: str) -> bool:
        """Tell whether a file is there."""
        return self.path(key).exists()

    def size(self, key: str) -> int:
        """Return a file's size in bytes. Raises FileNotFoundError."""
        return self.path(key).stat().st_size

    def keys(self, kind: str, *, older_than: timedelta = timedelta()) -> Iterable[str]:
        """Yield the key of every file of a kind that has stood for that long: for sweeps that look for orphans."""
        for path in (self.folder / kind).glob("??/*"):
            if _NAME.fullmatch(path.name) and (not older_than or _is_older(path, older_than)):
                yield f"{kind}/{path.name}"

    def sweep_drafts(self, *, older_than: timedelta, dry_run: bool = False) -> int:
        """Delete what a killed process left half-written; return how many files."""
        drafts = [path for path in self.folder.glob("*/??/*.part") if _is_older(path, older_than)]
        for path in drafts if not dry_run else ():
            path.unlink(missing_ok=True)
        return len(drafts)

    def clear(self) -> None:
        """Delete everything: for tests and the demo."""
        shutil.rmtree(self.folder, ignore_errors=True)


def parts_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what a file holds from its beginning, in parts: it is never whole in memory."""
    stream.seek(0)
    while part := stream.read(PART):
        yield part


def _is_older(path: Path, length: timedelta) -> bool:
    try:
        return path.stat().st_mtime < (clock.now() - length).timestamp()
    except FileNotFoundError:
        return False


_STORAGE = Installed[Storage]("files")


def init_app(app: App, settings: Settings) -> None:
    """Open the storage at PORTAL_STORAGE_URL."""
    _STORAGE.install(app, Storage(Path(urlsplit(settings.storage_url).path)))


def storage() -> Storage:
    """Return the storage of the running app."""
    return _STORAGE.get()
