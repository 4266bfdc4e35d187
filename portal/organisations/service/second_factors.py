"""Owners may ask everybody in an organisation for a second factor: whoever has none is told, and led to it by the gate."""

import uuid
from typing import Any

from sqlalchemy import Select, exists, select

from portal.accounts.models import Person, TotpFactor
from portal.jobs import service as jobs
from portal.kit import paging, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.kit.unit import before_writes
from portal.organisations import mail
from portal.organisations.models import Deed, Membership, Organisation
from portal.organisations.service import activity, standings
from portal.organisations.service.standings import OWNER

CHANGES = "6 per day"
AT_ONCE = 50


class OwnFactorFirst(Refusal):
    """Whoever asks others for a second factor has one."""


@before_writes
def ask_second_factor(organisation_id: uuid.UUID, *, by: Actor, asked: bool) -> None:
    """Ask everybody for a second factor, or no longer, by an Owner. Raises NotFound, OwnFactorFirst and TooManyTries."""
    if asked and not by.has_second_factor:
        raise OwnFactorFirst
    throttle.consume("organisations.second_factor", str(organisation_id), CHANGES)
    organisation, mine = standings.lock_for(by, organisation_id, OWNER)
    if organisation.asks_second_factor is asked:
        return
    organisation.asks_second_factor = asked
    deed = Deed.SECOND_FACTOR_ASKED if asked else Deed.SECOND_FACTOR_FREE
    activity.note(organisation, deed=deed, by=mine.person_id)
    jobs.enqueue("organisations.second_factor", organisation_id=str(organisation_id), asked=asked, after=None)


def tell_of_second_factor(organisation_id: uuid.UUID, *, asked: bool, after: str | None) -> str | None:
    """Email some of those without a second factor; return after whom to go on. None once all know, or it is not so now."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or organisation.dissolved_at or organisation.asks_second_factor is not asked:
        return None
    has_factor = exists().where(TotpFactor.person_id == Person.id).correlate(Person)
    without: Select[*tuple[Any, ...]] = (
        select(Membership.id, Membership.joined_at, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Person.deactivated_at.is_(None), ~has_factor)
    )
    page = paging.paginate(
        without, at=Membership.joined_at, key=Membership.id, after=after, size=AT_ONCE, newest_first=False
    )
    for row in page.rows:
        mail.second_factor(organisation, to=row.Person, asked=asked)
    return page.after
