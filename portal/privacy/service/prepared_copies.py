"""Prepared copies, whoever they are of: their row, the secret that opens their file, and how far they are (P24)."""

import hmac
import io
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Row

from portal.jobs import service as jobs
from portal.kit import clock, packed
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.periods import period
from portal.kit.refusals import NotFound
from portal.kit.sealed_files import CHUNK, SealedFile, new_secret
from portal.kit.tokens import hash_secret
from portal.privacy.models import SEALED_SECRET, Export, ExportState
from portal.privacy.service import copy_files


@dataclass(frozen=True)
class ExportView:
    """A copy as its person sees it: `waiting` with its progress, `failed`, or `ready` until a day.

    The `secret` is there while it is built; of a copy that is ready, only its page and its email know it.
    """

    id: uuid.UUID
    state: ExportState
    requested_at: datetime
    done: int = 0
    total: int = 0
    ready_at: datetime | None = None
    until: datetime | None = None
    size: int = 0
    secret: str = field(default="", repr=False)

    @property
    def file_name(self) -> str:
        """How its file is called where it is downloaded."""
        return f"my-data-{(self.ready_at or self.requested_at).date().isoformat()}.zip"


def new_export(**owner: uuid.UUID) -> Export:
    """Return the row of a copy to be built, with a secret of its own, of the person or the request that it is of."""
    export, secret = Export(id=uuid.uuid4(), state=ExportState.WAITING, **owner), new_secret()
    export.secret_hash = hash_secret(packed.encode(secret))
    export.secret_sealed = SEALED_SECRET.seal(secret, of=export.id)
    return export


def enqueue(export: Export) -> None:
    """Have the worker build a copy."""
    export.job_id = jobs.enqueue("privacy.build_export", export_id=str(export.id), subject_id=export.person_id)
    export.requested_at = clock.now()


def secret_of(export: Export | Row[Any]) -> bytes:
    """Return the secret of a copy that is being built; nothing of one that is ready."""
    return SEALED_SECRET.open(export.secret_sealed, of=export.id) if export.secret_sealed else b""


def progress_of(export: Export | Row[Any]) -> tuple[int, int] | None:
    """Return how far the worker is with a copy; None where no job builds it."""
    return jobs.find_progress(export.job_id)


def is_over(export: Export | Row[Any]) -> bool:
    """Tell whether the time is over in which a copy can be fetched."""
    return export.ready_at is not None and export.ready_at + period("export_ready") <= clock.now()


def check_secret(export: Export, *, secret: str) -> None:
    """Let nothing pass but the secret of a copy. Raises NotFound."""
    if not hmac.compare_digest(hash_secret(secret), export.secret_hash):
        raise NotFound


def open_file(export: Export, *, secret: str) -> BinaryIO:
    """Open the file of a copy by its secret. Raises NotFound."""
    if export.file_key is None or not storage().exists(export.file_key):
        raise NotFound
    sealed_file = SealedFile(storage().open(export.file_key), secret=packed.decode(secret), context=export.id.bytes)
    return io.BufferedReader(sealed_file, CHUNK)


def drop(export: Export) -> None:
    """Delete a copy with its file; whoever builds it stops at the next look, since its job is gone."""
    if export.state == ExportState.WAITING:
        copy_files.forget(jobs.cancel(export.job_id))
    if export.file_key:
        storage().delete(export.file_key)
    db.session.delete(export)


def view(export: Export | Row[Any]) -> ExportView:
    """Return a copy as its person sees it."""
    if export.ready_at is not None:
        until = export.ready_at + period("export_ready")
        return ExportView(
            export.id, ExportState.READY, export.requested_at, ready_at=export.ready_at, until=until, size=export.size
        )
    progress = progress_of(export) if export.secret_sealed else None
    # A job that was given up, or has no secret to seal with, is waiting for nothing: the person may start again.
    done, total = progress or (0, 0)
    return ExportView(
        export.id,
        ExportState.WAITING if progress else ExportState.FAILED,
        export.requested_at,
        done=done,
        total=total,
        secret=packed.encode(secret_of(export)),
    )
