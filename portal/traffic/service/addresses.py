"""Opening the addresses of visits, for whom they are shown to."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from portal.kit import keys, paging
from portal.kit.actor import Actor
from portal.kit.periods import period
from portal.traffic.models import Visit
from portal.traffic.service.days import PURPOSE, oldest_day_kept


@dataclass(frozen=True)
class OwnVisit:
    """A visit as its person may see it."""

    at: datetime
    endpoint: str | None
    method: str
    status: int
    address: str | None
    """None once the key of its day is gone."""
    gone_at: datetime
    """When nobody can read the address any more."""


def visits_for(actor: Actor, after: str | None = None, *, size: int = 50) -> paging.Page[OwnVisit]:
    """Return a page of the actor's own visits, newest first, with the addresses opened. Raises NotFound."""
    mine = select(Visit).where(Visit.subject_id == actor.require_id(), Visit.sealed_on >= oldest_day_kept())
    found = paging.paginate(mine, at=Visit.at, key=Visit.id, after=after, size=size)
    addresses = addresses_of(SealedAddress(visit.id, visit.sealed_on, visit.sealed_address) for visit in found.rows)
    return paging.Page([_own(visit, addresses.get(visit.id)) for visit in found.rows], found.after)


@dataclass(frozen=True)
class SealedAddress:
    """The address of a visit, as it is stored."""

    id: uuid.UUID
    sealed_on: date
    sealed: bytes


def addresses_of(visits: Iterable[SealedAddress]) -> dict[uuid.UUID, str]:
    """Open the addresses of visits that somebody may see, by the visits' ids; of one whose time is over there is none."""
    readable = [visit for visit in visits if visit.sealed_on >= oldest_day_kept()]
    opened = keys.day_keys().find_each(PURPOSE, {visit.sealed_on for visit in readable}) if readable else {}
    addresses = ((visit.id, _open(visit, opened.get(visit.sealed_on))) for visit in readable)
    return {visit_id: address for visit_id, address in addresses if address is not None}


def _own(visit: Visit, address: str | None) -> OwnVisit:
    return OwnVisit(
        at=visit.at,
        endpoint=visit.endpoint,
        method=visit.method,
        status=visit.status,
        address=address,
        gone_at=datetime.combine(visit.sealed_on + period("visits"), time.min, tzinfo=UTC),
    )


def _open(visit: SealedAddress, key: bytes | None) -> str | None:
    if key is None:
        return None
    try:
        return keys.open_sealed(PURPOSE, visit.sealed, context=visit.id.bytes, key=key).decode()
    except keys.CannotOpen:
        return None
