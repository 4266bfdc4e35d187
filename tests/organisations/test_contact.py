"""The contact form offers to share the ticket with one of one's organisations: with none unless one says so (P35)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import delete

from portal.kit.db import db
from portal.organisations.models import Membership
from portal.organisations.service import standings
from tests.conftest import Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

pytestmark = pytest.mark.both_databases

WRITTEN = {"subject": "Loom stuck", "message": "It hums a secret tune."}


def test_a_ticket_is_shared_as_it_is_sent(cast: Cast, team: Team) -> None:
    carl = cast.sign_in(team.member)
    form = carl.get("/contact").soup.find("select", {"name": "shared_with"})
    assert [option.text for option in form.find_all("option")] == ["No: only you and our team", "Looms"]
    ticket = carl.submit("/contact", **WRITTEN, shared_with=str(team.id))
    assert "Shared with" in ticket.text and "Owners and Members of Looms can read this ticket" in ticket.text
    ada = cast.sign_in(cast.ada)
    assert "Loom stuck" in ada.get(f"{team.path}/tickets").text
    assert "Carl Warp shared a ticket" in ada.get(f"{team.path}/activity").text


def test_unless_one_says_so_it_is_shared_with_nobody(cast: Cast, team: Team) -> None:
    ticket = cast.sign_in(team.member).submit("/contact", **WRITTEN)
    assert "Shared with" not in ticket.text and "Only you and our team see this ticket." in ticket.text
    assert "Loom stuck" not in cast.sign_in(cast.ada).get(f"{team.path}/tickets").text


def test_only_whoever_may_share_is_asked(cast: Cast, team: Team, client: Visitor) -> None:
    for browser in (client, cast.sign_in(team.billing), cast.sign_in(cast.ben)):
        assert browser.get("/contact").soup.find(attrs={"name": "shared_with"}) is None


def test_whoever_lacks_the_second_factor_that_is_asked_for_is_not(cast: Cast, team: Team) -> None:
    cast.give_factor(cast.ada)
    ada, carl = cast.sign_in(cast.ada), cast.sign_in(team.member)
    ada.submit(f"{team.path}/second-factor", asked="y")
    assert ada.get("/contact").soup.find(attrs={"name": "shared_with"})
    assert carl.get("/contact").soup.find(attrs={"name": "shared_with"}) is None


def test_nothing_is_shared_with_somebody_elses_organisation(
    cast: Cast, team: Team, found: Callable[..., uuid.UUID], client: Visitor
) -> None:
    other = found("Spindles", owner=cast.ben)
    carl = cast.sign_in(team.member)
    page = carl.get("/contact")
    for place in (str(other), "looms", str(uuid.uuid4())):
        refused = carl.send(page, action="/contact", **WRITTEN, shared_with=place)
        assert refused.status == 422 and "It hums a secret tune." in refused.text
    ben = cast.sign_in(cast.ben)
    for browser in (client, cast.sign_in(team.billing)):
        sent = browser.send(
            browser.get("/contact"),
            action="/contact",
            **WRITTEN,
            name="Eve",
            email="eve@example.com",
            shared_with=str(other),
        )
        assert sent.status == 200
    assert "Loom stuck" not in ben.get(f"/organisation/{other}/tickets").text


def test_whoever_is_removed_as_they_send_is_told_and_keeps_their_words(
    cast: Cast, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    carl = cast.sign_in(team.member)
    page = carl.get("/contact")
    lock_for = standings.lock_for

    def removed(*args: object) -> object:
        db.session.execute(delete(Membership).where(Membership.id == team.places["member"]))
        return lock_for(*args)

    monkeypatch.setattr(standings, "lock_for", removed)
    refused = carl.send(page, action="/contact", **WRITTEN, shared_with=str(team.id))
    assert refused.status == 422 and "You can’t share with this organisation any more" in refused.text
    assert "It hums a secret tune." in refused.text and "Loom stuck" not in carl.get("/support").text


def test_a_quoted_ticket_stays_with_whom_it_was(cast: Cast, team: Team) -> None:
    carl = cast.sign_in(team.member)
    first = carl.submit("/contact", **WRITTEN)
    reference = first.soup.find("dd").text
    second = carl.submit("/contact", subject=f"About {reference}", message="Still.", shared_with=str(team.id))
    assert second.path == first.path and "Only you and our team see this ticket." in second.text
