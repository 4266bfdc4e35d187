"""Accounts that close: an organisation always keeps an Owner whose account is open, and what was made for it (P41)."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.accounts import service as accounts
from portal.accounts.events import AccountCloses
from portal.accounts.models import Person
from portal.kit import formats
from portal.kit.claims import Blocker, Subject
from portal.kit.db import db
from portal.kit.i18n import _
from portal.organisations.models import Dissolution, Membership, Organisation
from portal.organisations.service.standings import OWNER, is_acting

AT_ONCE = 50
_OTHER = aliased(Person)


def blockers(subject: Subject) -> list[Blocker]:
    """Name the organisations whose only Owner somebody is: they are handed over or dissolved before an account goes."""
    if subject.person_id is None:
        return []
    owned = db.session.execute(_solely_owned_by(subject.person_id, AT_ONCE))
    return [_blocker(row.id, row.name, row.due_at) for row in owned]


def _blocker(organisation_id: uuid.UUID, name: str, due_at: datetime | None) -> Blocker:
    said = _("You’re the only Owner of %(name)s. Hand it over to someone in it, or dissolve it.", name=name)
    if due_at is not None:
        # Closing the account would take the only Owner who can keep it.
        said = _(
            "You’re the only Owner of %(name)s until it’s dissolved on %(day)s. Delete your account after that, or hand the "
            "organisation over before.",
            name=name,
            day=formats.instant(due_at, "UTC"),
        )
    return Blocker(
        said,
        way=_("Hand over %(name)s", name=name),
        endpoint="organisations.hand_over",
        values={"organisation_id": organisation_id},
    )


def keep_an_owner(event: AccountCloses) -> None:
    """Refuse to close the account of an organisation's only Owner. Raises ClosingRefused.

    Whoever changes who is in one of these organisations, at this very moment, does so before or after: the other Owner may
    be leaving, or closing an account too.
    """
    theirs = (
        select(Organisation.id)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == event.person_id, Organisation.dissolved_at.is_(None))
        .order_by(Organisation.id)
        .with_for_update(of=Organisation)
    )
    db.session.execute(theirs).all()
    if db.session.scalar(_solely_owned_by(event.person_id, 1)) is not None:
        raise accounts.ClosingRefused


def production_stays(subject: Subject) -> bool:
    """Tell whether somebody is in an organisation: what they made in our products is its own, and stays (P41)."""
    theirs = (
        select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == subject.person_id, Organisation.dissolved_at.is_(None))
    )
    return subject.person_id is not None and db.session.scalar(theirs.limit(1)) is not None


def _solely_owned_by(person_id: uuid.UUID, most: int) -> Select[*tuple[Any, ...]]:
    others = aliased(Membership)
    has_other = (
        select(others.id)
        .join(_OTHER, _OTHER.id == others.person_id)
        .where(
            others.organisation_id == Organisation.id,
            others.role == OWNER,
            others.person_id != person_id,
            is_acting(others, person=_OTHER),
        )
        .correlate(Organisation)
        .exists()
    )
    return (
        select(Organisation.id, Organisation.name, Dissolution.due_at)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Dissolution, Dissolution.organisation_id == Organisation.id)
        .where(
            Membership.person_id == person_id,
            Membership.role == OWNER,
            # Whoever is disabled can hand over nothing: the organisation counts as having no Owner, and they may go.
            Membership.disabled_at.is_(None),
            Person.disabled_at.is_(None),
            Organisation.dissolved_at.is_(None),
            ~has_other,
        )
        .order_by(Membership.joined_at)
        .limit(most)
    )
