"""Taking a copy: start it, build it in the background, hand it out for a while (P24)."""

import hmac
import io
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Row, bindparam, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import service as accounts
from portal.accounts.events import PendingEnded
from portal.jobs import service as jobs
from portal.kit import audit, clock, packed, throttle
from portal.kit.actor import Actor
from portal.kit.db import db, repeatable_read
from portal.kit.files import storage
from portal.kit.i18n import in_language
from portal.kit.periods import period
from portal.kit.refusals import NotFound
from portal.kit.sealed_files import CHUNK, SealedFile, new_secret
from portal.kit.tokens import hash_secret
from portal.kit.unit import before_writes, current_unit, rows
from portal.privacy import mail
from portal.privacy.models import SEALED_SECRET, Export, ExportState, Right
from portal.privacy.service import copy_files
from portal.privacy.service.archive import Archive
from portal.privacy.service.choices import EVERYTHING, Chosen
from portal.privacy.service.product_copies import ProductCopy
from portal.privacy.service.requests import at_once

LIMIT = "5 per day"
_NEWEST = select(Export).where(Export.person_id == bindparam("person_id")).order_by(Export.requested_at.desc()).limit(1)


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


@before_writes
def start_export(actor: Actor, *, chosen: Chosen = EVERYTHING) -> ExportView:
    """Start a copy and return it with its secret; one that is being built already is returned in its place.

    Raises TooManyTries beyond five a day.
    """
    person_id = actor.require_id()
    running = _find_building(person_id)
    if running and running.secret_sealed and _progress_of(running):
        return _view(running)
    throttle.consume("privacy.export", str(person_id), LIMIT)
    try:
        with db.session.begin_nested():
            return _view(_begin(person_id, chosen))
    except IntegrityError:
        # Another tab was faster: its copy is this one's too.
        faster = _find_building(person_id)
        if faster is None:
            raise
        return _view(faster)


def _begin(person_id: uuid.UUID, chosen: Chosen) -> Export:
    export = _find_building(person_id)
    if export is not None and not export.secret_sealed:
        # Without its secret nobody could ever open the file.
        _drop(export)
        db.session.flush()
        export = None
    if export is None or not _progress_of(export):
        export = export or _new(person_id)
        export.job_id = jobs.enqueue("privacy.build_export", export_id=str(export.id), subject_id=person_id)
        export.requested_at, export.chosen = clock.now(), chosen.stored()
        db.session.add(export)
        audit.record("privacy.export_started", subject_id=person_id, by=person_id)
        db.session.flush()
        at_once.note_used(person_id, right=Right.COPY)
    return export


def _new(person_id: uuid.UUID) -> Export:
    export, secret = Export(id=uuid.uuid4(), person_id=person_id, state=ExportState.WAITING), new_secret()
    export.secret_hash = hash_secret(packed.encode(secret))
    export.secret_sealed = SEALED_SECRET.seal(secret, of=export.id)
    return export


def _secret_of(export: Export | Row[Any]) -> bytes:
    """Return the secret of a copy that is being built; nothing of one that is ready."""
    return SEALED_SECRET.open(export.secret_sealed, of=export.id) if export.secret_sealed else b""


def newest_export_for(actor: Actor) -> ExportView | None:
    """Return the newest copy of the actor that is being built or can be fetched, or None."""
    newest = rows(_NEWEST, {"person_id": actor.person_id})
    return _view(newest[0]) if newest and not _is_over(newest[0]) else None


def export_for(actor: Actor, export_id: uuid.UUID, *, secret: str | None = None) -> ExportView:
    """Return one of the actor's own copies. Raises NotFound for any other, for a wrong secret, and when its time is over."""
    return _view(_mine(actor, export_id, secret))


def open_export(export_id: uuid.UUID, *, secret: str, by: Actor) -> BinaryIO:
    """Open the file of one of the actor's own copies by its secret. Raises NotFound."""
    export = _mine(by, export_id, secret)
    if export.file_key is None or not storage().exists(export.file_key):
        raise NotFound
    sealed_file = SealedFile(storage().open(export.file_key), secret=packed.decode(secret), context=export_id.bytes)
    return io.BufferedReader(sealed_file, CHUNK)


def note_fetched(export_id: uuid.UUID) -> None:
    """Note that a copy was fetched; only the first time counts."""
    export = db.lock(Export, export_id)
    if export is not None and export.fetched_at is None:
        export.fetched_at = clock.now()
        audit.record("privacy.export_fetched", subject_id=export.person_id, by=export.person_id)


