"""An organisation's leaving pack: asked for by an Owner, built in the background, fetched by an Owner for a while (P24).

Its key stands in the page and the email of whoever asked; what somebody is in the organisation is looked at each time.
"""

import hmac
import io
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import select

from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import audit, clock, packed, throttle
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.i18n import _l
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal
from portal.kit.sealed_files import CHUNK, SealedFile, new_secret
from portal.kit.tokens import hash_secret
from portal.kit.unit import before_writes
from portal.kit.visibility import Visible
from portal.organisations import service as organisations
from portal.organisations.models import Deed
from portal.privacy.models import SEALED_PACK_SECRET, ExportState, LeavingPack
from portal.privacy.service import pack_builds

OWNER = OrganisationRole.OWNER
LIMIT, DOWNLOADS = "5 per day", "20 per hour"
AT_ONCE = 20
IN_LEAVING_PACK = Visible(
    "leaving_pack", _l("All of this in one download, the organisation’s leaving pack"), frozenset({OWNER})
)
SAME_DOWNLOAD = timedelta(hours=1)
"""For so long a further part of the file belongs to the download that began last."""


class PackBeingBuilt(Refusal):
    """Another Owner has asked for one, and it is being built: there is one at a time."""


@dataclass(frozen=True)
class PackView:
    """A leaving pack as an Owner sees it: `waiting` with its progress, `failed`, or `ready` until a day.

    The `secret` is there for whoever asked, while it is built; afterwards only their page and their email know it.
    """

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    state: ExportState
    requested_at: datetime
    by: str
    """Who asked for it, in the list of an organisation."""
    is_mine: bool
    has_ended: bool
    done: int = 0
    total: int = 0
    ready_at: datetime | None = None
    until: datetime | None = None
    size: int = 0
    secret: str = field(default="", repr=False)


@before_writes
def start_pack(organisation_id: uuid.UUID, *, by: Actor) -> PackView:
    """Have a pack built, by an Owner, and tell every Owner; one of theirs that is being built is returned in its place.

    Raises NotFound, PackBeingBuilt while another Owner's is, and TooManyTries beyond five a day.
    """
    running = _find_building(organisation_id)
    if running is None or running.requested_by != by.person_id or not _progress_of(running):
        throttle.consume("privacy.leaving_pack", str(organisation_id), LIMIT)
    organisation, mine = organisations.lock_for(by, organisation_id, OWNER)
    running = _find_building(organisation_id)
    if running is not None and _progress_of(running):
        if running.requested_by != mine.person_id:
            raise PackBeingBuilt
        return _view(running, by)
    if running is not None:
        pack_builds.drop(running)
        db.session.flush()
    pack = _new(organisation_id, organisation.name, mine.person_id)
    organisations.note(organisation, deed=Deed.PACK_ASKED, by=mine.person_id)
    return _view(pack, by)


def _new(organisation_id: uuid.UUID, name: str, person_id: uuid.UUID) -> LeavingPack:
    secret = new_secret()
    pack = LeavingPack(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        organisation=name,
        requested_by=person_id,
        requested_at=clock.now(),
        state=ExportState.WAITING,
        secret_hash=hash_secret(packed.encode(secret)),
    )
    pack.secret_sealed = SEALED_PACK_SECRET.seal(secret, of=pack.id)
    pack.job_id = jobs.enqueue("privacy.build_leaving_pack", pack_id=str(pack.id), subject_id=person_id)
    db.session.add(pack)
    db.session.flush()
    return pack


def packs_for(by: Actor, organisation_id: uuid.UUID) -> list[PackView]:
    """Return an organisation's packs that are being built or can be fetched, newest first. Raises NotFound."""
    organisations.standing_for(by, organisation_id, OWNER)
    theirs = (
        select(LeavingPack, Person.name)
        .outerjoin(Person, Person.id == LeavingPack.requested_by)
        .where(LeavingPack.organisation_id == organisation_id)
    )
    newest = db.session.execute(theirs.order_by(LeavingPack.requested_at.desc()).limit(AT_ONCE)).all()
    return [_view(pack, by, name=name) for pack, name in newest if not _is_over(pack)]


def pack_for(by: Actor, pack_id: uuid.UUID, *, secret: str | None = None) -> PackView:
    """Return a pack for an Owner of its organisation. Raises NotFound else, for a wrong secret and when over."""
    return _view(_theirs(by, pack_id, secret), by)


