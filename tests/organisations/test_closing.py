"""An account that closes: an organisation keeps an Owner, and products keep what was made for it (P41)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.jobs import worker
from portal.kit.actor import Actor, OrganisationRole
from portal.kit.clock import now
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service as organisations
from portal.organisations.models import Membership
from portal.privacy import service as privacy
from portal.privacy.models import Deletion, DeletionState, OrderKind, StandingOrder
from portal.privacy.service import idle_accounts
from portal.products.models import ProductCall, Told
from standins.product import Product
from tests.accounts.test_races import at_once
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast, Somebody

pytestmark = pytest.mark.both_databases
__all__ = ["at_once"]
BLOCKED = "You’re the only Owner of Looms."
DELETE = "/settings/privacy/delete"


@pytest.fixture
def carry_out(app: Flask, clock: Clock, run_jobs: Callable[[], int]) -> Callable[[], None]:
    """Let the time to cancel go by, and carry out what is due."""

    def act() -> None:
        clock.forward(days=14, minutes=1)
        with app.app_context(), worker.unit_of_work():
            privacy.begin_due()
        run_jobs()

    return act


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    return cast.sign_in(cast.ada)


def close(cast: Cast, person: Somebody) -> Visitor:
    browser = cast.sign_in(person)
    browser.submit(DELETE, confirm="y")
    return browser


def is_closed(unit: Callable, person: Somebody) -> bool:
    with unit():
        return db.session.get_one(Person, person.account_id).deactivated_at is not None


def owners(unit: Callable) -> list[uuid.UUID]:
    with unit(), across("all of a test's organisations"):
        query = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
        return list(db.session.scalars(query.where(Membership.role == "owner", Person.deactivated_at.is_(None))))


def test_a_member_who_goes_is_erased_as_a_person_and_what_they_made_stays(
    cast: Cast, team: Team, outbox: Outbox, carry_out: Callable, product: Product
) -> None:
    carl = str(team.member.account_id)
    product.people, product.holds = {carl}, {str(team.id), carl}
    page = cast.sign_in(team.member).get(DELETE)
    assert "You in 3 Clicks Production" in page.text and "stays with your organisation" in page.text
    close(cast, team.member)
    carry_out()
    assert (product.people, product.erased, product.deleted) == (set(), [carl], [])
    assert product.holds == {str(team.id), carl}
    receipt = outbox.last(team.member.email).text
    assert "You in 3 Clicks Production: It confirmed straight away. What you made there stays with your organisation." in (
        " ".join(receipt.split())
    )


def test_whoever_is_in_no_organisation_goes_with_everything_they_made(
    cast: Cast, team: Team, carry_out: Callable, product: Product
) -> None:
    product.people = product.holds = {str(cast.ben.id)}
    close(cast, cast.ben)
    carry_out()
    assert (product.erased, product.deleted, product.holds) == ([], [str(cast.ben.id)], set())


def test_whoever_is_taken_out_after_closing_still_leaves_what_they_made(
    cast: Cast, team: Team, ada: Visitor, carry_out: Callable, product: Product
) -> None:
    close(cast, team.member)
    ada.submit(f"{team.place('member')}/remove")
    carry_out()
    assert (product.erased, product.deleted) == ([str(team.member.account_id)], [])


def test_a_sole_owner_is_refused_and_told_how(cast: Cast, team: Team, ada: Visitor, unit: Callable) -> None:
    page = ada.get(DELETE)
    assert BLOCKED in page.text and not page.soup.find(id="confirm-panel")
    assert ada.post(DELETE, confirm="y", csrf_token=ada.get("/settings/profile").fields()["csrf_token"]).status == 422
    assert not is_closed(unit, cast.ada)


@pytest.mark.parametrize("other", ["leaves", "closes", "is demoted"])
def test_the_other_owner_went_between_the_page_and_the_click(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, other: str
) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    carl = cast.sign_in(team.member)
    page = ada.get(DELETE)
    assert BLOCKED not in page.text
    if other == "leaves":
        carl.submit(f"{team.path}/leave")
    elif other == "closes":
        carl.submit(DELETE, confirm="y")
    else:
        ada.submit(f"{team.place('member')}/role", role="member")
    answer = ada.send(page, confirm="y")
    assert answer.status == 422 and BLOCKED in answer.text
    assert not is_closed(unit, cast.ada)
    assert owners(unit) == [cast.ada.id]


def test_a_sole_owner_who_dissolves_it_is_told_the_day_and_the_account_closes_after_it(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, through_the_wait: Callable[[], None]
) -> None:
    ada.submit(f"{team.path}/dissolve", sure="y")
    page = ada.get(DELETE)
    assert f"You’re the only Owner of Looms until it’s dissolved on {now() + timedelta(days=14):%-d %b %Y}" in page.text
    assert not page.soup.find(id="confirm-panel")
    with unit(), pytest.raises(accounts.ClosingRefused):
        accounts.deactivate(cast.ada.id, by=cast.ada.id)
    through_the_wait()
    close(cast, cast.ada)
    assert is_closed(unit, cast.ada)


def test_two_owners_who_close_at_once_leave_one(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, at_once: Callable
) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    answers = at_once(
        *(lambda each=each: accounts.deactivate(each, by=each) for each in (cast.ada.id, team.member.account_id))
    )
    assert len(owners(unit)) == 1, answers


@pytest.mark.parametrize("verb", ["leaves", "is removed by themselves", "is demoted"])
def test_an_owner_who_goes_while_the_other_closes_leaves_one(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, at_once: Callable, verb: str
) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    by, place = Actor(person_id=cast.ada.id), team.places["owner"]

    def go() -> None:
        if verb == "leaves":
            organisations.leave(team.id, by=by)
        elif verb == "is demoted":
            organisations.change_role(team.id, by=by, membership_id=place, role=OrganisationRole.MEMBER)
        else:
            organisations.remove(team.id, by=by, membership_id=place)

    carl = team.member.account_id
    outcomes = at_once(go, lambda: accounts.deactivate(carl, by=carl))
    assert len(owners(unit)) == 1 and "done" in outcomes and set(outcomes) <= {"done", "LastOwner", "ClosingRefused"}


def test_whoever_has_closed_their_account_changes_nothing_by_a_page_that_was_open(
    app: Flask, cast: Cast, team: Team, ada: Visitor, unit: Callable
) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    carl = cast.sign_in(team.member)
    page = carl.get(f"{team.place('owner')}/remove")
    close(cast, team.member)
    assert carl.send(page).path == "/login"
    assert cast.ada.id in owners(unit)


def test_an_idle_account_of_a_sole_owner_stays_open(cast: Cast, team: Team, unit: Callable) -> None:
    def go() -> None:
        with unit():
            order = StandingOrder(person_id=cast.ada.id, kind=OrderKind.ACCOUNT, days=365, starts_at=now(), here_at=now())
            idle_accounts._close(order, accounts.get_person(cast.ada.id))

    go()
    assert not is_closed(unit, cast.ada)
    with unit(), across("all of a test's organisations"):
        db.session.execute(update(Membership).values(role="owner"))
    go()
    assert is_closed(unit, cast.ada)


def test_at_its_execution_a_deletion_waits_that_would_leave_nobody(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, carry_out: Callable, product: Product
) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    close(cast, team.member)
    with unit():
        # What no verb does.
        db.session.execute(update(Membership).where(Membership.person_id == cast.ada.id).values(role="member"))
    carry_out()
    with unit():
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.WAITING]
    assert product.seen == []


def test_dissolving_has_products_delete_what_is_the_organisations(
    team: Team, ada: Visitor, unit: Callable, run_jobs: Callable, through_the_wait: Callable, product: Product
) -> None:
    product.people, product.holds = {str(team.owner.account_id)}, {str(team.id)}
    assert "Our products delete everything" in ada.get(f"{team.path}/dissolve").text
    assert product.seen == []
    ada.submit(f"{team.path}/dissolve", sure="y")
    run_jobs()
    assert product.seen == []
    through_the_wait()
    assert (product.deleted, product.holds, product.people) == ([str(team.id)], set(), {str(team.owner.account_id)})
    with unit():
        call = db.session.scalars(select(ProductCall)).one()
        assert (call.tells, call.subject_id, call.organisation_id) == (Told.ORGANISATION_DELETED, None, None)
