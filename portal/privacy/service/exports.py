"""Taking a copy of one's account: start it, and hand it out for a while (P24)."""

import uuid
from typing import BinaryIO

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.events import PendingEnded
from portal.kit import audit, clock, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.unit import before_writes, rows
from portal.privacy.models import Export, ExportState, Right
from portal.privacy.service import prepared_copies
from portal.privacy.service.choices import EVERYTHING, Chosen
from portal.privacy.service.prepared_copies import ExportView
from portal.privacy.service.requests import at_once

LIMIT = "5 per day"
_NEWEST = select(Export).where(Export.person_id == bindparam("person_id")).order_by(Export.requested_at.desc()).limit(1)


@before_writes
def start_export(actor: Actor, *, chosen: Chosen = EVERYTHING) -> ExportView:
    """Start a copy and return it with its secret; one that is being built already is returned in its place.

    Raises TooManyTries beyond five a day.
    """
    person_id = actor.require_id()
    running = _find_building(person_id)
    if running and running.secret_sealed and prepared_copies.progress_of(running):
        return prepared_copies.view(running)
    throttle.consume("privacy.export", str(person_id), LIMIT)
    try:
        with db.session.begin_nested():
            return prepared_copies.view(_begin(person_id, chosen))
    except IntegrityError:
        # Another tab was faster: its copy is this one's too.
        faster = _find_building(person_id)
        if faster is None:
            raise
        return prepared_copies.view(faster)


def _begin(person_id: uuid.UUID, chosen: Chosen) -> Export:
    export = _find_building(person_id)
    if export is not None and not export.secret_sealed:
        # Without its secret nobody could ever open the file.
        prepared_copies.drop(export)
        db.session.flush()
        export = None
    if export is None or not prepared_copies.progress_of(export):
        export = export or prepared_copies.new_export(person_id=person_id)
        prepared_copies.enqueue(export)
        export.chosen = chosen.stored()
        db.session.add(export)
        audit.record("privacy.export_started", subject_id=person_id, by=person_id)
        db.session.flush()
        at_once.note_used(person_id, right=Right.COPY)
    return export


def newest_export_for(actor: Actor) -> ExportView | None:
    """Return the newest copy of the actor that is being built or can be fetched, or None."""
    newest = rows(_NEWEST, {"person_id": actor.person_id})
    return prepared_copies.view(newest[0]) if newest and not prepared_copies.is_over(newest[0]) else None


def export_for(actor: Actor, export_id: uuid.UUID, *, secret: str | None = None) -> ExportView:
    """Return one of the actor's own copies. Raises NotFound for any other, for a wrong secret, and when its time is over."""
    return prepared_copies.view(_mine(actor, export_id, secret))


def open_export(export_id: uuid.UUID, *, secret: str, by: Actor) -> BinaryIO:
    """Open the file of one of the actor's own copies by its secret. Raises NotFound."""
    return prepared_copies.open_file(_mine(by, export_id, secret), secret=secret)


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
    prepared_copies.drop(export)
    audit.record("privacy.export_deleted", subject_id=by.person_id, by=by.person_id)
    return was_ready


def drop_exports(ended: PendingEnded) -> None:
    """Delete every copy of a person that is being built or can be fetched: whoever asked for it may be in no longer."""
    for export in db.session.scalars(select(Export).where(Export.person_id == ended.person_id)):
        prepared_copies.drop(export)


def _mine(actor: Actor, export_id: uuid.UUID, secret: str | None = None) -> Export:
    export = db.session.get(Export, export_id)
    if export is None or actor.person_id is None or export.person_id != actor.person_id or prepared_copies.is_over(export):
        raise NotFound
    if secret is not None:
        prepared_copies.check_secret(export, secret=secret)
    return export


def _find_building(person_id: uuid.UUID) -> Export | None:
    return db.session.scalar(select(Export).where(Export.person_id == person_id, Export.state == ExportState.WAITING))
