"""Granting and ending licences: what a purchase does, and what paying it back does."""

import uuid
from datetime import date

from sqlalchemy import select

from portal.kit import audit, clock
from portal.kit.db import db
from portal.licences.models import End, Licence
from portal.licences.service import files
from portal.organisations import service as organisations
from portal.organisations.models import Deed
from proof.verify_licence import LICENCE


def grant(
    organisation_id: uuid.UUID,
    *,
    purchase_id: str,
    bought_by: uuid.UUID,
    product: str,
    plan: str,
    seats: int,
    perpetual: bool,
    updates_end_on: date | None,
) -> uuid.UUID:
    """Grant an organisation the licence that it bought, and return its id. The same purchase grants it once.

    A licence that isn't perpetual runs until `updates_end_on`. Raises NotFound for an organisation that is no more.
    """
    organisation = organisations.lock(organisation_id)
    if (known := _find(purchase_id)) is not None:
        return known.id
    licence = Licence(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        purchase_id=purchase_id,
        product=product,
        plan=plan,
        seats=seats,
        perpetual=perpetual,
        updates_end_on=updates_end_on,
        granted_at=clock.now(),
    )
    licence.file = files.write(LICENCE, payload=_payload(licence, holder=organisation.name))
    db.session.add(licence)
    audit.record("licences.granted", subject_id=bought_by, by=bought_by, organisation=organisation_id, licence=licence.id)
    organisations.note(organisation, deed=Deed.LICENCE_BOUGHT, by=bought_by)
    return licence.id


def _payload(licence: Licence, *, holder: str) -> dict[str, object]:
    return {
        "id": str(licence.id),
        "product": licence.product,
        "plan": licence.plan,
        "seats": licence.seats,
        "holder": holder,
        "issued_on": licence.granted_at.date().isoformat(),
        "updates_until": licence.updates_end_on and licence.updates_end_on.isoformat(),
        "perpetual": licence.perpetual,
    }


def end(purchase_id: str, *, because: End) -> None:
    """End the licence of a purchase, such as one that was paid back. Told twice, it ends once; of a stranger's, nothing."""
    known = _find(purchase_id)
    licence = db.lock(Licence, known.id) if known else None
    if licence is None or licence.ended_at is not None:
        return
    licence.ended_at, licence.ended_because = clock.now(), because
    audit.record("licences.ended", organisation=licence.organisation_id, licence=licence.id, ended_because=because)


def _find(purchase_id: str) -> Licence | None:
    return db.session.scalar(select(Licence).where(Licence.purchase_id == purchase_id))
