"""A leaving pack opens for its organisation's Owners alone, as they are at each download; a thief's is gone (P35)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.scopes import across
from portal.organisations.service import dissolutions, standings
from portal.privacy.models import LeavingPack
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.organisations.packs import ask, fetched, status
from tests.people import Cast

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ada(cast: Cast, team: Team) -> Visitor:
    return cast.sign_in(cast.ada)


@pytest.fixture
def pack(team: Team, ada: Visitor, run_jobs: Callable) -> str:
    """The address of one that Ada has asked for, and that is ready."""
    address = ask(ada, team)
    run_jobs()
    return address


@pytest.fixture
def promoted(team: Team, unit: Callable) -> Callable[[str, str], None]:
    """Give somebody of the team another role."""

    def give(who: str, role: str) -> None:
        with unit():
            place = standings.get_membership(team.id, membership_id=team.places[who])
            place.role = standings.OrganisationRole(role)

    return give


def packs(unit: Callable) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(LeavingPack)) or 0


def files(unit: Callable) -> int:
    with unit():
        return len([path for path in storage().folder.glob("leaving_pack/**/*") if path.is_file()])


def test_no_other_role_and_no_outsider_opens_it(cast: Cast, team: Team, pack: str, found: Callable) -> None:
    found("Spindles", owner=cast.ben)
    for person in (team.member, team.billing, cast.ben):
        browser = cast.sign_in(person)
        assert [status(browser, address) for address in (pack, f"{pack}/page", f"{pack.rpartition('/')[0]}/progress")] == [
            404
        ] * 3
        assert status(browser, f"{team.path}/leaving-pack") == 404


def test_another_owner_opens_it_by_the_link(cast: Cast, team: Team, pack: str, promoted: Callable) -> None:
    promoted("member", "owner")
    assert fetched(cast.sign_in(team.member), pack).json("data/members.json")


def test_without_its_key_it_opens_for_nobody(team: Team, ada: Visitor, pack: str) -> None:
    wrong = pack[:-1] + ("A" if pack[-1] != "A" else "B")
    assert [status(ada, each) for each in (wrong, f"{wrong}/page", pack.rpartition("/")[0] + "/x")] == [404] * 3


def test_a_session_that_is_not_fresh_is_asked_first(cast: Cast, team: Team, pack: str, clock: Clock) -> None:
    ada = cast.sign_in(cast.ada)
    clock.forward(minutes=31)
    answer = ada.client.get(pack, base_url="http://localhost")
    assert answer.status_code == 303 and "/confirm" in answer.location
    assert "downloaded a leaving pack" not in ada.get(f"{team.path}/activity").text


@pytest.mark.parametrize("how", ["is removed", "becomes a Member", "is disabled"])
def test_whoever_is_no_owner_any_more_opens_nothing(
    cast: Cast, team: Team, ada: Visitor, pack: str, promoted: Callable, unit: Callable, how: str
) -> None:
    promoted("member", "owner")
    carl = cast.sign_in(team.member)
    if how == "is removed":
        carl.submit(f"{team.place('owner')}/remove")
    elif how == "becomes a Member":
        carl.submit(f"{team.place('owner')}/role", role="member")
    else:
        carl.submit(f"{team.place('owner')}/disable", reason="On leave")
    assert [status(ada, address) for address in (pack, f"{pack}/page")] == [404, 404]
    assert status(carl, pack) == 200


def test_whoever_is_removed_while_it_is_built_gets_nothing(
    cast: Cast, team: Team, ada: Visitor, promoted: Callable, run_jobs: Callable, unit: Callable, outbox: Outbox
) -> None:
    promoted("member", "owner")
    ask(ada, team)
    cast.sign_in(team.member).submit(f"{team.place('owner')}/remove")
    run_jobs()
    assert (packs(unit), files(unit)) == (0, 0)
    assert not any("/leaving-pack/" in each.text for each in outbox.to(cast.ada.email))


@pytest.mark.parametrize("is_ready", [False, True], ids=["being built", "ready"])
def test_what_a_thief_asked_for_is_gone_once_the_account_is_defended(
    team: Team, ada: Visitor, run_jobs: Callable, unit: Callable, outbox: Outbox, client: Visitor, is_ready: bool
) -> None:
    address = ask(ada, team)
    if is_ready:
        run_jobs()
    asked = next(each for each in outbox.to(team.owner.email) if "asked for a leaving pack" in each.text)
    client.submit(asked.link("/wasnt-me/"))
    run_jobs()
    assert (packs(unit), files(unit)) == (0, 0)
    assert status(ada, address) in (303, 404)


def test_what_a_closed_account_asked_for_is_gone_and_the_log_says_so(
    cast: Cast, team: Team, ada: Visitor, pack: str, promoted: Callable, unit: Callable
) -> None:
    promoted("member", "owner")
    with unit():
        accounts.freeze(accounts.get_person(cast.ada.account_id))
    assert (packs(unit), files(unit)) == (0, 0)
    said = "The leaving pack that Ada Threadgold asked for was deleted: their account changed."
    assert said in cast.sign_in(team.member).get(f"{team.path}/activity").text


def test_whoever_lacks_the_second_factor_that_is_asked_for_opens_nothing(
    cast: Cast, team: Team, ada: Visitor, pack: str, unit: Callable
) -> None:
    with unit():
        standings.lock(team.id).asks_second_factor = True
    assert status(ada, pack) == 404
    cast.give_factor(cast.ada)
    assert status(cast.sign_in(cast.ada), pack) == 200


def test_once_the_organisation_is_dissolved_it_is_its_askers_until_its_time_is_over(
    cast: Cast, team: Team, ada: Visitor, pack: str, promoted: Callable, run_jobs: Callable, unit: Callable, clock: Clock
) -> None:
    promoted("member", "owner")
    with unit():
        dissolutions.dissolve(standings.lock(team.id), by=cast.ada.account_id)
    assert status(ada, pack) == 200, "while its people are told"
    run_jobs()
    assert "The organisation is dissolved." in ada.get(f"{pack}/page").text
    assert fetched(ada, pack).json("data/members.json")
    assert status(cast.sign_in(team.member), pack) == 404
    clock.forward(days=30)
    assert status(cast.sign_in(cast.ada), pack) == 404


def test_by_another_organisations_address_nothing_is_deleted(
    cast: Cast, team: Team, ada: Visitor, pack: str, found: Callable[..., uuid.UUID], unit: Callable
) -> None:
    other = found("Spindles", owner=cast.ben)
    ben, pack_id = cast.sign_in(cast.ben), pack.split("/")[-2]
    token = ben.get("/settings/profile").fields()["csrf_token"]
    for place in (other, team.id):
        assert ben.post(f"/organisation/{place}/leaving-pack/{pack_id}/delete", csrf_token=token).status == 404
    assert packs(unit) == 1
    assert (
        "Leaving pack deleted."
        in ada.submit(f"{team.path}/leaving-pack", action=f"{team.path}/leaving-pack/{pack_id}/delete").text
    )
    assert (packs(unit), files(unit)) == (0, 0)
