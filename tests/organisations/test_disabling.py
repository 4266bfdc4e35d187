"""An Owner disables an account in the organisation: at once no right there, told why, and lifted by an Owner (P38, P41)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.accounts.models import Person, SignInSession
from portal.jobs import worker
from portal.kit.actor import OrganisationRole
from portal.kit.clock import now
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service
from portal.organisations.models import HandOver, Invitation, Membership
from portal.privacy import service as privacy
from portal.products.models import ProductCall
from standins.product import Product
from tests.accounts.test_races import at_once
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

__all__ = ["at_once"]

pytestmark = pytest.mark.both_databases
OWNER = OrganisationRole.OWNER
WHY = "Their laptop was stolen on Friday."


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    return cast.sign_in(cast.ada)


@pytest.fixture
def owners(team: Team, unit: Callable) -> Team:
    """The organisation with two Owners: Carl is one too."""
    with unit():
        carl = Membership.person_id == team.member.account_id
        db.session.execute(update(Membership).where(Membership.organisation_id == team.id, carl).values(role=OWNER))
    return team


def disable(owner: Visitor, team: Team, role: str = "member") -> None:
    assert owner.submit(f"{team.place(role)}/disable", reason=WHY).status == 200


def test_every_right_there_ends_at_once_in_every_open_session_and_comes_back(cast: Cast, team: Team, ada: Visitor) -> None:
    carl, other = cast.sign_in(team.member), cast.sign_in(team.member)
    disable(ada, team)
    for session in (carl, other):
        assert [session.get(path).status for path in (team.path, f"{team.path}/members", f"{team.path}/tickets")] == [
            404
        ] * 3
    assert "Looms" not in carl.get("/home").soup.main.text
    ada.submit(f"{team.place('member')}/enable")
    assert carl.get(f"{team.path}/members").status == 200
    assert carl.get("/organisation").soup.find(class_="warning") is None


def test_they_read_who_did_it_when_why_and_whom_to_ask(cast: Cast, team: Team, ada: Visitor, outbox: Outbox) -> None:
    disable(ada, team, "billing")
    bea = cast.sign_in(team.billing)
    said = bea.get("/organisation").soup.find(class_="warning").get_text(" ", strip=True)
    assert "Your account is disabled in Looms" in said and "Disabled by Ada Threadgold" in said
    assert WHY in said and "any Owner can undo it" in said
    email = outbox.last(team.billing.email).text
    assert "Ada Threadgold disabled your account in Looms." in email and WHY in email


def test_owners_read_it_in_an_email_on_the_members_page_and_in_the_log(
    cast: Cast, owners: Team, ada: Visitor, outbox: Outbox
) -> None:
    disable(ada, owners, "billing")
    for owner in (owners.owner, owners.member):
        email = outbox.last(owner.email).text
        assert "Ada Threadgold disabled the account of Bea Ledger" in email and WHY in email
    carl = cast.sign_in(owners.member)
    assert WHY in carl.get(owners.place("billing")).text and "Disabled" in carl.get(f"{owners.path}/members").soup.main.text
    assert "disabled the account of Bea Ledger" in carl.get(f"{owners.path}/activity").text


def test_a_member_reads_of_nobody_that_they_are_disabled(cast: Cast, team: Team, ada: Visitor) -> None:
    disable(ada, team, "billing")
    carl = cast.sign_in(team.member)
    for path in (f"{team.path}/members", team.place("billing")):
        assert WHY not in carl.get(path).text and "Disabled" not in carl.get(path).soup.main.text


def test_a_reason_is_asked_for_and_nobody_disables_themselves(team: Team, ada: Visitor) -> None:
    page = ada.submit(f"{team.place('member')}/disable", reason=" ")
    assert page.status == 422
    assert ada.submit(f"{team.place('member')}/disable", reason="x" * 501).status == 422
    assert ada.submit(f"{team.place('owner')}/disable", reason=WHY).status == 404


def test_what_they_offered_ends(cast: Cast, owners: Team, ada: Visitor, unit: Callable) -> None:
    carl = cast.sign_in(owners.member)
    carl.submit(f"{owners.path}/invitations", email="dora@example.com", role="member")
    carl.submit(f"{owners.path}/hand-over", email=owners.billing.email)
    disable(ada, owners)
    with unit(), across("the test looks at every row"):
        assert [db.session.scalar(select(func.count()).select_from(each)) for each in (Invitation, HandOver)] == [0, 0]
    page = ada.submit(f"{owners.path}/hand-over", email=owners.member.email)
    assert "Nobody in the organisation has this email address" in page.text


def test_a_disabled_owner_counts_as_none(cast: Cast, owners: Team, ada: Visitor, unit: Callable) -> None:
    disable(ada, owners)
    assert "An organisation always has an Owner" in ada.submit(f"{owners.path}/leave").text
    assert "You’re the only Owner of Looms." in ada.get("/settings/privacy/delete").text
    assert "only Owner" not in cast.sign_in(owners.member).get("/settings/privacy/delete").text


def test_two_owners_disable_each_other_at_once(
    cast: Cast, owners: Team, ada: Visitor, unit: Callable, at_once: Callable
) -> None:
    one, two = cast.actor_in(ada), cast.actor_in(cast.sign_in(owners.member))
    outcomes = at_once(
        lambda: service.disable(owners.id, by=one, membership_id=owners.places["member"], reason=WHY),
        lambda: service.disable(owners.id, by=two, membership_id=owners.places["owner"], reason=WHY),
    )
    assert outcomes == ["NotFound", "done"]
    with unit(), across("the test looks at every row"):
        acting = select(func.count()).select_from(Membership).where(Membership.role == OWNER)
        assert db.session.scalar(acting.where(Membership.disabled_at.is_(None))) == 1


def test_products_are_told_and_the_last_word_holds(
    team: Team, ada: Visitor, product: Product, unit: Callable, run_jobs: Callable[[], int]
) -> None:
    where = (str(team.member.account_id), str(team.id))
    disable(ada, team)
    run_jobs()
    assert product.disabled == {where} and product.deleted == []
    with unit():
        assert db.session.execute(select(ProductCall.subject_id, ProductCall.organisation_id)).all() == [(None, None)]
    ada.submit(f"{team.place('member')}/enable")
    disable(ada, team)
    ada.submit(f"{team.place('member')}/enable")
    assert run_jobs() and product.disabled == set()
    assert len(set(product.seen)) == 2


def test_whoever_leaves_the_organisation_is_disabled_nowhere(
    team: Team, ada: Visitor, product: Product, run_jobs: Callable[[], int]
) -> None:
    disable(ada, team)
    run_jobs()
    ada.submit(f"{team.place('member')}/remove")
    run_jobs()
    assert product.disabled == set()


def test_they_may_leave_and_nothing_else(
    cast: Cast, team: Team, ada: Visitor, outbox: Outbox, product: Product, run_jobs: Callable[[], int], unit: Callable
) -> None:
    carl, leave = cast.sign_in(team.member), f"/organisation/leave/{team.places['member']}"
    assert carl.get(leave).status == 404, "whose account isn't disabled leaves on the organisation's own page"
    disable(ada, team)
    run_jobs()
    assert carl.get("/organisation").soup.find("a", href=leave).get_text() == "Leave Looms"
    assert carl.get(f"{team.path}/leave").status == 404
    assert [cast.sign_in(each).get(leave).status for each in (cast.ada, team.billing)] == [404, 404]
    page, second = carl.get(leave), carl.get(leave)
    assert "You’ve left the organisation." in carl.send(page).text
    run_jobs()
    assert product.disabled == set()
    assert "Carl Warp left" in outbox.last(cast.ada.email).text
    assert "You left" in outbox.last(team.member.email).text
    assert "Carl Warp left" in ada.get(f"{team.path}/activity").text
    assert carl.send(second).status == 404 and "You’re in no organisation" in carl.get("/organisation").text


def test_leaving_while_disabled_takes_a_fresh_proof(cast: Cast, team: Team, ada: Visitor, unit: Callable) -> None:
    carl = cast.sign_in(team.member)
    disable(ada, team)
    with unit():
        db.session.execute(update(SignInSession).values(fresh_until=now()))
    assert carl.get(f"/organisation/leave/{team.places['member']}").path == "/confirm-identity"


def test_a_disabled_owner_stays_while_nobody_else_acts(cast: Cast, owners: Team, ada: Visitor, unit: Callable) -> None:
    carl = cast.sign_in(owners.member)
    disable(ada, owners)
    with unit():
        db.session.execute(update(Person).where(Person.id == cast.ada.account_id).values(disabled_at=now()))
    assert carl.submit(f"/organisation/leave/{owners.places['member']}").status == 422


def test_what_they_made_stays_with_the_organisation_when_their_account_goes(cast: Cast, team: Team, ada: Visitor) -> None:
    disable(ada, team)
    carl = cast.actor_in(cast.sign_in(team.member))
    assert carl.organisations == () and len(carl.places) == 1


def test_an_owner_who_goes_is_forgotten_and_the_reason_stays(
    app: Flask, cast: Cast, owners: Team, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    carl = cast.sign_in(owners.member)
    disable(carl, owners, "billing")
    carl.submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        privacy.begin_due()
    run_jobs()
    said = cast.sign_in(owners.billing).get("/organisation").soup.find(class_="warning").get_text(" ", strip=True)
    assert "Disabled by Someone who has no account any more" in said and WHY in said


def test_a_disabled_member_takes_back_a_ticket_that_they_shared(cast: Cast, team: Team, ada: Visitor) -> None:
    carl = cast.sign_in(team.member)
    ticket = carl.submit("/contact", subject="Needles", message="They break.").path
    carl.submit(ticket, action=f"{ticket}/share/{team.id}")
    disable(ada, team)
    assert "Needles" in ada.get(f"{team.path}/tickets").text
    assert carl.submit(ticket, action=f"{ticket}/stop-sharing").status == 200
    assert "Needles" not in ada.get(f"{team.path}/tickets").text
