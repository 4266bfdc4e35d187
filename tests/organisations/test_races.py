"""At the same moment: one outcome each, and never an organisation without an Owner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from portal.kit.actor import OrganisationRole
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service
from portal.organisations.models import Invitation, Membership
from portal.organisations.service import dissolutions, standings
from tests.accounts.test_races import at_once
from tests.conftest import Outbox
from tests.organisations.conftest import Team
from tests.people import Cast

__all__ = ["at_once"]

pytestmark = pytest.mark.both_databases
OWNER, MEMBER = OrganisationRole.OWNER, OrganisationRole.MEMBER


@pytest.fixture
def owners(team: Team, unit: Callable) -> Team:
    """The organisation with two Owners: Carl is one too."""
    with unit():
        carl = Membership.person_id == team.member.account_id
        db.session.execute(update(Membership).where(Membership.organisation_id == team.id, carl).values(role=OWNER))
    return team


def count(unit: Callable, *where: object) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(Membership).where(*where)) or 0


def test_two_owners_remove_each_other(cast: Cast, owners: Team, unit: Callable, at_once: Callable) -> None:
    ada, carl = (cast.actor_in(cast.sign_in(each)) for each in (owners.owner, owners.member))
    outcomes = at_once(
        lambda: service.remove(owners.id, by=ada, membership_id=owners.places["member"]),
        lambda: service.remove(owners.id, by=carl, membership_id=owners.places["owner"]),
    )
    assert outcomes == ["NotFound", "done"]
    assert count(unit, Membership.role == OWNER) == 1


def test_two_owners_leave_at_once(cast: Cast, owners: Team, unit: Callable, at_once: Callable) -> None:
    ada, carl = (cast.actor_in(cast.sign_in(each)) for each in (owners.owner, owners.member))
    outcomes = at_once(lambda: service.leave(owners.id, by=ada), lambda: service.leave(owners.id, by=carl))
    assert outcomes == ["LastOwner", "done"]
    assert count(unit, Membership.role == OWNER) == 1


def test_one_steps_down_while_the_other_leaves(cast: Cast, owners: Team, unit: Callable, at_once: Callable) -> None:
    ada, carl = (cast.actor_in(cast.sign_in(each)) for each in (owners.owner, owners.member))
    outcomes = at_once(
        lambda: service.change_role(owners.id, by=ada, membership_id=owners.places["owner"], role=MEMBER),
        lambda: service.leave(owners.id, by=carl),
    )
    assert outcomes == ["LastOwner", "done"]
    assert count(unit, Membership.role == OWNER) == 1


def test_one_invitation_is_accepted_twice(cast: Cast, team: Team, outbox: Outbox, unit: Callable, at_once: Callable) -> None:
    cast.sign_in(cast.ada).submit(f"{team.path}/invitations", email=cast.ben.email, role="member")
    token = outbox.last(cast.ben.email).link("/invitation/").rpartition("/")[2]
    ben = cast.actor_in(cast.sign_in(cast.ben))
    outcomes = at_once(*[lambda: service.accept(token, by=ben)] * 3)
    assert outcomes == ["LinkDead", "LinkDead", "done"]
    assert count(unit, Membership.person_id == cast.ben.account_id) == 1


def test_it_is_revoked_while_it_is_accepted(
    cast: Cast, team: Team, outbox: Outbox, unit: Callable, at_once: Callable
) -> None:
    cast.sign_in(cast.ada).submit(f"{team.path}/invitations", email=cast.ben.email, role="member")
    token = outbox.last(cast.ben.email).link("/invitation/").rpartition("/")[2]
    with unit(), across("the test looks at every row"):
        invitation_id = db.session.scalars(select(Invitation.id)).one()
    ada, ben = (cast.actor_in(cast.sign_in(each)) for each in (cast.ada, cast.ben))
    outcomes = at_once(
        lambda: service.accept(token, by=ben), lambda: service.revoke(team.id, by=ada, invitation_id=invitation_id)
    )
    assert outcomes in (["LinkDead", "done"], ["NotFound", "done"])
    is_in = count(unit, Membership.person_id == cast.ben.account_id)
    assert is_in == (outcomes == ["NotFound", "done"])


def test_it_is_dissolved_while_somebody_joins(
    cast: Cast, team: Team, outbox: Outbox, unit: Callable, run_jobs: Callable[[], int], at_once: Callable
) -> None:
    cast.sign_in(cast.ada).submit(f"{team.path}/invitations", email=cast.ben.email, role="owner")
    token = outbox.last(cast.ben.email).link("/invitation/").rpartition("/")[2]
    ben = cast.actor_in(cast.sign_in(cast.ben))
    at_once(lambda: service.accept(token, by=ben), lambda: dissolutions.dissolve(standings.lock(team.id), by=cast.ada.id))
    run_jobs()
    assert count(unit) == 0
