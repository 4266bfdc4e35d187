"""Roles, removing, leaving, dissolving: one outcome each, told to both sides, and never an organisation without an Owner."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations.models import Invitation, Membership, Organisation, OrganisationEntry
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases
LAST_OWNER = "An organisation always has an Owner."


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    return cast.sign_in(cast.ada)


def roles(unit: Callable) -> dict[uuid.UUID, str]:
    with unit(), across("the test looks at every row"):
        return {row.person_id: row.role.value for row in db.session.scalars(select(Membership))}


def test_whoever_makes_an_organisation_owns_it(ada: Visitor, outbox: Outbox) -> None:
    page = ada.submit("/organisation/new", name="Ada & Daughters")
    assert "Ada & Daughters" in page.text and "Owner" in page.text
    assert "Ada & Daughters" in ada.get("/organisation").text
    assert "Ada Threadgold created the organisation." in outbox.last("ada@example.com").text


def test_a_person_alone_lives_as_before(cast: Cast) -> None:
    assert "You’re in no organisation" in cast.sign_in(cast.ben).get("/organisation").text


def test_a_role_changes_at_once_in_every_open_session(cast: Cast, team: Team, ada: Visitor, outbox: Outbox) -> None:
    carl = cast.sign_in(team.member)
    assert carl.get(f"{team.path}/activity").status == 404
    ada.submit(f"{team.place('member')}/role", role="owner")
    assert carl.get(f"{team.path}/activity").status == 200
    ada.submit(f"{team.place('member')}/role", role="billing")
    assert carl.get(f"{team.path}/members").status == 404
    assert "Your new role: Billing Administrator." in outbox.last(team.member.email).text
    assert "changed the role of Carl Warp" in outbox.last(cast.ada.email).text


def test_removal_ends_every_right_at_once(cast: Cast, team: Team, ada: Visitor, outbox: Outbox) -> None:
    carl = cast.sign_in(team.member)
    assert carl.get(team.path).status == 200
    ada.submit(f"{team.place('member')}/remove")
    assert [carl.get(path).status for path in (team.path, f"{team.path}/members")] == [404, 404]
    assert "Looms" not in carl.get("/organisation").text
    assert "removed you from Looms" in outbox.last(team.member.email).text


def test_somebody_removed_while_they_act_does_nothing(cast: Cast, team: Team, ada: Visitor, unit: Callable) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    carl = cast.sign_in(team.member)
    page = carl.get(f"{team.path}/invitations")
    ada.submit(f"{team.place('member')}/remove")
    assert carl.send(page, email="eve@example.com", role="owner").status == 404
    with unit(), across("the test looks at every row"):
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_the_last_owner_stays(cast: Cast, team: Team, ada: Visitor, unit: Callable) -> None:
    before = roles(unit)
    for path, fields in ((f"{team.path}/leave", {}), (f"{team.place('owner')}/role", {"role": "member"})):
        page = ada.submit(path, **fields)
        assert page.status == 422 and LAST_OWNER in page.text
    assert roles(unit) == before


def test_an_owner_whose_account_is_closed_is_none(cast: Cast, team: Team, ada: Visitor, unit: Callable) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    with unit():
        accounts.deactivate(team.member.account_id, by=None)
    assert LAST_OWNER in ada.submit(f"{team.path}/leave").text


def test_two_owners_who_remove_each_other_leave_one(cast: Cast, team: Team, ada: Visitor, unit: Callable) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    carl = cast.sign_in(team.member)
    pages = [(ada, ada.get(f"{team.place('member')}/remove")), (carl, carl.get(f"{team.place('owner')}/remove"))]
    answers = [who.send(page).status for who, page in pages]
    assert answers == [200, 404]
    assert list(roles(unit).values()).count("owner") == 1


def test_leaving_is_told_to_both_sides(cast: Cast, team: Team, outbox: Outbox) -> None:
    cast.sign_in(team.member).submit(f"{team.path}/leave")
    assert "You left Looms." in outbox.last(team.member.email).text
    assert "Carl Warp left." in outbox.last(cast.ada.email).text


def test_a_sole_owner_is_told_how_to_delete_the_account(cast: Cast, team: Team, ada: Visitor) -> None:
    page = ada.get("/settings/privacy/delete")
    assert "You’re the only Owner of Looms." in page.text
    ada.submit(f"{team.place('member')}/role", role="owner")
    assert "only Owner" not in ada.get("/settings/privacy/delete").text


def test_dissolving_ends_everything_and_tells_everybody(
    cast: Cast, team: Team, ada: Visitor, outbox: Outbox, through_the_wait: Callable[[], None], unit: Callable
) -> None:
    carl = cast.sign_in(team.member)
    ada.submit(f"{team.path}/invitations", email=cast.ben.email, role="member")
    link = outbox.last(cast.ben.email).link("/invitation/")
    assert ada.submit(f"{team.path}/dissolve").status == 422
    ada.submit(f"{team.path}/dissolve", sure="y")
    assert [who.get(team.path).status for who in (ada, carl)] == [200, 200]
    through_the_wait()
    ada, carl = cast.sign_in(cast.ada), cast.sign_in(team.member)
    assert [who.get(team.path).status for who in (ada, carl)] == [404, 404]
    assert cast.sign_in(cast.ben).get(link).status == 410
    for person in (team.owner, team.billing, team.member):
        assert "Looms was dissolved" in outbox.last(person.email).subject
    with unit(), across("the test looks at every row"):
        for model in (Organisation, Membership, Invitation, OrganisationEntry):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_the_log_says_who_did_what(cast: Cast, team: Team, ada: Visitor) -> None:
    ada.submit(f"{team.path}/name", name="=Looms")
    ada.submit(f"{team.place('member')}/role", role="billing")
    page = ada.get(f"{team.path}/activity")
    assert "Ada Threadgold changed the role of Carl Warp. New role: Billing Administrator." in page.text
    file = ada.client.get(f"{team.path}/activity.csv", base_url="http://localhost")
    assert file.mimetype == "text/csv"
    assert len(file.text.splitlines()) == 3
    assert "changed the organisation’s name" in file.text


def test_an_owner_sees_who_has_two_steps_and_a_member_does_not(cast: Cast, team: Team, ada: Visitor) -> None:
    assert "Two-step verification" in ada.get(team.place("billing")).soup.main.text
    assert "Two-step verification" not in cast.sign_in(team.member).get(team.place("billing")).soup.main.text
