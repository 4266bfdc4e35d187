"""Asking to join by an address at an Owner's domain: answered by an Owner, once, and never by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.events import AddressChanged
from portal.kit import events
from portal.kit.db import db
from portal.kit.scopes import across
from portal.organisations.models import JoinRequest, Membership
from portal.organisations.service.free_mail import FREE_MAIL
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast, Somebody

pytestmark = pytest.mark.both_databases
COLLEAGUES = "Your colleagues work together in Looms"


def count(unit: Callable, model: type) -> int:
    with unit(), across("the test looks at every row"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def switch(owner: Visitor, team: Team, verb: str = "open") -> None:
    owner.submit(f"{team.path}/join-requests", action=f"{team.path}/join-requests/{verb}-domain")


@pytest.fixture
def ada(cast: Cast, team: Team) -> Visitor:
    """Ada, who has let people at her domain ask."""
    ada = cast.sign_in(cast.ada)
    switch(ada, team)
    return ada


@pytest.fixture
def ben(cast: Cast, ada: Visitor) -> Visitor:
    """Ben, who has an address at the same domain and has asked."""
    ben = cast.sign_in(cast.ben)
    assert "Request sent" in ask(ben).text
    return ben


def ask(visitor: Visitor):
    page = visitor.get("/organisation")
    action = next(form["action"] for form in page.soup.find_all("form") if "/ask-to-join/" in form["action"])
    return visitor.send(page, action=action)


def request_in(owner: Visitor, team: Team) -> str:
    link = owner.get(f"{team.path}/join-requests").soup.select_one("main table a")
    assert link
    return str(link["href"])


def test_a_colleague_asks_and_an_owner_lets_them_in(team: Team, ada: Visitor, ben: Visitor, outbox: Outbox) -> None:
    assert "Ben Selvedge asked to join." in outbox.last("ada@example.com").text
    assert "Ben Selvedge asked to join." in outbox.last("ben@example.com").text
    assert ben.get(team.path).status == 404
    assert "You’ve asked to join" in ben.get("/organisation").text
    ada.submit(request_in(ada, team), role="billing")
    assert ben.get(team.path).status == 200
    assert "Your role: Billing Administrator." in outbox.last("ben@example.com").text
    assert "let Ben Selvedge join" in ada.get(f"{team.path}/activity").text


def test_an_owner_declines_and_both_sides_are_told(
    team: Team, ada: Visitor, ben: Visitor, outbox: Outbox, unit: Callable
) -> None:
    link = request_in(ada, team)
    ada.submit(link, action=f"{link}/decline")
    assert "declined your request to join Looms" in outbox.last("ben@example.com").text
    assert "declined the request by Ben Selvedge" in outbox.last("ada@example.com").text
    assert ada.get(link).status == 410
    assert (count(unit, JoinRequest), count(unit, Membership)) == (0, 3)


def test_it_is_off_until_an_owner_lets_them_ask_and_off_again_after(cast: Cast, team: Team) -> None:
    ada, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ben)
    assert COLLEAGUES not in ben.get("/organisation").text
    switch(ada, team)
    page = ben.get("/organisation")
    assert COLLEAGUES in page.text
    switch(ada, team, "close")
    assert COLLEAGUES not in ben.get("/organisation").text
    action = next(form["action"] for form in page.soup.find_all("form") if "/ask-to-join/" in form["action"])
    assert ben.send(page, action=action).status == 404


@pytest.mark.parametrize("address", ["eve@notexample.com", "eve@sub.example.com", "eve@qq.com"])
def test_another_domain_sees_nothing(cast: Cast, ada: Visitor, address: str) -> None:
    eve = cast.sign_in(cast.make("Eve Else", address, "eve has a mailbox elsewhere"))
    assert COLLEAGUES not in eve.get("/organisation").text


def test_whoever_is_in_sees_nothing_to_ask(cast: Cast, team: Team, ada: Visitor) -> None:
    assert COLLEAGUES not in cast.sign_in(team.member).get("/organisation").text


@pytest.mark.parametrize("domain", ["gmail.com", "qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "aliyun.com"])
def test_an_owner_at_a_free_provider_cannot_let_anybody_ask(cast: Cast, team: Team, unit: Callable, domain: str) -> None:
    assert domain in FREE_MAIL
    owner: Somebody = cast.make("Oda Free", f"oda@{domain}", "oda has a mailbox like anybody")
    with unit():
        db.session.add(Membership(organisation_id=team.id, person_id=owner.account_id, role="owner"))
    oda = cast.sign_in(owner)
    page = oda.get(f"{team.path}/join-requests")
    assert "doesn’t show who your colleagues are" in page.text
    token = oda.get("/settings/profile").fields()["csrf_token"]
    assert oda.post(f"{team.path}/join-requests/open-domain", csrf_token=token).status == 404


def test_it_counts_only_while_some_owner_has_an_address_there(
    cast: Cast, team: Team, found: Callable, unit: Callable
) -> None:
    owner = cast.make("Oda Warp", "oda@warp.example", "oda owns a domain of her own")
    found("Warp", owner=owner, member=cast.ada)
    colleague = cast.sign_in(cast.make("Wim Warp", "wim@warp.example", "wim sits beside her all day"))
    oda = cast.sign_in(owner)
    page = next(each["href"] for each in oda.get("/organisation").soup.select("main th a"))
    oda.submit(f"{page}/join-requests", action=f"{page}/join-requests/open-domain")
    assert "work together in Warp" in colleague.get("/organisation").text
    with unit(), across("the test changes a role by hand"):
        rows = db.session.scalars(select(Membership)).all()
        for row in rows:
            if row.person_id in (owner.account_id, cast.ada.account_id):
                row.role = "member" if row.person_id == owner.account_id else "owner"
    assert "work together in Warp" not in colleague.get("/organisation").text


def test_asking_in_two_tabs_is_one_request(cast: Cast, ada: Visitor, unit: Callable) -> None:
    ben = cast.sign_in(cast.ben)
    pages = [ben.get("/organisation"), ben.get("/organisation")]
    action = next(form["action"] for form in pages[0].soup.find_all("form") if "/ask-to-join/" in form["action"])
    assert [ben.send(page, action=action).status for page in pages] == [200, 200]
    assert count(unit, JoinRequest) == 1


def test_one_request_in_two_tabs_of_an_owner_is_answered_once(
    team: Team, ada: Visitor, ben: Visitor, unit: Callable
) -> None:
    link = request_in(ada, team)
    tabs = [ada.get(link), ada.get(link)]
    assert ada.send(tabs[0], role="member").status == 200
    assert ada.send(tabs[1], action=f"{link}/decline").status == 410
    assert count(unit, Membership) == 4


@pytest.mark.parametrize("cause", ["frozen", "closed", "moved"])
def test_it_ends_with_the_account_or_the_address(
    cast: Cast, team: Team, ada: Visitor, ben: Visitor, unit: Callable, cause: str
) -> None:
    link = request_in(ada, team)
    with unit():
        if cause == "frozen":
            accounts.freeze(accounts.get_person(cast.ben.account_id))
        elif cause == "closed":
            accounts.deactivate(cast.ben.account_id, by=None)
        else:
            events.publish(AddressChanged(cast.ben.account_id, "ben@example.com", "ben@other.example"))
    assert ada.get(link).status == 410
    assert count(unit, JoinRequest) == 0


def test_it_ends_after_30_days(cast: Cast, team: Team, ada: Visitor, ben: Visitor, clock: Clock) -> None:
    link = request_in(ada, team)
    clock.forward(days=31)
    assert cast.sign_in(cast.ada).get(link).status == 410
    assert "Request sent" in ask(cast.sign_in(cast.ben)).text


def test_whoever_is_invited_meanwhile_has_nothing_left_to_ask(
    team: Team, ada: Visitor, ben: Visitor, outbox: Outbox, unit: Callable
) -> None:
    ada.submit(f"{team.path}/invitations", email="ben@example.com", role="member")
    ben.submit(outbox.last("ben@example.com").link("/invitation/"))
    assert count(unit, JoinRequest) == 0


def test_asking_needs_a_fresh_proof_and_a_member_answers_nobody(cast: Cast, team: Team, ada: Visitor, clock: Clock) -> None:
    carl, ben = cast.sign_in(team.member), cast.sign_in(cast.ben)
    assert carl.get(f"{team.path}/join-requests").status == 404
    clock.forward(minutes=31)
    assert ask(ben).path == "/confirm-identity"
