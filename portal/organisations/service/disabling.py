"""Disabling an account in an organisation, by an Owner: its role stays, and every right of it rests until that is lifted.

Whoever it concerns reads who did it, when and why, and our products are told (P41).
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.actor import Actor
from portal.kit.refusals import NotFound
from portal.organisations.models import Deed, Membership
from portal.organisations.service import activity, endings, standings
from portal.organisations.service.standings import OWNER
from portal.products import service as products


@dataclass(frozen=True)
class Disabled:
    """Since when somebody's account is disabled in an organisation, by whom and why; empty for whose account is gone."""

    at: datetime
    by: str
    reason: str


_BY = aliased(Person)
BY_WHOM = (_BY, _BY.id == Membership.disabled_by)
COLUMNS = (Membership.disabled_at, _BY.name.label("disabled_by"), Membership.disabled_reason)
"""What a question about memberships asks for besides, joined with `BY_WHOM`, so that `disabled_in` can read it."""


def disabled_in(row: Any) -> Disabled | None:
    """Return how the membership of a row is disabled; None for one that is not."""
    return Disabled(row.disabled_at, row.disabled_by or "", row.disabled_reason or "") if row.disabled_at else None


def disable(organisation_id: uuid.UUID, *, by: Actor, membership_id: uuid.UUID, reason: str) -> None:
    """Disable somebody's account in an organisation, by an Owner; what they have offered in its name ends.

    Whoever does it is an Owner who can act, and stays one: nobody disables themselves. Raises NotFound.
    """
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    theirs = standings.get_membership(organisation_id, membership_id=membership_id)
    if theirs.id == mine.id:
        raise NotFound
    if theirs.disabled_at is not None:
        return
    theirs.disabled_at, theirs.disabled_by, theirs.disabled_reason = clock.now(), mine.person_id, reason
    endings.end_what_waits(organisation_id, of=theirs.person_id)
    products.tell_disabled(theirs.person_id, organisation_id=organisation_id)
    activity.note(
        organisation, deed=Deed.DISABLED, by=mine.person_id, about=theirs.person_id, role=theirs.role, reason=reason
    )


def enable(organisation_id: uuid.UUID, *, by: Actor, membership_id: uuid.UUID) -> None:
    """Let somebody work in an organisation again in the role that they have, by an Owner. Raises NotFound."""
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    theirs = standings.get_membership(organisation_id, membership_id=membership_id)
    if theirs.disabled_at is None:
        return
    theirs.disabled_at, theirs.disabled_by, theirs.disabled_reason = None, None, None
    products.tell_enabled(theirs.person_id, organisation_id=organisation_id)
    activity.note(organisation, deed=Deed.ENABLED, by=mine.person_id, about=theirs.person_id, role=theirs.role)
