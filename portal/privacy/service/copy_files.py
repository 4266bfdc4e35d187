"""The sealed file of a copy, written so that another worker goes on with it when this one is killed.

Now and then all that was written is made to stand on the disk, beside a note of where the archive and its seal stand, which
is sealed too; the job's cursor says which draft that is. Whoever takes the job up copies the draft as far as its note says.
"""

import base64
import io
import json
import time
from typing import Any

from portal.jobs import service as jobs
from portal.kit.files import storage
from portal.kit.keys import CannotOpen
from portal.kit.sealed_files import SealedFile, Sealer, sealed
from portal.privacy.service.bag_archives import SAY_EVERY_SECONDS, BagArchive
from portal.privacy.service.datasets import joined

EXPORT = "export"
NOTE_SECONDS = 5.0
"""How often it is noted where it stands: at most so much work is done again."""
SHARE = 20
"""Of very many files the note is long: it never takes more than a part in so many of the time."""


def store(archive: BagArchive, *, secret: bytes, context: bytes, kind: str = EXPORT) -> str:
    """Write an archive as a sealed file of a kind and return its key; go on where a killed worker stood.

    Raises LeaseLost when another worker has taken the job, or it was cancelled: nothing of the file is left then.
    """
    file = _CopyFile(archive, secret, context, kind)
    try:
        return file.write()
    except Exception as error:
        if isinstance(error, jobs.LeaseLost) or not file.is_noted:
            file.draft.remove()
        raise


def forget(cursor: str | None) -> None:
    """Delete what a worker has left of a copy that nobody waits for."""
    if cursor:
        storage().remove_draft(cursor)


class _CopyFile:
    """One file on its way, with its seal."""

    def __init__(self, archive: BagArchive, secret: bytes, context: bytes, kind: str) -> None:
        self.archive, self.secret, self.context = archive, secret, context
        self.is_noted, self.told_at = False, time.monotonic()
        self.before: str | None = None
        """The draft that is gone on with."""
        cursor = jobs.last_cursor()
        if not (cursor and self._go_on(cursor)):
            self.draft, self.sealer = storage().draft(kind), Sealer(secret=secret, context=context)
            self.draft.write(self.sealer.head)
        self.note_at = time.monotonic() + NOTE_SECONDS
        archive.on_part = self._note_now_and_then

    def write(self) -> str:
        """Write what is not there yet, and return the key."""
        if self.before:
            self._note()
            storage().remove_draft(self.before)
        for part in self.archive:
            for chunk in self.sealer.take(part):
                self.draft.write(chunk)
        self.draft.write(self.sealer.finish())
        jobs.progress(self.archive.total, self.archive.total)
        return self.draft.finish()

    def _go_on(self, before: str) -> bool:
        """Take up the draft of the worker before, and tell whether that could be done."""
        note = self._read(before)
        draft = storage().take_up(before, length=note["length"], on_part=self._tell) if note else None
        if note is None or draft is None:
            return False
        seal = {name: base64.b64decode(note[name]) for name in ("salt", "waiting")}
        self.draft = draft
        self.sealer = Sealer(secret=self.secret, context=self.context, number=note["number"], **seal)
        self.archive.go_on(note["archive"])
        self.before = before
        return True

    def _read(self, before: str) -> dict[str, Any] | None:
        stored = storage().note_of(before)
        try:
            plain = SealedFile(io.BytesIO(stored or b""), secret=self.secret, context=_of_note(self.context)).read()
        except CannotOpen:
            return None
        return dict(json.loads(plain))

    def _note_now_and_then(self) -> None:
        if (begun := time.monotonic()) >= self.note_at:
            self._note()
            took = time.monotonic() - begun
            self.note_at = time.monotonic() + max(NOTE_SECONDS, SHARE * took)

    def _tell(self) -> None:
        """Keep the lease while the draft is copied."""
        if time.monotonic() - self.told_at >= SAY_EVERY_SECONDS:
            self.told_at = time.monotonic()
            jobs.progress(0, 0)

    def _note(self) -> None:
        note = {
            "length": self.draft.sync(),
            "salt": base64.b64encode(self.sealer.salt).decode(),
            "number": self.sealer.number,
            "waiting": base64.b64encode(self.sealer.waiting).decode(),
            "archive": self.archive.state(),
        }
        # Piece by piece: it is never whole in memory.
        plain = joined(json.JSONEncoder().iterencode(note))
        self.draft.note(sealed(plain, secret=self.secret, context=_of_note(self.context)))
        jobs.progress(self.archive.done, self.archive.total, cursor=self.draft.key)
        self.is_noted = True


def _of_note(context: bytes) -> bytes:
    return b"note\0" + context
