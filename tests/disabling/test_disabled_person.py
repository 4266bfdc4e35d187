"""What somebody whose account is disabled may open: every right over their data, and nothing else (P23–P33, P38)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from portal.kit import access
from portal.kit.access import Gate
from tests.conftest import Outbox, Visitor
from tests.disabling.conftest import WHY
from tests.organisations.conftest import Team, found, team
from tests.people import Cast
from tests.rules.gates import SIGNED_IN, gathered

__all__ = ["found", "team"]

STAYS_OPEN = {
    *("disabling.disabled", "disabling.appeal", "accounts.confirm_identity", "recovery.not_me", "settings.communication"),
    *("accounts.profile", "accounts.avatar", "accounts.remove_avatar", "accounts.avatar_photo", "accounts.password"),
    *("accounts.security", "accounts.delete_history", "accounts.revoke_session", "accounts.revoke_others", "traffic.mine"),
}
"""What stays open besides every page of privacy, stated once more by hand."""


def closed(app: Flask) -> set[str]:
    """Return the endpoints that somebody signed in may not open once they are disabled."""
    views = app.view_functions
    mine = {name for name in views if access.tag_of(app, name).gate is not Gate.PUBLIC}
    return {name for name in mine if not hasattr(views[name], "open_while_disabled")}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_open_is_what_is_said_here(app: Flask) -> None:
    mine = {name for name in app.view_functions if access.tag_of(app, name).gate is not Gate.PUBLIC}
    # A leaving pack is the organisation's, and no right of the person.
    privacy = {name for name in mine if name.startswith("privacy.") and "leaving_pack" not in name}
    assert mine - closed(app) == STAYS_OPEN | privacy
    assert {name for name, gate in gathered("DOORS").items() if gate == SIGNED_IN} & closed(app)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_other_address_leads_to_the_one_page(app: Flask, cast: Cast, disable: Callable) -> None:
    disable()
    ada = cast.sign_in(cast.ada)
    token = ada.get("/account-disabled/appeal").fields()["csrf_token"]
    for rule in app.url_map.iter_rules():
        if rule.endpoint in closed(app):
            values = {name: uuid.uuid4() if "uuid:" in rule.rule else "x" for name in rule.arguments}
            path = str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]  # it has all its values
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                data = {"csrf_token": token} if method == "POST" else None
                answer = ada.client.open(path, method=method, data=data, base_url="http://localhost")
                assert (answer.status_code, answer.headers.get("Location")) == (303, "/account-disabled"), (method, path)


@pytest.mark.both_databases
def test_they_sign_in_read_who_why_and_since_when_and_use_their_rights(
    cast: Cast, disable: Callable, client: Visitor, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    disable()
    page = client.submit("/login", email=cast.ada.email, password=cast.ada.password)
    assert page.path == "/account-disabled" and WHY in page.text
    assert "Two senior members of our team" in page.text and "Sena" not in page.text and "Hugo" not in page.text
    assert client.get("/settings/privacy/data").status == 200
    client.submit("/settings/privacy", action="/settings/privacy/export")
    run_jobs()
    assert outbox.last(cast.ada.email).link("/settings/privacy/export/")
    assert client.get("/settings/privacy/requests/new").status == 200
    assert client.submit("/settings/privacy/delete", confirm="y").status == 200


@pytest.mark.both_databases
def test_a_copy_that_was_being_prepared_and_a_request_go_on(cast: Cast, disable: Callable, outbox: Outbox) -> None:
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/privacy/requests/new", kind="complaint", message="You email me too often.")
    disable()
    page = cast.sign_in(cast.ada).get("/settings/privacy/requests")
    assert "withdrawn" not in page.soup.main.text.lower()


@pytest.mark.both_databases
def test_whoever_is_not_disabled_has_no_such_page(cast: Cast) -> None:
    assert cast.sign_in(cast.ada).get("/account-disabled").path == "/home"


@pytest.mark.both_databases
def test_their_organisation_counts_as_having_no_owner_and_its_people_are_told(
    cast: Cast, team: Team, disable: Callable, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    ada = cast.sign_in(team.owner)
    ada.submit(f"{team.path}/invitations", email="dora@example.com", role="member")
    link = outbox.last("dora@example.com").link("/invitation/")
    disable(team.owner)
    run_jobs()
    for person in (team.member, team.billing):
        assert outbox.last(person.email).subject == "Looms has no Owner who can act"
    assert not [each for each in outbox.to(team.owner.email) if "no Owner" in each.subject]
    assert cast.sign_in(cast.ben).get(link).status == 410
    assert "only Owner" not in cast.sign_in(team.owner).get("/settings/privacy/delete").text


@pytest.mark.both_databases
def test_nobody_is_told_where_another_owner_acts(
    cast: Cast, team: Team, disable: Callable, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    ada = cast.sign_in(team.owner)
    ada.submit(f"{team.place('member')}/role", role="owner")
    disable(team.owner)
    run_jobs()
    assert not [each for each in outbox.to(team.billing.email) if "no Owner" in each.subject]
    carl = cast.sign_in(team.member)
    assert "An organisation always has an Owner" in carl.submit(f"{team.path}/leave").text


@pytest.mark.both_databases
def test_their_copy_holds_the_decision_without_who_made_it(cast: Cast, disable: Callable) -> None:
    disable()
    page = cast.sign_in(cast.ada).get("/settings/privacy/data/disabling")
    assert WHY in page.text and "Sena" not in page.text
