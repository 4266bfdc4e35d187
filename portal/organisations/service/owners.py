"""Who owns an organisation, for what lives longer than a page and than an organisation."""

import uuid

from sqlalchemy import select

from portal.accounts.models import Person
from portal.kit.db import db
from portal.organisations.models import Membership, Organisation
from portal.organisations.service import standings
from portal.organisations.service.standings import OWNER


def find_locked(organisation_id: uuid.UUID) -> Organisation | None:
    """Return an organisation, locked until the unit ends; None once it is dissolved."""
    organisation = db.lock(Organisation, organisation_id)
    return None if organisation is None or organisation.dissolved_at is not None else organisation


def find_owned(organisation_id: uuid.UUID, *, person_id: uuid.UUID) -> Organisation | None:
    """Return an organisation of which somebody is an Owner who can act as one, as the database holds it now; else None.

    One that is dissolved is found until its people have been told.
    """
    theirs = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Organisation.id == organisation_id,
            Membership.organisation_id == organisation_id,
            Membership.person_id == person_id,
            Membership.role == OWNER,
            standings.is_acting(),
        )
    )
    return db.session.scalar(theirs.execution_options(populate_existing=True))
