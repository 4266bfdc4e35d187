"""No Owner comes any more: a Member becomes one after 14 days, seen by everybody, and any Owner who comes ends it (P35)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from portal.accounts import service as accounts
from portal.accounts.models import SignInEvent, SignInSession
from portal.kit import clock as instants
from portal.kit.actor import OrganisationRole
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations import service
from portal.organisations.models import Membership, Recovery
from tests.accounts.test_races import at_once
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases
__all__ = ["at_once"]
ASKS, ENDED, DONE = (
    "Carl Warp asks to become an Owner of Looms",
    "The request to become an Owner of Looms ended",
    "Carl Warp is now an Owner of Looms",
)
STAY = "/organisation/stay-owner/"


@pytest.fixture
def left(cast: Cast, team: Team, clock: Clock) -> Team:
    """Looms, whose Owner was here once, 91 days ago."""
    cast.sign_in(team.owner)
    clock.forward(days=91)
    return team


@pytest.fixture
def carl(cast: Cast, left: Team, run_jobs: Callable[[], int]) -> Visitor:
    """Carl, who has just asked to become an Owner."""
    carl = cast.sign_in(left.member)
    assert "Request sent" in carl.submit(f"{left.path}/recover", sure="y").text
    run_jobs()
    return carl


def post(browser: Visitor, path: str, **fields: str) -> int:
    token = browser.get("/settings/profile").fields()["csrf_token"]
    return browser.post(path, csrf_token=token, **fields).status


def subjects(outbox: Outbox, email: str) -> list[str]:
    return [each.subject for each in outbox.to(email)]


def waiting(unit: Callable) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(Recovery)) or 0


def roles(unit: Callable, team: Team) -> dict[object, str]:
    with unit():
        query = select(Membership.person_id, Membership.role).where(Membership.organisation_id == team.id)
        return {person_id: role.value for person_id, role in db.session.execute(query)}


def is_owner(unit: Callable, team: Team) -> bool:
    return roles(unit, team)[team.member.account_id] == "owner"


def test_nobody_asks_while_an_owner_comes(cast: Cast, team: Team, clock: Clock, unit: Callable) -> None:
    cast.sign_in(team.owner)
    clock.forward(days=89)
    carl = cast.sign_in(team.member)
    assert "No Owner has signed in for 90 days" not in carl.get(team.path).text
    assert carl.get(f"{team.path}/recover").soup.find("input", attrs={"name": "sure"}) is None
    assert post(carl, f"{team.path}/recover", sure="y") == 422
    assert waiting(unit) == 0


def test_everybody_is_told_and_sees_it_and_a_member_becomes_an_owner_beside_the_others(
    cast: Cast, left: Team, carl: Visitor, outbox: Outbox, through_the_wait: Callable, unit: Callable
) -> None:
    for person in (left.owner, left.billing, left.member):
        email = outbox.last(person.email)
        assert (email.subject, STAY in email.text) == (ASKS, person is left.owner)
    assert "Carl Warp becomes an Owner on" in cast.sign_in(left.billing).get(left.path).text
    through_the_wait()
    assert roles(unit, left) == {
        left.owner.account_id: "owner", left.billing.account_id: "billing", left.member.account_id: "owner",
    }  # fmt: skip
    for person in (left.owner, left.billing, left.member):
        assert subjects(outbox, person.email).count(f"Reminder: {DONE.replace('is now', 'becomes')}") == 2
        assert subjects(outbox, person.email).count(DONE) == 1
    page = cast.sign_in(left.member).get(f"{left.path}/activity")
    assert "Carl Warp became an Owner, because no Owner had signed in for a long time." in page.text


@pytest.mark.parametrize("how", ["signs in", "comes in a remembered session", "clicks the link", "ends it on the page"])
def test_any_owner_who_comes_ends_it_at_once(
    cast: Cast, team: Team, outbox: Outbox, clock: Clock, run_jobs: Callable, look: Callable,
    through_the_wait: Callable, unit: Callable, how: str,
) -> None:  # fmt: skip
    cast.sign_in(team.owner)
    clock.forward(days=91)
    carl = cast.sign_in(team.member)
    carl.submit(f"{team.path}/recover", sure="y")
    run_jobs()
    clock.forward(days=1)
    if how == "signs in":
        cast.sign_in(team.owner)
        assert "The request by Carl Warp to become an Owner ended" in cast.sign_in(team.billing).get(team.path).text
        look()
    elif how == "comes in a remembered session":
        ada = cast.sign_in(team.owner)
        with unit():
            # As if it had been opened long ago, and its line in the history were gone.
            mine = SignInSession.person_id == team.owner.account_id
            long_ago = instants.now() - timedelta(days=95)
            db.session.execute(update(SignInSession).where(mine).values(remembered=True, seen_at=long_ago))
            db.session.execute(delete(SignInEvent).where(SignInEvent.person_id == team.owner.account_id))
        look()
        assert waiting(unit) == 1
        assert ada.get("/home").status == 200
        look()
    elif how == "clicks the link":
        link = outbox.last(team.owner.email).link(STAY)
        stranger = Visitor(cast.app)
        assert "asks to become an Owner" in stranger.get(link).text and waiting(unit) == 1
        stranger.submit(link)
        assert stranger.get(link).status == 410
    else:
        post(cast.sign_in(team.owner), f"{team.path}/recover/cancel")
    run_jobs()
    assert waiting(unit) == 0 and subjects(outbox, team.billing.email)[-1] == ENDED
    through_the_wait()
    assert not is_owner(unit, team)


@pytest.mark.parametrize("what", ["leaves", "this wasn't me", "signs others out", "closes the account", "withdraws"])
def test_it_ends_with_whoever_asked(
    cast: Cast, left: Team, carl: Visitor, outbox: Outbox, run_jobs: Callable, unit: Callable, what: str
) -> None:
    if what == "leaves":
        carl.submit(f"{left.path}/leave")
    elif what == "this wasn't me":
        Visitor(cast.app).submit(outbox.last(left.member.email).link("/wasnt-me/"))
    elif what == "signs others out":
        with unit():
            accounts.end_other_sessions(cast.actor_in(carl))
    elif what == "closes the account":
        carl.submit("/settings/privacy/delete", confirm="y")
    else:
        carl.submit(left.path, action=f"{left.path}/recover/cancel")
    run_jobs()
    assert waiting(unit) == 0 and ENDED in subjects(outbox, left.owner.email)


def test_one_asks_at_a_time_and_nobody_else_ends_it(cast: Cast, left: Team, carl: Visitor, unit: Callable) -> None:
    with unit():
        bea = Membership.person_id == left.billing.account_id
        db.session.execute(update(Membership).where(Membership.organisation_id == left.id, bea).values(role="member"))
    other = cast.sign_in(left.billing)
    assert other.get(f"{left.path}/recover").soup.find("input", attrs={"name": "sure"}) is None
    assert post(other, f"{left.path}/recover/cancel") == 404
    assert post(other, f"{left.path}/recover", sure="y") == 422
    assert waiting(unit) == 1


def test_a_billing_administrator_and_an_outsider_cannot_ask(cast: Cast, left: Team, unit: Callable) -> None:
    for person in (left.billing, cast.ben):
        assert cast.sign_in(person).get(f"{left.path}/recover").status == 404
    assert waiting(unit) == 0


def test_a_clock_that_jumps_makes_nobody_an_owner_unwarned_and_twice_is_once(
    left: Team, carl: Visitor, outbox: Outbox, clock: Clock, look: Callable, unit: Callable
) -> None:
    clock.forward(days=300)
    for _each in range(3):
        look()
    assert not is_owner(unit, left)
    clock.forward(days=6, hours=1)
    look()
    clock.forward(days=1)
    for _each in range(2):
        look()
    assert is_owner(unit, left) and subjects(outbox, left.billing.email).count(DONE) == 1


def test_it_is_finished_while_an_owner_ends_it(
    cast: Cast, left: Team, carl: Visitor, unit: Callable, at_once: Callable
) -> None:
    with unit(), across("the test looks at every row"):
        db.session.execute(update(Recovery).values(due_at=func.now(), reminders=2))
    ada = cast.actor_in(carl)
    outcomes = at_once(
        lambda: service.cancel_recovery(left.id, by=ada),
        lambda: service.go_on_with_recovery(left.id),
        lambda: service.go_on_with_recovery(left.id),
    )
    ended = "LinkDead" not in outcomes
    assert waiting(unit) == 0 and is_owner(unit, left) is not ended
    assert OrganisationRole.OWNER.value in roles(unit, left).values()
