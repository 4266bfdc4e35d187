"""The activity of an organisation: written with every change, told by email to both sides, read by Owners (P35)."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.kit import audit, paging
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.i18n import _
from portal.organisations import mail
from portal.organisations.models import Deed, Membership, Organisation, OrganisationEntry
from portal.organisations.service import standings

AT_ONCE, PER_PAGE_OF_FILE = 50, 1000
QUIET = frozenset({Deed.INVITED_AGAIN, Deed.RENAMED, Deed.TICKET_SHARED, Deed.TICKET_UNSHARED, Deed.PACK_DELETED})
"""What changes nobody's rights: it stands in the log, and nobody is emailed."""
TOLD_TO_ALL = frozenset({Deed.DISSOLUTION_ASKED, Deed.DISSOLUTION_CANCELLED, Deed.DISSOLUTION_ENDED}) | frozenset(
    {Deed.RECOVERY_ASKED, Deed.RECOVERY_CANCELLED, Deed.RECOVERY_ENDED, Deed.RECOVERED}
)
"""Of what everybody in the organisation is told by an email of its own (`news`)."""
BY_ITSELF = frozenset({Deed.HAND_OVER_ENDED, Deed.JOIN_ENDED, Deed.DISSOLUTION_ENDED, Deed.RECOVERY_ENDED, Deed.PACK_ENDED})
"""What nobody did: `by` is whose offer or request ended with something else."""


@dataclass(frozen=True)
class Line:
    """One line of the log, with the names of whoever is still known; empty for somebody whose account is gone."""

    id: uuid.UUID
    at: datetime
    deed: Deed
    by: str
    about: str
    role: OrganisationRole | None

    @property
    def sentence(self) -> str:
        """Say it, in the language that is spoken now."""
        nobody = _("Someone who has no account any more")
        role = self.role.label if self.role else ""
        return self.deed.sentence % {"by": self.by or nobody, "about": self.about or nobody, "role": role}


def note(
    organisation: Organisation,
    *,
    deed: Deed,
    by: uuid.UUID | None,
    about: uuid.UUID | None = None,
    role: OrganisationRole | None = None,
    reason: str = "",
) -> None:
    """Write down what was done, and email every Owner and whom it was done to, with the reason where one was given."""
    entry = OrganisationEntry(
        id=uuid.uuid4(), organisation_id=organisation.id, deed=deed, by_id=by, about_id=about, role=role
    )
    db.session.add(entry)
    did = None if deed in BY_ITSELF else by
    audit.record(f"organisations.{deed}", subject_id=about or by, by=did, organisation=organisation.id, role=role or "")
    if by is None or deed in QUIET | TOLD_TO_ALL:
        return
    db.session.flush()
    people = {person.id: person for person in _told(organisation.id, by, about)}
    for person in people.values():
        subject = people.get(about) if about else None
        if person.deactivated_at is None and (person.disabled_at is None or person.id in (by, about)):
            is_theirs = did is not None and did == person.id
            mail.changed(
                organisation, deed=deed, to=person, by=people[by], about=subject, role=role, reason=reason,
                is_theirs=is_theirs,
            )  # fmt: skip


def _told(organisation_id: uuid.UUID, *besides: uuid.UUID | None) -> list[Person]:
    owners = select(Membership.person_id).where(
        Membership.organisation_id == organisation_id,
        Membership.role == OrganisationRole.OWNER,
        Membership.disabled_at.is_(None),
    )
    these = select(Person).where(Person.id.in_(owners) | Person.id.in_([each for each in besides if each]))
    return list(db.session.scalars(these.order_by(Person.id)))


def entries_for(by: Actor, organisation_id: uuid.UUID, *, after: str | None, size: int = AT_ONCE) -> paging.Page[Line]:
    """Return a page of the log for an Owner, newest first. Raises NotFound for anybody else."""
    standings.standing_for(by, organisation_id, OrganisationRole.OWNER)
    page = paging.paginate(
        _lines(organisation_id), at=OrganisationEntry.at, key=OrganisationEntry.id, after=after, size=size
    )
    return paging.Page([_line(row) for row in page.rows], page.after)


def file_for(by: Actor, organisation_id: uuid.UUID) -> Iterator[Line]:
    """Yield the whole log for an Owner, newest first, page by page. Raises NotFound for anybody else."""
    after = None
    while True:
        page = entries_for(by, organisation_id, after=after, size=PER_PAGE_OF_FILE)
        yield from page.rows
        if (after := page.after) is None:
            return


_BY, _ABOUT = aliased(Person), aliased(Person)


def _lines(organisation_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    entry = OrganisationEntry
    return (
        select(entry.id, entry.at, entry.deed, _BY.name.label("by"), _ABOUT.name.label("about"), entry.role)
        .outerjoin(_BY, _BY.id == entry.by_id)
        .outerjoin(_ABOUT, _ABOUT.id == entry.about_id)
        .where(entry.organisation_id == organisation_id)
    )


def _line(row: Any) -> Line:
    return Line(row.id, row.at, row.deed, row.by or "", row.about or "", row.role)
