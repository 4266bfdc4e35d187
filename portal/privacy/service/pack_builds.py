"""How a leaving pack comes about and goes: built in the background, deleted with what ends it."""

import uuid
from collections.abc import Callable

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.events import PendingEnded
from portal.jobs import service as jobs
from portal.kit import audit, clock, packed
from portal.kit.db import db, repeatable_read
from portal.kit.files import storage
from portal.kit.i18n import in_language
from portal.kit.periods import period
from portal.kit.sealed_files import SealedFile
from portal.kit.unit import current_unit
from portal.organisations import service as organisations
from portal.organisations.events import MembershipEnded
from portal.organisations.models import Deed
from portal.privacy import mail
from portal.privacy.models import SEALED_PACK_SECRET, ExportState, LeavingPack
from portal.privacy.service import copy_files
from portal.privacy.service.pack_archives import PackArchive

KIND = "leaving_pack"


def drop_packs(ended: PendingEnded) -> None:
    """Delete every pack that a person asked for: whoever asked for it may have been a thief, who has its key."""
    theirs = select(LeavingPack).where(LeavingPack.requested_by == ended.person_id)
    for pack in db.session.scalars(theirs.order_by(LeavingPack.organisation_id)).all():
        organisation = organisations.find_locked(pack.organisation_id)
        drop(pack)
        if organisation is not None:
            organisations.note(organisation, deed=Deed.PACK_ENDED, by=ended.person_id)


def leave_packs(ended: MembershipEnded) -> None:
    """Leave a dissolved organisation's packs to the Owners who asked for them, until their time is over."""
    organisation = organisations.find_owned(ended.organisation_id, person_id=ended.person_id)
    if organisation is None or organisation.dissolved_at is None:
        return
    theirs = LeavingPack.organisation_id == ended.organisation_id, LeavingPack.requested_by == ended.person_id
    for pack in db.session.scalars(select(LeavingPack).where(*theirs)):
        pack.ended_at = clock.now()


def build_pack(pack_id: uuid.UUID) -> Callable[[], None] | None:
    """Build the file of a pack, or go on with it, and return what ends it; nothing when nobody waits. Only reads."""
    repeatable_read()
    pack = db.session.get(LeavingPack, pack_id)
    if pack is None or pack.state != ExportState.WAITING or pack.secret_sealed is None:
        return None
    if organisations.find_owned(pack.organisation_id, person_id=pack.requested_by) is None:
        return lambda: _give_up(pack_id)
    person, secret = accounts.get_person(pack.requested_by), SEALED_PACK_SECRET.open(pack.secret_sealed, of=pack_id)
    with in_language(person.language):
        archive = PackArchive(pack.organisation_id, name=pack.organisation, zone=person.time_zone, on_progress=jobs.progress)
        key = copy_files.store(archive, secret=secret, context=pack_id.bytes, kind=KIND)
    return lambda: _finish(pack_id, key=key, secret=secret)


def _finish(pack_id: uuid.UUID, *, key: str, secret: bytes) -> None:
    current_unit().on_rollback.append(lambda: storage().remove(key))
    pack = db.lock(LeavingPack, pack_id)
    if pack is None or pack.state != ExportState.WAITING or not may_fetch(pack, person_id=pack.requested_by):
        storage().delete(key)
        if pack is not None and pack.state == ExportState.WAITING:
            db.session.delete(pack)
        return
    with storage().open(key) as stream:
        pack.size = SealedFile(stream, secret=secret, context=pack_id.bytes).size
    pack.state, pack.ready_at, pack.file_key, pack.secret_sealed = ExportState.READY, clock.now(), key, None
    person = accounts.get_person(pack.requested_by)
    until = pack.ready_at + period("leaving_pack")
    mail.leaving_pack_ready(pack, secret=packed.encode(secret), person=person, until=until)
    audit.record("privacy.leaving_pack_built", subject_id=person.id, bytes=pack.size)


def _give_up(pack_id: uuid.UUID) -> None:
    # The job is this one, and ends by itself; what it has left of an earlier try goes.
    pack = db.lock(LeavingPack, pack_id)
    if pack is not None and pack.state == ExportState.WAITING:
        copy_files.forget(jobs.last_cursor())
        db.session.delete(pack)


def drop(pack: LeavingPack) -> None:
    """Delete a pack with its file, or stop whoever builds it."""
    if pack.state == ExportState.WAITING:
        copy_files.forget(jobs.cancel(pack.job_id))
    if pack.file_key:
        storage().delete(pack.file_key)
    db.session.delete(pack)


def may_fetch(pack: LeavingPack, *, person_id: uuid.UUID, has_second_factor: bool = True) -> bool:
    """Tell whether somebody is an Owner of its organisation now; of one that is dissolved, whether they asked for it."""
    if pack.ended_at is not None:
        return pack.requested_by == person_id
    organisation = organisations.find_owned(pack.organisation_id, person_id=person_id)
    if organisation is not None and organisation.dissolved_at is not None:
        return pack.requested_by == person_id
    return organisation is not None and (has_second_factor or not organisation.asks_second_factor)
