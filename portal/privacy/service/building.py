"""Building a copy in the background: of an account, or of whoever has proven an address by a request (P24)."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.jobs import service as jobs
from portal.kit import audit, clock, packed
from portal.kit.claims import Subject
from portal.kit.db import db, repeatable_read
from portal.kit.files import storage
from portal.kit.i18n import in_language
from portal.kit.periods import period
from portal.kit.sealed_files import SealedFile
from portal.kit.unit import current_unit
from portal.privacy import mail
from portal.privacy.models import Export, ExportState, Request
from portal.privacy.service import copy_files, prepared_copies
from portal.privacy.service.archive import Archive
from portal.privacy.service.choices import Chosen
from portal.privacy.service.product_copies import ProductCopy
from portal.privacy.service.requests import at_once, copies


@dataclass(frozen=True)
class _Owner:
    """Whom a copy is of, and how it speaks."""

    subject: Subject
    language: str
    zone: str = "UTC"


def build(export_id: uuid.UUID, *, products: Sequence[ProductCopy] = ()) -> Callable[[], None] | None:
    """Build the file of a copy, or go on with it, and return what ends it; nothing when nobody waits for it. Only reads."""
    repeatable_read()
    export = db.session.get(Export, export_id)
    if export is None or export.state != ExportState.WAITING:
        return None
    owner, secret = _owner_of(export), prepared_copies.secret_of(export)
    with in_language(owner.language):
        chosen = Chosen.of(export.chosen)
        archive = Archive(owner.subject, zone=owner.zone, chosen=chosen, products=products, on_progress=jobs.progress)
        key = copy_files.store(archive, secret=secret, context=export_id.bytes)
    return lambda: _finish(export_id, key=key, secret=secret, rows=sum(archive.rows.values()))


def _owner_of(export: Export) -> _Owner:
    if export.request_id:
        request = copies.request_of(export)
        return _Owner(Subject.of(emails=[request.email or ""]), request.language)
    person = accounts.get_person(export.whom)
    return _Owner(accounts.subject_of(person), person.language, person.time_zone)


def _finish(export_id: uuid.UUID, *, key: str, secret: bytes, rows: int) -> None:
    current_unit().on_rollback.append(lambda: storage().remove(key))
    export = _lock(export_id)
    if export is None or export.state != ExportState.WAITING or not _is_still_wanted(export):
        storage().delete(key)
        return
    with storage().open(key) as stream:
        export.size = SealedFile(stream, secret=secret, context=export_id.bytes).size
    export.state, export.ready_at, export.file_key, export.secret_sealed = ExportState.READY, clock.now(), key, None
    until = export.ready_at + period("export_ready")
    if export.request_id:
        copies.finish(export, secret=packed.encode(secret), until=until, rows_held=rows)
        return
    person = accounts.get_person(export.whom)
    _drop_older(export)
    if Chosen.of(export.chosen).is_everything:
        at_once.note_copied(person.id, requested_at=export.requested_at)
    mail.export_ready(export.id, secret=packed.encode(secret), person=person, until=until)
    audit.record("privacy.export_built", subject_id=person.id, rows=rows, bytes=export.size)


def _lock(export_id: uuid.UUID) -> Export | None:
    # The request first, as whoever withdraws it locks it.
    seen = db.session.get(Export, export_id)
    if seen is not None and seen.request_id:
        db.lock(Request, seen.request_id)
    return db.lock(Export, export_id)


def _is_still_wanted(export: Export) -> bool:
    """Tell whether a copy may be given; one of an account that closed meanwhile goes, as one that has become somebody's."""
    if export.request_id:
        return copies.keep_or_hand_over(export)
    person = accounts.get_person(export.whom)
    if person.deactivated_at:
        db.session.delete(export)
        return False
    return True


def _drop_older(export: Export) -> None:
    theirs = select(Export).where(Export.person_id == export.person_id, Export.state == ExportState.READY)
    for older in db.session.scalars(theirs.where(Export.id != export.id)):
        prepared_copies.drop(older)
