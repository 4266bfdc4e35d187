"""Who is in an organisation and as what: seen by its people, changed by its Owners, left by anybody (P35)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, select

from portal.accounts.models import Person, TotpFactor
from portal.kit import paging
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.events import publish
from portal.kit.refusals import NotFound
from portal.kit.visibility import Visible
from portal.organisations.events import MembershipEnded
from portal.organisations.models import Deed, Membership
from portal.organisations.service import activity, disabling, endings, standings, visibility
from portal.organisations.service.standings import MEMBER, OWNER
from portal.products import service as products

AT_ONCE = 50


@dataclass(frozen=True)
class Colleague:
    """Somebody in an organisation, as whoever looks sees them: what `visibility` gives to their role, and nothing else."""

    id: uuid.UUID
    """Of the membership."""
    person_id: uuid.UUID
    name: str
    email: str
    role: OrganisationRole
    joined_at: datetime
    has_second_factor: bool | None
    """None for whoever may not know."""
    disabled: disabling.Disabled | None
    """How an Owner has disabled their account here; None also for whoever may not know."""
    shown: tuple[Visible, ...] = ()
    """What of this is shown to whoever looks."""


def members_for(by: Actor, organisation_id: uuid.UUID, *, after: str | None) -> paging.Page[Colleague]:
    """Return a page of an organisation's people, in the order in which they joined. Raises NotFound for an outsider."""
    mine = standings.standing_for(by, organisation_id, OWNER, MEMBER)
    query = _colleagues().where(Membership.organisation_id == organisation_id)
    page = paging.paginate(query, at=Membership.joined_at, key=Membership.id, after=after, size=AT_ONCE, newest_first=False)
    return paging.Page([_colleague(row, seen_by=mine.role) for row in page.rows], page.after)


def member_for(by: Actor, organisation_id: uuid.UUID, *, membership_id: uuid.UUID) -> Colleague:
    """Return one of an organisation's people. Raises NotFound for an outsider, and for whoever is not in it."""
    mine = standings.standing_for(by, organisation_id, OWNER, MEMBER)
    query = _colleagues().where(Membership.organisation_id == organisation_id, Membership.id == membership_id)
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return _colleague(row, seen_by=mine.role)


def _colleagues() -> Select[*tuple[Any, ...]]:
    has_factor = exists().where(TotpFactor.person_id == Person.id).correlate(Person)
    return select(
        Membership.id, Membership.person_id, Person.name, Person.email, Membership.role, Membership.joined_at,
        has_factor.label("has_second_factor"), *disabling.COLUMNS,
    ).join(Person, Person.id == Membership.person_id).outerjoin(*disabling.BY_WHOM)  # fmt: skip


def _colleague(row: Any, *, seen_by: OrganisationRole) -> Colleague:
    known = {
        "name": row.name, "email": row.email, "role": row.role, "joined_at": row.joined_at,
        "has_second_factor": row.has_second_factor, "disabled": disabling.disabled_in(row),
    }  # fmt: skip
    return Colleague(row.id, row.person_id, **visibility.only_shown(known, to=seen_by), shown=visibility.shown_to(seen_by))


def change_role(organisation_id: uuid.UUID, *, by: Actor, membership_id: uuid.UUID, role: OrganisationRole) -> None:
    """Give somebody another role, by an Owner. Raises NotFound, LastOwner and TooManyOwners."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    theirs = standings.get_membership(organisation_id, membership_id=membership_id)
    if theirs.role is role:
        return
    standings.refuse_last_owner(theirs)
    if role is OWNER:
        standings.refuse_more_owners(organisation_id)
    theirs.role = role
    endings.end_what_waits(organisation_id, of=theirs.person_id, is_owner=role is OWNER)
    activity.note(organisation, deed=Deed.ROLE_CHANGED, by=mine.person_id, about=theirs.person_id, role=role)


def remove(organisation_id: uuid.UUID, *, by: Actor, membership_id: uuid.UUID) -> None:
    """Take somebody out, by an Owner: every right ends with the next request of theirs. Raises NotFound and LastOwner."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    theirs = standings.get_membership(organisation_id, membership_id=membership_id)
    standings.refuse_last_owner(theirs)
    # Written down before it goes: whoever was an Owner until now is told as one.
    activity.note(organisation, deed=Deed.REMOVED, by=mine.person_id, about=theirs.person_id, role=theirs.role)
    _end(theirs)


def leave(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Leave an organisation. Raises NotFound and LastOwner."""
    organisation, mine = standings.lock_for(by, organisation_id)
    standings.refuse_last_owner(mine)
    activity.note(organisation, deed=Deed.LEFT, by=mine.person_id, about=mine.person_id, role=mine.role)
    _end(mine)


def leave_while_disabled(organisation_id: uuid.UUID, *, by: Actor) -> None:
    """Leave an organisation in which one's account is disabled: the right to go stays. Raises NotFound and LastOwner."""
    organisation = standings.lock(organisation_id)
    mine = standings.membership_of(organisation_id, person_id=by.require_id())
    if mine is None or mine.disabled_at is None:
        raise NotFound
    standings.refuse_last_owner(mine)
    activity.note(organisation, deed=Deed.LEFT, by=mine.person_id, about=mine.person_id, role=mine.role)
    _end(mine)


def _end(membership: Membership) -> None:
    """Let somebody go, and with them what they have offered in the organisation's name."""
    if membership.disabled_at is not None:
        products.tell_enabled(membership.person_id, organisation_id=membership.organisation_id)
    endings.end_what_waits(membership.organisation_id, of=membership.person_id)
    publish(MembershipEnded(membership.organisation_id, membership.person_id))
    db.session.delete(membership)
