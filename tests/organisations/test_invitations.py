"""Invitations: who is invited joins, by the invited address and nobody else's, once, within 72 hours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations.models import Invitation, Membership
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases


def invite(cast: Cast, team: Team, email: str, role: str = "member") -> Visitor:
    ada = cast.sign_in(cast.ada)
    ada.submit(f"{team.path}/invitations", email=email, role=role)
    return ada


@pytest.fixture
def link(cast: Cast, team: Team, outbox: Outbox) -> str:
    """The link by which Ben is invited."""
    invite(cast, team, cast.ben.email)
    return outbox.last(cast.ben.email).link("/invitation/")


def count(unit: Callable, model: type) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_whoever_is_invited_joins_and_both_sides_are_told(cast: Cast, team: Team, link: str, outbox: Outbox) -> None:
    ben = cast.sign_in(cast.ben)
    page = ben.get(link)
    assert "Join Looms" in page.text and "Ada Threadgold invited you" in page.text
    joined = ben.submit(link)
    assert joined.path == team.path
    assert "You joined Looms. Your role: Member." in outbox.last(cast.ben.email).text
    assert "Ben Selvedge accepted an invitation by Ada Threadgold" in outbox.last(cast.ada.email).text
    assert cast.sign_in(cast.ben).get(link).status == 410


def test_it_says_that_a_second_factor_is_asked_for(cast: Cast, team: Team, outbox: Outbox) -> None:
    said = "This organisation asks everyone for two-step verification."
    invite(cast, team, cast.ben.email)
    plain = outbox.last(cast.ben.email)
    assert said not in plain.text and said not in cast.sign_in(cast.ben).get(plain.link("/invitation/")).text
    cast.give_factor(cast.ada)
    cast.sign_in(cast.ada).submit(f"{team.path}/second-factor", asked="y")
    invite(cast, team, cast.ben.email)
    email = outbox.last(cast.ben.email)
    page = cast.sign_in(cast.ben).get(email.link("/invitation/"))
    assert all(f"{said} If it’s off for your account" in each for each in (email.text, page.text))
    cast.give_factor(cast.ben)
    assert f"{said} It’s on for your account." in cast.sign_in(cast.ben).get(email.link("/invitation/")).text


def test_opening_the_link_changes_nothing(cast: Cast, team: Team, link: str, client: Visitor, unit: Callable) -> None:
    for _each in range(2):
        assert client.get(link).status == 200
    assert (count(unit, Membership), count(unit, Invitation)) == (3, 1)


@pytest.mark.parametrize("way", ["", "/decline"])
def test_a_program_that_submits_the_form_changes_nothing(
    cast: Cast, team: Team, link: str, client: Visitor, unit: Callable, way: str
) -> None:
    token = client.get("/contact").fields()["csrf_token"]
    answer = client.post(link + way, csrf_token=token)
    assert answer.path == "/login"
    assert (count(unit, Membership), count(unit, Invitation)) == (3, 1)


def test_it_is_bound_to_its_address(cast: Cast, team: Team, link: str, unit: Callable) -> None:
    mallory = cast.sign_in(cast.make("Mallory Pin", "mallory@example.com", "mallory minds other people's business"))
    page = mallory.get(link)
    assert "You’re signed in with another email address" in page.text
    answer = mallory.post(link, csrf_token=mallory.get("/settings/profile").fields()["csrf_token"])
    assert answer.status == 422 and "another email address" in answer.text
    assert (count(unit, Membership), count(unit, Invitation)) == (3, 1)


def test_somebody_without_an_account_finds_it_after_signing_up(cast: Cast, team: Team, outbox: Outbox) -> None:
    invite(cast, team, "dora@example.com", role="owner")
    email = outbox.last("dora@example.com")
    assert "Role: Owner" in email.text
    dora = cast.sign_in(cast.make("Dora Hem", "dora@example.com", "dora hems in half the time"))
    page = dora.get("/organisation")
    assert "You’re invited to join Looms" in page.text
    assert dora.submit(email.link("/invitation/")).path == team.path


def test_it_ends_after_72_hours(cast: Cast, link: str, client: Visitor, clock: Clock) -> None:
    clock.forward(hours=71)
    assert client.get(link).status == 200
    clock.forward(hours=2)
    assert client.get(link).status == 410
    assert "invited" not in cast.sign_in(cast.ben).get("/organisation").text


def test_sending_it_again_kills_the_older_link(cast: Cast, team: Team, link: str, outbox: Outbox, clock: Clock) -> None:
    clock.forward(minutes=5)
    ada = cast.sign_in(cast.ada)
    ada.submit(f"{team.path}/invitations", action=_action(ada, team, "resend"))
    assert outbox.last(cast.ben.email).link("/invitation/") != link
    ben = cast.sign_in(cast.ben)
    assert ben.get(link).status == 410
    assert ben.get(outbox.last(cast.ben.email).link("/invitation/")).status == 200


def _action(ada: Visitor, team: Team, verb: str) -> str:
    forms = ada.get(f"{team.path}/invitations").soup.find_all("form")
    return next(form["action"] for form in forms if form["action"].endswith(verb))


def test_a_revoked_one_is_dead(cast: Cast, team: Team, link: str) -> None:
    ada = cast.sign_in(cast.ada)
    ada.submit(f"{team.path}/invitations", action=_action(ada, team, "revoke"))
    assert cast.sign_in(cast.ben).get(link).status == 410


def test_a_declined_one_is_dead_and_its_inviter_is_told(cast: Cast, team: Team, link: str, outbox: Outbox) -> None:
    ben = cast.sign_in(cast.ben)
    ben.submit(link, action=f"{link}/decline")
    assert ben.get(link).status == 410
    assert "An invitation was declined" in outbox.last(cast.ada.email).text


def test_one_invitation_in_two_tabs_makes_one_membership(cast: Cast, team: Team, link: str, unit: Callable) -> None:
    first, second = cast.sign_in(cast.ben), cast.sign_in(cast.ben)
    pages = [first.get(link), second.get(link)]
    answers = [first.send(pages[0]), second.send(pages[1])]
    assert [each.status for each in answers] == [200, 410]
    assert count(unit, Membership) == 4


def test_whoever_is_in_is_not_invited_again(cast: Cast, team: Team) -> None:
    ada = cast.sign_in(cast.ada)
    page = ada.submit(f"{team.path}/invitations", email="carl@example.com", role="member")
    assert page.status == 422 and "already in the organisation" in page.text


@pytest.mark.parametrize("defence", ["frozen", "closed", "demoted", "removed", "left"])
def test_what_somebody_offered_ends_with_their_right_to_offer_it(
    cast: Cast, team: Team, unit: Callable, outbox: Outbox, defence: str
) -> None:
    eve = cast.make("Eve Thief", "eve@example.com", "eve comes before the owner does")
    with unit():
        place = Membership(organisation_id=team.id, person_id=eve.account_id, role="owner")
        db.session.add(place)
        db.session.flush()
        path = f"{team.path}/members/{place.id}"
    thief = cast.sign_in(eve)
    thief.submit(f"{team.path}/invitations", email=cast.ben.email, role="owner")
    link = outbox.last(cast.ben.email).link("/invitation/")
    ada = cast.sign_in(cast.ada)
    if defence == "demoted":
        ada.submit(f"{path}/role", role="member")
    elif defence == "removed":
        ada.submit(f"{path}/remove")
    elif defence == "left":
        thief.submit(f"{team.path}/leave")
    else:
        with unit():
            if defence == "frozen":
                accounts.freeze(accounts.get_person(eve.account_id))
            else:
                accounts.deactivate(eve.account_id, by=None)
    assert cast.sign_in(cast.ben).get(link).status == 410
    assert count(unit, Invitation) == 0


def test_no_inbox_is_flooded(cast: Cast, team: Team) -> None:
    ada = cast.sign_in(cast.ada)
    for _each in range(5):
        ada.submit(f"{team.path}/invitations", email=cast.ben.email, role="member")
    page = ada.submit(f"{team.path}/invitations", email=cast.ben.email, role="member")
    assert page.status == 429
