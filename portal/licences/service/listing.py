"""What somebody sees of their organisations' licences: each role its own part, and an outsider nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.kit import clock, paging
from portal.kit.actor import Actor, OrganisationRole, Standing
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.licences.models import Activation, Licence

AT_ONCE = 50
OWNER = OrganisationRole.OWNER


@dataclass(frozen=True)
class Shown:
    """A licence, and what whoever looks is in its organisation: only an Owner gets the file and sees the machines."""

    licence: Licence
    standing: Standing

    @property
    def is_owner(self) -> bool:
        """Whether whoever looks may use it."""
        return self.standing.role is OWNER

    @property
    def runs(self) -> bool:
        """Whether it runs today."""
        return self.licence.runs_on(clock.today())


def standings_of(by: Actor) -> Sequence[Standing]:
    """Return the organisations whose licences somebody may see: not those that ask for a second factor which they lack."""
    return [each for each in by.organisations if by.has_second_factor or not each.asks_second_factor]


def licences_for(by: Actor, organisation_id: uuid.UUID, *, after: str | None) -> paging.Page[Shown]:
    """Return a page of an organisation's licences, newest first. Raises NotFound for an outsider."""
    standing = _standing_in(by, organisation_id)
    query = select(Licence).where(Licence.organisation_id == organisation_id)
    page = paging.paginate(query, at=Licence.granted_at, key=Licence.id, after=after, size=AT_ONCE)
    return paging.Page([Shown(licence, standing) for licence in page.rows], page.after)


def licence_for(by: Actor, licence_id: uuid.UUID) -> Shown:
    """Return a licence of one of the actor's organisations. Raises NotFound."""
    licence = db.session.scalar(select(Licence).where(Licence.id == licence_id))
    if licence is None:
        raise NotFound
    return Shown(licence, _standing_in(by, licence.organisation_id))


def owned_for(by: Actor, licence_id: uuid.UUID) -> Licence:
    """Return a licence of which the actor is an Owner. Raises NotFound for anybody else."""
    shown = licence_for(by, licence_id)
    if not shown.is_owner:
        raise NotFound
    return shown.licence


def machines_of(shown: Shown, *, after: str | None) -> paging.Page[Activation]:
    """Return a page of the machines that a licence runs on, newest first; an empty one for whoever is no Owner."""
    if not shown.is_owner:
        return paging.Page([], None)
    query = select(Activation).where(Activation.licence_id == shown.licence.id)
    return paging.paginate(query, at=Activation.activated_at, key=Activation.id, after=after, size=AT_ONCE)


def _standing_in(by: Actor, organisation_id: uuid.UUID) -> Standing:
    for each in standings_of(by):
        if each.organisation_id == organisation_id:
            return each
    raise NotFound
