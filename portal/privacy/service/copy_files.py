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
from portal.privacy.service.archive import Archive

KIND = "export"
NOTE_SECONDS = 5.0
"""How often it is noted where it stands: at most so much work is done again."""


def store(archive: Archive, *, secret: bytes, context: bytes) -> str:
    """Write an archive as a sealed file and return its key; go on where a killed worker stood.

    Raises LeaseLost when another worker has taken the job, or it was cancelled: nothing of the file is left then.
    """
    file = _CopyFile(archive, secret, context)
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

    def __init__(self, archive: Archive, secret: bytes, context: bytes) -> None:
        self.archive, self.secret, self.context = archive, secret, context
        self.is_noted = False
        before = jobs.last_cursor()
        if not (before and self._go_on(before)):
            self.draft, self.sealer = storage().draft(KIND), Sealer(secret=secret, context=context)
            self.draft.write(self.sealer.head)
        self.noted_at = time.monotonic()
        archive.on_part = self._note_now_and_then

    def write(self) -> str:
        """Write what is not there yet, and return the key."""
        for part in self.archive:
            for chunk in self.sealer.take(part):
                self.draft.write(chunk)
        self.draft.write(self.sealer.finish())
        jobs.progress(self.archive.total, self.archive.total)
        return self.draft.finish()

    def _go_on(self, before: str) -> bool:
        """Take up the draft of the worker before, and tell whether that could be done."""
        note = self._read(before)
        draft = storage().take_up(before, length=note["length"]) if note else None
        if note is None or draft is None:
            return False
        seal = {name: base64.b64decode(note[name]) for name in ("salt", "waiting")}
        self.draft = draft
        self.sealer = Sealer(secret=self.secret, context=self.context, number=note["number"], **seal)
        self.archive.go_on(note["archive"])
        self._note()
        storage().remove_draft(before)
        return True

    def _read(self, before: str) -> dict[str, Any] | None:
        stored = storage().note_of(before)
        try:
            plain = SealedFile(io.BytesIO(stored or b""), secret=self.secret, context=_of_note(self.context)).read()
        except CannotOpen:
            return None
        return dict(json.loads(plain))

    def _note_now_and_then(self) -> None:
        if time.monotonic() - self.noted_at >= NOTE_SECONDS:
            self._note()
            self.noted_at = time.monotonic()

    def _note(self) -> None:
        note = {
            "length": self.draft.sync(),
            "salt": base64.b64encode(self.sealer.salt).decode(),
            "number": self.sealer.number,
            "waiting": base64.b64encode(self.sealer.waiting).decode(),
            "archive": self.archive.state(),
        }
        plain = json.dumps(note).encode()
        self.draft.note(b"".join(sealed([plain], secret=self.secret, context=_of_note(self.context))))
        jobs.progress(self.archive.done, self.archive.total, cursor=self.draft.key)
        self.is_noted = True


def _of_note(context: bytes) -> bytes:
    return b"note\0" + context