def delete_export(export_id: uuid.UUID, *, by: Actor) -> bool:
    """Delete one of the actor's own copies before its time, and return whether it was ready. Raises NotFound.

    Whoever builds it stops at the next look: its job is gone.
    """
    export = _mine(by, export_id)
    was_ready = export.state == ExportState.READY
    _drop(export)
    audit.record("privacy.export_deleted", subject_id=by.person_id, by=by.person_id)
    return was_ready


def drop_exports(ended: PendingEnded) -> None:
    """Delete every copy of a person that is being built or can be fetched: whoever asked for it may be in no longer."""
    for export in db.session.scalars(select(Export).where(Export.person_id == ended.person_id)):
        _drop(export)


def build(export_id: uuid.UUID, *, products: Sequence[ProductCopy] = ()) -> Callable[[], None] | None:
    """Build the file of a copy, or go on with it, and return what ends it; nothing when nobody waits for it. Only reads."""
    repeatable_read()
    export = db.session.get(Export, export_id)
    if export is None or export.state != ExportState.WAITING:
        return None
    person, secret = accounts.get_person(export.person_id), _secret_of(export)
    with in_language(person.language):
        of, chosen = accounts.subject_of(person), Chosen.of(export.chosen)
        archive = Archive(of, zone=person.time_zone, chosen=chosen, products=products, on_progress=jobs.progress)
        key = copy_files.store(archive, secret=secret, context=export_id.bytes)
    return lambda: _finish(export_id, key=key, secret=secret, rows=sum(archive.rows.values()))


def _finish(export_id: uuid.UUID, *, key: str, secret: bytes, rows: int) -> None:
    current_unit().on_rollback.append(lambda: storage().remove(key))
    export = db.lock(Export, export_id)
    person = accounts.get_person(export.person_id) if export else None
    if export is None or person is None or export.state != ExportState.WAITING or person.deactivated_at:
        storage().delete(key)
        if export is not None and export.state == ExportState.WAITING:
            db.session.delete(export)
        return
    for older in db.session.scalars(select(Export).where(Export.person_id == person.id, Export.state == ExportState.READY)):
        _drop(older)
    with storage().open(key) as stream:
        export.size = SealedFile(stream, secret=secret, context=export_id.bytes).size
    export.state, export.ready_at, export.file_key, export.secret_sealed = ExportState.READY, clock.now(), key, None
    if Chosen.of(export.chosen).is_everything:
        at_once.note_copied(person.id, requested_at=export.requested_at)
    until = export.ready_at + period("export_ready")
    mail.export_ready(export.id, secret=packed.encode(secret), person=person, until=until)
    audit.record("privacy.export_built", subject_id=person.id, rows=rows, bytes=export.size)


def _drop(export: Export) -> None:
    if export.state == ExportState.WAITING:
        copy_files.forget(jobs.cancel(export.job_id))
    if export.file_key:
        storage().delete(export.file_key)
    db.session.delete(export)


def _mine(actor: Actor, export_id: uuid.UUID, secret: str | None = None) -> Export:
    export = db.session.get(Export, export_id)
    if export is None or export.person_id != actor.person_id or _is_over(export):
        raise NotFound
    if secret is not None and not hmac.compare_digest(hash_secret(secret), export.secret_hash):
        raise NotFound
    return export


def _find_building(person_id: uuid.UUID) -> Export | None:
    return db.session.scalar(select(Export).where(Export.person_id == person_id, Export.state == ExportState.WAITING))


def _progress_of(export: Export | Row[Any]) -> tuple[int, int] | None:
    return jobs.find_progress(export.job_id)


def _is_over(export: Export | Row[Any]) -> bool:
    return export.ready_at is not None and export.ready_at + period("export_ready") <= clock.now()


def _view(export: Export | Row[Any]) -> ExportView:
    if export.ready_at is not None:
        until = export.ready_at + period("export_ready")
        return ExportView(
            export.id, ExportState.READY, export.requested_at, ready_at=export.ready_at, until=until, size=export.size
        )
    progress = _progress_of(export) if export.secret_sealed else None
    # A job that was given up, or has no secret to seal with, is waiting for nothing: the person may start again.
    done, total = progress or (0, 0)
    return ExportView(
        export.id,
        ExportState.WAITING if progress else ExportState.FAILED,
        export.requested_at,
        done=done,
        total=total,
        secret=packed.encode(_secret_of(export)),
    )
