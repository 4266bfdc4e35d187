"""A ticket is its person's alone unless they share it with an organisation of theirs, and while they are there (P35)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.accounts.events import AccountFrozen
from portal.kit.db import db
from portal.support import service as support
from portal.support.models import Ticket, TicketKind
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast
from tests.support.samples import chosen

pytestmark = pytest.mark.both_databases


@pytest.fixture
def carl(cast: Cast, team: Team) -> Visitor:
    return cast.sign_in(team.member)


@pytest.fixture
def ticket(carl: Visitor, team: Team) -> str:
    """The path of a ticket of Carl's, shared with nobody."""
    files = chosen(("threads.txt", b"warp, weft"))
    return carl.submit("/contact", subject="Loom stuck", message="It hums a secret tune.", files=files).path


def share(carl: Visitor, ticket: str, team: Team) -> str:
    """Share it with the organisation; return where it is read there."""
    carl.submit(ticket, action=f"{ticket}/share/{team.id}")
    return f"{team.path}/tickets/{ticket.rpartition('/')[2]}"


def test_nobody_sees_a_ticket_that_is_not_shared(cast: Cast, team: Team, ticket: str) -> None:
    ada = cast.sign_in(cast.ada)
    assert "Loom stuck" not in ada.get(f"{team.path}/tickets").text
    assert ada.get(f"{team.path}/tickets/{ticket.rpartition('/')[2]}").status == 404
    assert ada.get(ticket).status == 404


def test_owners_and_members_read_a_shared_one_and_nobody_else(
    cast: Cast,
    team: Team,
    found: Callable[..., uuid.UUID],
    carl: Visitor,
    ticket: str,
) -> None:
    there = share(carl, ticket, team)
    other = found("Spindles", owner=cast.ben)
    ada, bea, ben = (cast.sign_in(each) for each in (cast.ada, team.billing, cast.ben))
    assert "Loom stuck" in ada.get(f"{team.path}/tickets").text
    page = ada.get(there)
    assert "It hums a secret tune." in page.text and team.member.email not in page.text
    file = page.soup.main.find("a", string="threads.txt")["href"]
    assert ada.client.get(file, base_url="http://localhost").data == b"warp, weft"
    assert carl.get(there).status == 200
    elsewhere = there.replace(str(team.id), str(other))
    assert [bea.get(path).status for path in (f"{team.path}/tickets", there, file)] == [404] * 3
    assert [ben.get(path).status for path in (there, file, elsewhere, file.replace(str(team.id), str(other)))] == [404] * 4


def test_only_its_person_replies_and_deletes(cast: Cast, team: Team, carl: Visitor, ticket: str) -> None:
    page = cast.sign_in(cast.ada).get(share(carl, ticket, team))
    assert page.soup.main.find("form") is None
    ada = cast.sign_in(cast.ada)
    token = ada.get("/settings/profile").fields()["csrf_token"]
    for verb in ("", "/close", "/delete", "/stop-sharing", f"/share/{team.id}"):
        assert ada.client.post(ticket + verb, data={"csrf_token": token}, base_url="http://localhost").status_code in (
            303,
            404,
        )
    assert "Loom stuck" in carl.get(ticket).text and "Stop sharing" in carl.get(ticket).text


def test_it_is_no_longer_shared_at_once(cast: Cast, team: Team, carl: Visitor, ticket: str) -> None:
    there = share(carl, ticket, team)
    page = carl.submit(ticket, action=f"{ticket}/stop-sharing")
    assert "Only you and our team see this ticket." in page.text
    assert cast.sign_in(cast.ada).get(there).status == 404
    log = cast.sign_in(cast.ada).get(f"{team.path}/activity").text
    assert "Carl Warp shared a ticket" in log and "Carl Warp stopped sharing a ticket." in log


@pytest.mark.parametrize("how", ["leaves", "is removed", "keeps the books"])
def test_whoever_goes_shares_nothing_any_more(
    cast: Cast,
    team: Team,
    carl: Visitor,
    ticket: str,
    outbox: Outbox,
    how: str,
) -> None:
    there, ada = share(carl, ticket, team), cast.sign_in(cast.ada)
    if how == "leaves":
        carl.submit(f"{team.path}/leave")
    elif how == "is removed":
        ada.submit(f"{team.place('member')}/remove")
    else:
        ada.submit(f"{team.place('member')}/role", role="billing")
    assert ada.get(there).status == 404
    assert "Loom stuck" not in ada.get(f"{team.path}/tickets").text
    if how == "keeps the books":
        return
    ada.submit(f"{team.path}/invitations", email=team.member.email, role="member")
    carl.submit(outbox.last(team.member.email).link("/invitation/"))
    assert ada.get(there).status == 404


def test_a_dissolved_organisation_reads_nothing(
    cast: Cast,
    team: Team,
    carl: Visitor,
    ticket: str,
    through_the_wait: Callable,
    unit: Callable,
) -> None:
    there, ada = share(carl, ticket, team), cast.sign_in(cast.ada)
    ada.submit(f"{team.path}/dissolve", sure="y")
    assert ada.get(there).status == 200
    through_the_wait()
    assert cast.sign_in(cast.ada).get(there).status == 404
    with unit():
        assert db.session.get_one(Ticket, uuid.UUID(ticket.rpartition("/")[2])).organisation_id is None
    assert "Loom stuck" in cast.sign_in(team.member).get(ticket).text


def test_a_billing_administrator_and_an_outsider_share_with_nobody(cast: Cast, team: Team) -> None:
    for person in (team.billing, cast.ben):
        browser = cast.sign_in(person)
        ticket = browser.submit("/contact", subject="Mine", message="Only mine.").path
        page = browser.get(ticket)
        assert page.soup.find(id="sharing") is None
        fields = {"csrf_token": page.fields()["csrf_token"]}
        answer = browser.client.post(f"{ticket}/share/{team.id}", data=fields, base_url="http://localhost")
        assert answer.status_code == 404
    assert "Mine" not in cast.sign_in(cast.ada).get(f"{team.path}/tickets").soup.main.get_text()


def test_sharing_twice_and_elsewhere_changes_nothing(
    cast: Cast, team: Team, found: Callable[..., uuid.UUID], carl: Visitor, ticket: str
) -> None:
    other = found("Spindles", owner=team.member)
    page = carl.get(ticket)
    answers = [carl.send(page, action=f"{ticket}/share/{id_}").status for id_ in (team.id, team.id, other)]
    assert answers == [200, 200, 404]
    assert cast.sign_in(cast.ada).get(f"{team.path}/activity").text.count("Carl Warp shared a ticket") == 1


def test_whoever_keeps_the_books_by_now_stops_sharing(cast: Cast, team: Team, carl: Visitor, ticket: str) -> None:
    there, ada = share(carl, ticket, team), cast.sign_in(cast.ada)
    ada.submit(f"{team.place('member')}/role", role="billing")
    assert carl.submit(ticket, action=f"{ticket}/stop-sharing").status == 200
    ada.submit(f"{team.place('member')}/role", role="member")
    assert ada.get(there).status == 404


def test_what_the_portal_raised_is_not_shared(cast: Cast, team: Team, unit: Callable) -> None:
    with unit():
        support.open_frozen_ticket(AccountFrozen(team.member.account_id))
        ticket = db.session.scalars(select(Ticket.id).where(Ticket.kind == TicketKind.ACCOUNT_FROZEN)).one()
    assert cast.sign_in(team.member).get(f"/support/{ticket}").soup.find(id="sharing") is None
