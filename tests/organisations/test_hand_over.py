"""Ownership is handed over in two steps: offered, and accepted or declined; one outcome, and never without an Owner."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations.models import HandOver, Invitation, Membership
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    return cast.sign_in(cast.ada)


@pytest.fixture
def carl(cast: Cast, team: Team) -> Visitor:
    return cast.sign_in(team.member)


def offer(owner: Visitor, team: Team, *, email: str = "carl@example.com", leaves: bool = False) -> None:
    page = owner.submit(f"{team.path}/hand-over", email=email, **({"leaves": "y"} if leaves else {}))
    assert "Offer sent" in page.text


def link_of(visitor: Visitor) -> str:
    link = visitor.get("/organisation").soup.select_one("main a[href*='/hand-over/']")
    assert link
    return str(link["href"])


def answer(visitor: Visitor, verb: str) -> int:
    link = link_of(visitor)
    return visitor.submit(link, action=f"{link}/{verb}").status


def roles(unit: Callable) -> dict[uuid.UUID, str]:
    with unit(), across("the test looks at every row"):
        return {row.person_id: row.role.value for row in db.session.scalars(select(Membership))}


def offers(unit: Callable) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(HandOver)) or 0


@pytest.mark.parametrize("whose", ["member", "billing"])
def test_whoever_accepts_owns_it_and_the_other_is_a_member(
    team: Team, ada: Visitor, cast: Cast, outbox: Outbox, unit: Callable, whose: str
) -> None:
    person = getattr(team, whose)
    offer(ada, team, email=person.email)
    assert roles(unit)[team.owner.account_id] == "owner"
    other = cast.sign_in(person)
    assert "Ada Threadgold offers ownership to you" in other.get(team.path).text
    assert "You offer ownership to" in ada.get(team.path).text
    assert answer(other, "accept") == 200
    assert (roles(unit)[person.account_id], roles(unit)[team.owner.account_id]) == ("owner", "member")
    assert "You took over ownership of Looms from Ada Threadgold." in outbox.last(person.email).text
    assert "who is now a Member" in outbox.last(cast.ada.email).text
    assert ada.get(f"{team.path}/activity").status == 404


def test_whoever_chose_to_leaves_once_it_is_accepted(
    team: Team, ada: Visitor, carl: Visitor, outbox: Outbox, unit: Callable
) -> None:
    offer(ada, team, leaves=True)
    assert "Ada Threadgold leaves the organisation." in carl.get(link_of(carl)).text
    answer(carl, "accept")
    assert ada.get(team.path).status == 404
    assert team.owner.account_id not in roles(unit)
    assert "took over ownership from Ada Threadgold, who left" in outbox.last("ada@example.com").text


@pytest.mark.parametrize(("verb", "told"), [("decline", "declined to take over"), ("cancel", "cancelled the offer")])
def test_a_declined_or_cancelled_one_changes_nothing_and_both_sides_are_told(
    team: Team, ada: Visitor, carl: Visitor, outbox: Outbox, unit: Callable, verb: str, told: str
) -> None:
    before = roles(unit)
    offer(ada, team)
    for email in ("ada@example.com", "carl@example.com"):
        assert "hand over ownership" in outbox.last(email).text
    link = link_of(carl)
    if verb == "decline":
        answer(carl, "decline")
    else:
        ada.submit(f"{team.path}/hand-over", action=f"{link}/cancel")
    assert carl.get(link).status == 410
    assert roles(unit) == before
    for email in ("ada@example.com", "carl@example.com"):
        assert told in outbox.last(email).text
    assert told in ada.get(f"{team.path}/activity").text


def test_an_owner_has_one_offer_open(team: Team, ada: Visitor, unit: Callable) -> None:
    first, second = ada.get(f"{team.path}/hand-over"), ada.get(f"{team.path}/hand-over")
    ada.send(first, email="carl@example.com")
    page = ada.send(second, email="bea@example.com")
    assert page.status == 422 and "already offered it" in page.text
    assert offers(unit) == 1


@pytest.mark.parametrize(("email", "said"), [("ben@example.com", "Invite them first"), ("ada@example.com", "Owner already")])
def test_it_is_offered_to_somebody_inside_who_is_no_owner(team: Team, ada: Visitor, email: str, said: str) -> None:
    page = ada.submit(f"{team.path}/hand-over", email=email)
    assert page.status == 422 and said in page.text


def test_it_ends_after_72_hours_and_another_may_be_made(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, clock: Clock
) -> None:
    offer(ada, team)
    link = link_of(cast.sign_in(team.member))
    clock.forward(hours=71)
    assert cast.sign_in(team.member).get(link).status == 200
    clock.forward(hours=2)
    carl = cast.sign_in(team.member)
    assert carl.get(link).status == 410
    assert "ownership" not in carl.get("/organisation").text
    offer(cast.sign_in(cast.ada), team)
    assert offers(unit) == 1


@pytest.mark.parametrize("side", ["owner", "member"])
@pytest.mark.parametrize("cause", ["frozen", "closed", "role", "removed", "left"])
def test_it_ends_with_the_account_or_the_role_of_either_side(
    cast: Cast, team: Team, unit: Callable, outbox: Outbox, side: str, cause: str
) -> None:
    with unit():
        place = Membership(organisation_id=team.id, person_id=cast.ben.account_id, role="owner")
        db.session.add(place)
    ben, person = cast.sign_in(cast.ben), getattr(team, side)
    offer(cast.sign_in(cast.ada), team)
    link = link_of(cast.sign_in(team.member))
    if cause == "role":
        ben.submit(f"{team.place(side)}/role", role="billing")
    elif cause == "removed":
        ben.submit(f"{team.place(side)}/remove")
    elif cause == "left":
        cast.sign_in(person).submit(f"{team.path}/leave")
    else:
        with unit():
            if cause == "frozen":
                accounts.freeze(accounts.get_person(person.account_id))
            else:
                accounts.deactivate(person.account_id, by=None)
    assert offers(unit) == 0
    other = team.owner if side == "member" else team.member
    said = [email.text for email in outbox.to(other.email)]
    assert any("ended: an account or a role changed" in text for text in said)
    if side == "owner":
        assert cast.sign_in(team.member).get(link).status == 410


def test_accepting_and_cancelling_at_once_is_one_outcome(team: Team, ada: Visitor, carl: Visitor, unit: Callable) -> None:
    offer(ada, team)
    link = link_of(carl)
    cancelling, accepting = ada.get(f"{team.path}/hand-over"), carl.get(link)
    assert carl.send(accepting, action=f"{link}/accept").status == 200
    assert ada.send(cancelling, action=f"{link}/cancel").status == 404
    assert list(roles(unit).values()).count("owner") == 1


def test_one_answer_in_two_tabs_counts_once(team: Team, ada: Visitor, carl: Visitor, outbox: Outbox) -> None:
    offer(ada, team)
    link = link_of(carl)
    tabs = [carl.get(link), carl.get(link)]
    answers = [carl.send(tab, action=f"{link}/{verb}") for tab, verb in zip(tabs, ("decline", "accept"), strict=True)]
    assert [each.status for each in answers] == [200, 410]
    assert carl.get(f"{team.path}/activity").status == 404


def test_a_hand_over_during_a_dissolution_is_one_outcome(team: Team, ada: Visitor, carl: Visitor, unit: Callable) -> None:
    offer(ada, team)
    link = link_of(carl)
    page = carl.get(link)
    ada.submit(f"{team.path}/dissolve", sure="y")
    assert carl.send(page, action=f"{link}/accept").status == 200
    assert offers(unit) == 0
    # Who asked for it is no Owner any more: the new one decides.
    assert "is going to be dissolved" not in carl.get(team.path).text


def test_nobody_answers_for_another(cast: Cast, team: Team, ada: Visitor, carl: Visitor, unit: Callable) -> None:
    offer(ada, team)
    link, bea = link_of(carl), cast.sign_in(team.billing)
    assert bea.get(link).status == 410
    token = bea.get("/settings/profile").fields()["csrf_token"]
    for verb in ("accept", "decline"):
        assert bea.post(f"{link}/{verb}", csrf_token=token).status == 410
    assert offers(unit) == 1


def test_both_sides_need_a_fresh_proof(cast: Cast, team: Team, ada: Visitor, carl: Visitor, clock: Clock) -> None:
    offer(ada, team)
    link = link_of(carl)
    clock.forward(minutes=31)
    assert ada.get(f"{team.path}/hand-over").path == "/confirm-identity"
    assert carl.get(link).path == "/confirm-identity"


def test_what_the_earlier_owner_offered_ends_with_it(
    cast: Cast, team: Team, ada: Visitor, carl: Visitor, unit: Callable
) -> None:
    ada.submit(f"{team.path}/invitations", email=cast.ben.email, role="owner")
    offer(ada, team)
    answer(carl, "accept")
    with unit(), across("the test looks at every row"):
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_a_sole_owner_who_deletes_the_account_finds_the_way(team: Team, ada: Visitor, carl: Visitor) -> None:
    way = ada.get("/settings/privacy/delete").soup.find("a", string="Hand over Looms")
    assert way and way["href"] == f"{team.path}/hand-over"
    offer(ada, team)
    assert "only Owner of Looms" in ada.get("/settings/privacy/delete").text
    answer(carl, "accept")
    assert "only Owner" not in ada.get("/settings/privacy/delete").text
