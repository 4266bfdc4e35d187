"""An organisation of Ada's, with somebody in each role."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.jobs import worker
from portal.kit.actor import OrganisationRole
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service as organisations
from portal.organisations.models import Membership, Organisation
from tests.clock import Clock
from tests.people import Cast, Somebody


@dataclass(frozen=True)
class Team:
    """An organisation with an Owner, a Billing Administrator and a Member."""

    id: uuid.UUID
    owner: Somebody
    billing: Somebody
    member: Somebody
    places: dict[str, uuid.UUID]
    """Role -> the id of whose membership it is."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/organisation/{self.id}"

    def place(self, role: str) -> str:
        """Where the page of its person in a role is."""
        return f"{self.path}/members/{self.places[role]}"


@pytest.fixture
def look(app: Flask, run_jobs: Callable[[], int]) -> Callable[[], None]:
    """Let the schedule look for what is due in organisations, and for products that are late."""

    def act() -> None:
        with app.app_context(), worker.unit_of_work():
            organisations.enqueue_due()
            organisations.name_late_products()
        run_jobs()

    return act


@pytest.fixture
def through_the_wait(clock: Clock, look: Callable[[], None]) -> Callable[[], None]:
    """Let the 14 days go by in which an Owner could still keep an organisation, with both reminders."""

    def act() -> None:
        for days in (7, 6, 1):
            clock.forward(days=days, minutes=5)
            look()

    return act


@pytest.fixture
def found(unit: Callable) -> Callable[..., uuid.UUID]:
    """Make an organisation with these people, by role; return its id."""

    def make(name: str, **people: Somebody) -> uuid.UUID:
        with unit():
            organisation = Organisation(id=uuid.uuid4(), name=name)
            db.session.add(organisation)
            db.session.flush()
            db.session.add_all(
                Membership(organisation_id=organisation.id, person_id=person.account_id, role=OrganisationRole(role))
                for role, person in people.items()
            )
            return organisation.id

    return make


@pytest.fixture
def team(cast: Cast, found: Callable[..., uuid.UUID], unit: Callable) -> Team:
    """Looms: Ada owns it, Bea keeps its books, Carl works in it."""
    people = {
        "owner": cast.ada,
        "billing": cast.make("Bea Ledger", "bea@example.com", "bea adds every column twice"),
        "member": cast.make("Carl Warp", "carl@example.com", "carl winds the warp by noon"),
    }
    organisation_id = found("Looms", **people)
    with unit(), across("the test looks at every row"):
        rows = db.session.execute(select(Membership.role, Membership.id)).all()
    return Team(organisation_id, **people, places={role.value: id_ for role, id_ in rows})
