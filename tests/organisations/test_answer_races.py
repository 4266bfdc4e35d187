"""Answers at the same moment: an offer of ownership or a request to join has one answer, whoever else gives one."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.kit import clock
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service
from portal.organisations.models import HandOver, JoinRequest, Membership
from tests.accounts.test_races import at_once
from tests.organisations.conftest import Team
from tests.people import Cast

__all__ = ["at_once"]

pytestmark = pytest.mark.both_databases
OWNER, MEMBER = OrganisationRole.OWNER, OrganisationRole.MEMBER


@pytest.fixture
def roles(team: Team, unit: Callable) -> Callable[[], dict[uuid.UUID, OrganisationRole]]:
    """Tell who is in the organisation, and as what."""

    def look() -> dict[uuid.UUID, OrganisationRole]:
        with unit(), across("the test looks at every row"):
            return dict(db.session.execute(select(Membership.person_id, Membership.role)).all())

    return look


@pytest.fixture
def ada(cast: Cast) -> Actor:
    return cast.actor_in(cast.sign_in(cast.ada))


@pytest.fixture
def carl(cast: Cast, team: Team) -> Actor:
    return cast.actor_in(cast.sign_in(team.member))


@pytest.fixture
def offer(team: Team, unit: Callable) -> uuid.UUID:
    """Ada has offered ownership to Carl, and would leave."""
    with unit():
        row = HandOver(id=uuid.uuid4(), organisation_id=team.id, offered_by=team.owner.account_id,
                       offered_to=team.member.account_id, leaves=True, offered_at=clock.now())  # fmt: skip
        db.session.add(row)
        return row.id


def test_it_is_cancelled_while_it_is_accepted(
    team: Team, ada: Actor, carl: Actor, offer: uuid.UUID, roles: Callable, at_once: Callable
) -> None:
    outcomes = at_once(
        lambda: service.accept_hand_over(team.id, by=carl, hand_over_id=offer),
        lambda: service.cancel_hand_over(team.id, by=ada, hand_over_id=offer),
    )
    assert outcomes in (["NotFound", "done"], ["LinkDead", "done"])
    owners = [person for person, role in roles().items() if role is OWNER]
    assert owners == [team.member.account_id if outcomes[0] == "NotFound" else team.owner.account_id]


def test_it_is_accepted_in_two_tabs(team: Team, carl: Actor, offer: uuid.UUID, roles: Callable, at_once: Callable) -> None:
    outcomes = at_once(*[lambda: service.accept_hand_over(team.id, by=carl, hand_over_id=offer)] * 3)
    assert outcomes == ["LinkDead", "LinkDead", "done"]
    assert roles() == {team.member.account_id: OWNER, team.billing.account_id: OrganisationRole.BILLING}


def test_whoever_is_to_take_over_is_removed_while_they_accept(
    team: Team, ada: Actor, carl: Actor, offer: uuid.UUID, roles: Callable, at_once: Callable
) -> None:
    outcomes = at_once(
        lambda: service.accept_hand_over(team.id, by=carl, hand_over_id=offer),
        lambda: service.remove(team.id, by=ada, membership_id=team.places["member"]),
    )
    assert outcomes == ["NotFound", "done"]
    assert list(roles().values()).count(OWNER) == 1


@pytest.fixture
def request_id(cast: Cast, team: Team, unit: Callable) -> uuid.UUID:
    """Ben has asked to join."""
    with unit():
        row = JoinRequest(id=uuid.uuid4(), organisation_id=team.id, person_id=cast.ben.account_id, requested_at=clock.now())
        db.session.add(row)
        return row.id


def test_one_owner_lets_in_whom_another_turns_down(
    cast: Cast,
    team: Team,
    ada: Actor,
    carl: Actor,
    request_id: uuid.UUID,
    roles: Callable,
    unit: Callable,
    at_once: Callable,
) -> None:
    with unit(), across("the test changes a role"):
        db.session.get_one(Membership, team.places["member"]).role = OWNER
    outcomes = at_once(
        lambda: service.let_in(team.id, by=ada, request_id=request_id, role=MEMBER),
        lambda: service.turn_down(team.id, by=carl, request_id=request_id),
    )
    assert outcomes == ["LinkDead", "done"]
    with unit(), across("the test looks at every row"):
        assert db.session.scalars(select(JoinRequest.id)).all() == []


def test_two_tabs_let_the_same_person_in(
    cast: Cast, team: Team, ada: Actor, request_id: uuid.UUID, roles: Callable, at_once: Callable
) -> None:
    outcomes = at_once(
        lambda: service.let_in(team.id, by=ada, request_id=request_id, role=MEMBER),
        lambda: service.let_in(team.id, by=ada, request_id=request_id, role=OWNER),
    )
    assert outcomes == ["LinkDead", "done"]
    assert cast.ben.account_id in roles()


def test_the_owner_is_removed_while_letting_somebody_in(
    cast: Cast,
    team: Team,
    ada: Actor,
    carl: Actor,
    request_id: uuid.UUID,
    roles: Callable,
    unit: Callable,
    at_once: Callable,
) -> None:
    with unit(), across("the test changes a role"):
        db.session.get_one(Membership, team.places["member"]).role = OWNER
    outcomes = at_once(
        lambda: service.let_in(team.id, by=ada, request_id=request_id, role=MEMBER),
        lambda: service.remove(team.id, by=carl, membership_id=team.places["owner"]),
    )
    assert outcomes in (["NotFound", "done"], ["done", "done"])
    assert list(roles().values()).count(OWNER) == 1
    assert (cast.ben.account_id in roles()) == (outcomes == ["done", "done"])
