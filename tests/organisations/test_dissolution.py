"""Dissolving waits: everybody is told, any Owner keeps it, and a thief with an Owner's session destroys nothing (P41)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.accounts import service as accounts
from portal.jobs import worker
from portal.kit.clock import now
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service
from portal.organisations.models import Dissolution, Membership, Organisation
from portal.organisations.service import dissolutions, standings
from standins.product import Product
from tests.accounts.test_races import at_once
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases
__all__ = ["at_once"]
GOES, STAYS, GONE = "Looms is going to be dissolved", "Looms stays", "Looms was dissolved"
KEEP = "/organisation/keep/"


@pytest.fixture
def ada(cast: Cast, team: Team, run_jobs: Callable[[], int]) -> Visitor:
    """Ada, who has just asked that Looms be dissolved."""
    ada = cast.sign_in(cast.ada)
    assert "Everyone in the organisation is told" in ada.submit(f"{team.path}/dissolve", sure="y").text
    run_jobs()
    return ada


@pytest.fixture
def owners(cast: Cast, team: Team, unit: Callable) -> Team:
    """The same with two Owners: Carl is one too. To be asked for before Ada acts."""
    with unit():
        carl = Membership.person_id == team.member.account_id
        db.session.execute(update(Membership).where(Membership.organisation_id == team.id, carl).values(role="owner"))
    return team


def subjects(outbox: Outbox, email: str) -> list[str]:
    return [each.subject for each in outbox.to(email)]


def waiting(unit: Callable) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(Dissolution)) or 0


def is_there(unit: Callable, team: Team) -> bool:
    with unit():
        found = db.session.get(Organisation, team.id)
        return found is not None and found.dissolved_at is None


def test_everybody_is_told_the_day_and_sees_it_and_owners_can_keep_it(
    cast: Cast, team: Team, ada: Visitor, outbox: Outbox
) -> None:
    day = f"{now() + timedelta(days=14):%-d %b %Y}"
    for person in (team.owner, team.billing, team.member):
        email = outbox.last(person.email)
        assert (email.subject, day in email.text) == (GOES, True)
        assert (KEEP in email.text) is (person is team.owner)
        page = cast.sign_in(person).get(team.path)
        assert f"This organisation is going to be dissolved on {day}" in page.text
        assert ("Only an Owner can keep it" in page.text) is (person is not team.owner)
        assert bool(page.soup.find("form", action=f"{team.path}/keep")) is (person is team.owner)


def test_reminders_come_7_days_and_1_day_before_and_then_it_ends(
    team: Team, ada: Visitor, outbox: Outbox, clock: Clock, look: Callable, product: Product, unit: Callable
) -> None:
    told = []
    for days in (6, 1, 1, 5, 1):
        clock.forward(days=days, minutes=1)
        for _twice in range(2):
            look()
        told.append(subjects(outbox, team.member.email).count(f"Reminder: {GOES}"))
    assert told == [0, 1, 1, 2, 2]
    assert subjects(outbox, team.member.email)[-1] == GONE
    assert product.deleted == [str(team.id)] and not is_there(unit, team)


def test_a_clock_that_jumps_reminds_first_and_dissolves_late(
    team: Team, ada: Visitor, outbox: Outbox, clock: Clock, look: Callable, product: Product, unit: Callable
) -> None:
    clock.forward(days=400)
    for _each in range(3):
        look()
    assert subjects(outbox, team.member.email).count(f"Reminder: {GOES}") == 1
    clock.forward(days=6, hours=1)
    look()
    assert is_there(unit, team) and product.seen == []
    clock.forward(days=1)
    look()
    assert not is_there(unit, team)


def test_one_that_was_asked_for_while_a_clock_was_ahead_waits_as_long_as_any(
    team: Team, ada: Visitor, clock: Clock, look: Callable, unit: Callable
) -> None:
    clock.forward(days=-300)
    look()
    with unit(), across("the test looks at every row"):
        one = db.session.scalars(select(Dissolution)).one()
        assert (one.due_at - one.requested_at).days == 14 and one.requested_at <= now()


@pytest.mark.parametrize("how", ["the page", "the email", "another Owner's email"])
def test_any_owner_keeps_it_in_two_steps_and_everything_is_as_before(
    cast: Cast, owners: Team, ada: Visitor, outbox: Outbox, run_jobs: Callable, through_the_wait: Callable, unit: Callable,
    how: str, product: Product,
) -> None:  # fmt: skip
    carl = cast.sign_in(owners.member)
    if how == "the page":
        assert "The organisation stays" in carl.submit(owners.path, action=f"{owners.path}/keep").text
    else:
        reader, email = (ada, owners.owner.email) if how == "the email" else (Visitor(cast.app), owners.member.email)
        link = outbox.last(email).link(KEEP)
        assert GOES in reader.get(link).text and waiting(unit) == 1
        assert reader.submit(link).status == 200
        assert reader.get(link).status == 410
    run_jobs()
    assert waiting(unit) == 0
    for person in (owners.owner, owners.billing, owners.member):
        assert subjects(outbox, person.email)[-1] == STAYS
    through_the_wait()
    assert is_there(unit, owners) and product.seen == []
    assert (
        "kept the organisation, which was going to be dissolved"
        in cast.sign_in(cast.ada).get(f"{owners.path}/activity").text
    )


@pytest.mark.parametrize(
    "what", ["this wasn't me", "signs others out", "is demoted", "is removed", "leaves", "closes the account"]
)
def test_it_ends_with_the_role_and_with_the_defence_of_whoever_asked(
    cast: Cast, owners: Team, ada: Visitor, outbox: Outbox, run_jobs: Callable, unit: Callable, what: str
) -> None:
    carl, place = cast.sign_in(owners.member), owners.place("owner")
    if what == "this wasn't me":
        Visitor(cast.app).submit(outbox.last(cast.ada.email).link("/wasnt-me/"))
    elif what == "signs others out":
        cast.sign_in(cast.ada).submit("/settings/security", action="/settings/sessions/revoke-others")
    elif what == "is demoted":
        carl.submit(f"{place}/role", role="member")
    elif what == "is removed":
        carl.submit(f"{place}/remove")
    elif what == "leaves":
        ada.submit(f"{owners.path}/leave")
    else:
        ada.submit("/settings/privacy/delete", confirm="y")
    run_jobs()
    assert waiting(unit) == 0
    assert STAYS in subjects(outbox, owners.member.email) and STAYS in subjects(outbox, owners.billing.email)


def test_what_another_owner_does_with_their_own_account_changes_nothing(
    cast: Cast, owners: Team, ada: Visitor, unit: Callable
) -> None:
    carl = cast.sign_in(owners.member)
    carl.submit(f"{owners.path}/leave")
    assert waiting(unit) == 1


def test_asked_twice_it_waits_once_and_an_owner_without_fresh_proof_keeps_it(
    team: Team, ada: Visitor, outbox: Outbox, clock: Clock, unit: Callable, cast: Cast
) -> None:
    tab = ada.get(f"{team.path}/dissolve")
    assert tab.soup.find("input", attrs={"name": "sure"}) is None
    with unit():
        service.request_dissolution(team.id, by=cast.actor_in(ada))
    assert waiting(unit) == 1 and subjects(outbox, cast.ada.email).count(GOES) == 1
    clock.forward(minutes=40)
    assert ada.get(f"{team.path}/dissolve").path == "/confirm-identity"
    ada.submit(team.path, action=f"{team.path}/keep")
    assert waiting(unit) == 0


def test_a_link_dies_with_the_role_and_is_nobody_elses(
    cast: Cast, owners: Team, ada: Visitor, outbox: Outbox, unit: Callable
) -> None:
    link = outbox.last(owners.member.email).link(KEEP)
    ada.submit(f"{owners.place('member')}/role", role="member")
    assert Visitor(cast.app).get(link).status == 410
    assert Visitor(cast.app).get(link[:-4] + "AAAA").status == 410
    assert waiting(unit) == 1


def test_kept_at_the_moment_at_which_it_is_carried_out_is_one_outcome(
    app: Flask, cast: Cast, team: Team, ada: Visitor, unit: Callable, at_once: Callable, run_jobs: Callable, product: Product
) -> None:
    actor = cast.actor_in(ada)
    with unit(), across("the test looks at every row"):
        db.session.execute(update(Dissolution).values(due_at=func.now(), reminders=2))

    def carry_out() -> None:
        with across("the test looks at every row"):
            one = db.session.scalars(select(Dissolution)).one()
            dissolutions._carry_out(standings.lock(team.id), one)

    outcomes = at_once(lambda: service.keep(team.id, by=actor), carry_out, carry_out)
    run_jobs()
    assert outcomes.count("done") >= 1
    assert is_there(unit, team) is (product.deleted == [])
    assert waiting(unit) == 0


def test_defended_at_that_moment_it_is_one_outcome_too(
    cast: Cast, team: Team, ada: Visitor, unit: Callable, at_once: Callable, run_jobs: Callable, product: Product
) -> None:
    with unit(), across("the test looks at every row"):
        db.session.execute(update(Dissolution).values(due_at=func.now(), reminders=2))
    outcomes = at_once(
        lambda: accounts.freeze(accounts.lock_person(cast.ada.id)),
        lambda: service.go_on_with_dissolution(team.id),
    )
    run_jobs()
    assert outcomes == ["done", "done"]
    assert is_there(unit, team) is (product.deleted == []) and waiting(unit) == 0


def test_thousands_are_told_in_the_background(cast: Cast, team: Team, outbox: Outbox, app: Flask, unit: Callable) -> None:
    news = service.News.DISSOLUTION
    cast.sign_in(cast.ada).submit(f"{team.path}/dissolve", sure="y")
    with app.app_context(), worker.unit_of_work():
        assert service.tell_others(team.id, news=news, about=None, after=None) is None
    assert subjects(outbox, cast.ada.email).count(GOES) == 1