@before_writes
def open_pack(pack_id: uuid.UUID, *, secret: str, by: Actor, is_begun: bool) -> BinaryIO:
    """Open the file of a pack by its secret, for an Owner. Raises NotFound, and TooManyTries: each download is told."""
    if is_begun:
        throttle.consume("privacy.leaving_pack_fetch", str(pack_id), DOWNLOADS)
    pack = _theirs(by, pack_id, secret)
    if pack.file_key is None or not storage().exists(pack.file_key):
        raise NotFound
    sealed_file = SealedFile(storage().open(pack.file_key), secret=packed.decode(secret), context=pack_id.bytes)
    return io.BufferedReader(sealed_file, CHUNK)


def note_pack_fetched(pack_id: uuid.UUID, *, by: Actor, is_begun: bool) -> None:
    """Write down who downloads a pack and tell every Owner, once a download: when it is begun, or goes on much later."""
    found = db.session.get(LeavingPack, pack_id)
    if found is None:
        return
    organisation = organisations.find_locked(found.organisation_id)
    pack = db.lock(LeavingPack, pack_id)
    if pack is None or not (is_begun or _is_another(pack, by)):
        return
    pack.fetched_at, pack.fetched_by = clock.now(), by.person_id
    if organisation is not None:
        organisations.note(organisation, deed=Deed.PACK_FETCHED, by=by.person_id)
    else:
        audit.record("privacy.leaving_pack_fetched", subject_id=by.person_id, by=by.person_id)


def _is_another(pack: LeavingPack, by: Actor) -> bool:
    begun_at = pack.fetched_at
    return begun_at is None or pack.fetched_by != by.person_id or begun_at + SAME_DOWNLOAD < clock.now()


def delete_pack(organisation_id: uuid.UUID, *, pack_id: uuid.UUID, by: Actor) -> bool:
    """Delete a pack before its time, by any Owner, and return whether it was ready. Raises NotFound.

    Whoever builds it stops at the next look: its job is gone.
    """
    organisation, mine = organisations.lock_for(by, organisation_id, OWNER)
    pack = db.lock(LeavingPack, pack_id)
    if pack is None or pack.organisation_id != organisation_id or _is_over(pack):
        raise NotFound
    was_ready = pack.state == ExportState.READY
    pack_builds.drop(pack)
    organisations.note(organisation, deed=Deed.PACK_DELETED, by=mine.person_id)
    return was_ready


def _theirs(by: Actor, pack_id: uuid.UUID, secret: str | None) -> LeavingPack:
    pack = db.session.get(LeavingPack, pack_id)
    if (
        pack is None
        or _is_over(pack)
        or not pack_builds.may_fetch(pack, person_id=by.require_id(), has_second_factor=by.has_second_factor)
    ):
        raise NotFound
    if secret is not None and not hmac.compare_digest(hash_secret(secret), pack.secret_hash):
        raise NotFound
    return pack


def _find_building(organisation_id: uuid.UUID) -> LeavingPack | None:
    which = LeavingPack.organisation_id == organisation_id, LeavingPack.state == ExportState.WAITING
    return db.session.scalar(select(LeavingPack).where(*which))


def _progress_of(pack: LeavingPack) -> tuple[int, int] | None:
    return jobs.find_progress(pack.job_id)


def _is_over(pack: LeavingPack) -> bool:
    return pack.ready_at is not None and pack.ready_at + period("leaving_pack") <= clock.now()


def _view(pack: LeavingPack, by: Actor, *, name: str | None = None) -> PackView:
    progress = _progress_of(pack) if pack.secret_sealed else None
    is_mine = pack.requested_by == by.person_id
    waiting = ExportState.WAITING if progress else ExportState.FAILED
    done, total = progress or (0, 0)
    return PackView(
        id=pack.id,
        organisation_id=pack.organisation_id,
        organisation=pack.organisation,
        state=waiting if pack.ready_at is None else ExportState.READY,
        requested_at=pack.requested_at,
        by=name or "",
        is_mine=is_mine,
        has_ended=pack.ended_at is not None,
        done=done,
        total=total,
        ready_at=pack.ready_at,
        until=pack.ready_at + period("leaving_pack") if pack.ready_at else None,
        size=pack.size,
        secret=packed.encode(SEALED_PACK_SECRET.open(pack.secret_sealed, of=pack.id))
        if is_mine and pack.secret_sealed
        else "",
    )
