"""Owners may ask everybody for a second factor: whoever has none is told and led to it, and loses nothing unseen."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.actor import OrganisationRole
from portal.kit.db import db
from portal.organisations.models import Membership
from portal.organisations.service import second_factors
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases
ASKS = "Looms asks you for two-step verification"
NO_LONGER = "Looms no longer asks for two-step verification"


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    """Ada, who owns the organisation and has a second factor."""
    cast.give_factor(cast.ada)
    return cast.sign_in(cast.ada)


def ask(ada: Visitor, team: Team) -> None:
    assert "Saved." in ada.submit(f"{team.path}/second-factor", asked="y").text


def subjects(outbox: Outbox, email: str) -> list[str]:
    return [each.subject for each in outbox.to(email)]


def test_whoever_has_none_is_told_and_led_to_it(cast: Cast, team: Team, ada: Visitor, outbox: Outbox) -> None:
    carl = cast.sign_in(team.member)
    ask(ada, team)
    assert outbox.last(team.member.email).subject == ASKS
    assert outbox.last(team.billing.email).subject == ASKS
    assert ASKS not in subjects(outbox, cast.ada.email)
    assert "Ada Threadgold asked everyone to use two-step verification." in outbox.last(cast.ada.email).text
    page = carl.get(f"{team.path}/members")
    assert page.path == f"{team.path}/set-up-second-factor"
    assert "Looms asks for two-step verification" in page.soup.h1.get_text()
    way_on = page.soup.main.find("a", string="Set up two-step verification")["href"]
    assert carl.get(outbox.last(team.member.email).link("/organisation/")).path == page.path
    assert way_on.startswith("/settings/second-factor?next=")
    cast.give_factor(team.member)
    assert carl.get(f"{team.path}/members").path == f"{team.path}/members"
    assert carl.get(page.path).path == team.path


def test_nothing_else_closes_and_one_may_leave(
    cast: Cast, team: Team, ada: Visitor, found: Callable[..., uuid.UUID]
) -> None:
    other = found("Spindles", member=team.member)
    ask(ada, team)
    carl = cast.sign_in(team.member)
    for path in ("/organisation", f"/organisation/{other}", "/support", f"{team.path}/leave"):
        assert carl.get(path).path == path
    carl.submit(f"{team.path}/leave")
    assert carl.get(team.path).status == 404


def test_a_form_that_was_open_meanwhile_changes_nothing(cast: Cast, team: Team, ada: Visitor) -> None:
    ada.submit(f"{team.place('member')}/role", role="owner")
    carl = cast.sign_in(team.member)
    page = carl.get(f"{team.path}/name")
    ask(ada, team)
    assert carl.send(page, name="Carl’s").path == f"{team.path}/set-up-second-factor"
    assert "Carl’s" not in ada.get(team.path).text


def test_an_owner_without_one_cannot_ask_for_it(cast: Cast, team: Team) -> None:
    page = cast.sign_in(cast.ada).submit(f"{team.path}/second-factor", asked="y")
    assert page.status == 422 and "Turn on two-step verification for your own account first." in page.text
    assert cast.sign_in(team.member).get(team.path).path == team.path


def test_it_is_no_longer_asked_for(cast: Cast, team: Team, ada: Visitor, outbox: Outbox) -> None:
    ask(ada, team)
    ada.submit(f"{team.path}/second-factor", asked="")
    assert outbox.last(team.member.email).subject == NO_LONGER
    assert cast.sign_in(team.member).get(team.path).path == team.path
    log = ada.get(f"{team.path}/activity").text
    assert "asked everyone to use two-step" in log and "stopped asking everyone" in log


def test_saving_it_again_tells_nobody_again(team: Team, ada: Visitor, outbox: Outbox) -> None:
    for _time in range(2):
        ask(ada, team)
    assert subjects(outbox, team.member.email).count(ASKS) == 1


def test_it_is_not_switched_to_and_fro_all_day(team: Team, ada: Visitor) -> None:
    answers = [ada.submit(f"{team.path}/second-factor", asked=word).status for word in ("y", "") * 4]
    assert answers[-1] == 429


def test_everybody_is_told_however_many_they_are(
    team: Team, ada: Visitor, outbox: Outbox, unit: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factors, "AT_ONCE", 2)
    emails = [f"weaver{number}@example.com" for number in range(5)]
    with unit():
        for email in emails:
            person = Person(
                id=uuid.uuid4(),
                name="Weaver",
                email=email,
                email_key=email,
                terms_version="1",
                terms_accepted_at=clock.now(),
            )
            db.session.add(person)
            db.session.flush()
            db.session.add(Membership(organisation_id=team.id, person_id=person.id, role=OrganisationRole.MEMBER))
    ask(ada, team)
    assert [subjects(outbox, email) for email in emails] == [[ASKS]] * 5


def test_an_owner_sees_who_has_none(cast: Cast, team: Team, ada: Visitor) -> None:
    assert ada.get(f"{team.path}/members").soup.main.get_text().count("No two-step verification") == 2
    assert "No two-step verification" not in cast.sign_in(team.member).get(f"{team.path}/members").text


def test_turning_ones_own_off_says_beforehand_what_that_means(cast: Cast, team: Team, ada: Visitor) -> None:
    said = "Looms asks for two-step verification. If you turn it off, you can’t open its pages"
    assert said not in ada.get("/settings/second-factor/remove").text
    ask(ada, team)
    assert said in ada.get("/settings/second-factor/remove").text
