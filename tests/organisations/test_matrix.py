"""Two organisations and an outsider: every address, every role, reads and writes. Nobody crosses (P35, v5.0.0-8.2.1).

The matrix is stated here once more, by hand, and compared with what the gates let through.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from portal.kit import access
from portal.kit.db import db
from portal.organisations.claim import CLAIM
from portal.organisations.models import Organisation
from tests.conftest import Visitor
from tests.organisations.conftest import Team
from tests.people import Cast
from tests.rules.gates import ORGANISATION, gathered

EVERYBODY, PEOPLE, OWNERS = {"owner", "billing", "member"}, {"owner", "member"}, {"owner"}
MATRIX = {
    "organisations.organisation": EVERYBODY,
    "organisations.leave": EVERYBODY,
    "organisations.set_up_second_factor": EVERYBODY,
    "organisations.members": PEOPLE,
    "organisations.member": PEOPLE,
    "support.share": PEOPLE,
    "support.shared_tickets": PEOPLE,
    "support.shared_ticket": PEOPLE,
    "support.shared_file": PEOPLE,
    "organisations.rename": OWNERS,
    "organisations.second_factor": OWNERS,
    "organisations.dissolve": OWNERS,
    "organisations.keep": OWNERS,
    "organisations.recover": PEOPLE,
    "organisations.cancel_recovery": PEOPLE,
    "organisations.change_role": OWNERS,
    "organisations.remove_member": OWNERS,
    "organisations.disable_member": OWNERS,
    "organisations.enable_member": OWNERS,
    "organisations.invitations": OWNERS,
    "organisations.resend_invitation": OWNERS,
    "organisations.revoke_invitation": OWNERS,
    "organisations.join_requests": OWNERS,
    "organisations.open_domain": OWNERS,
    "organisations.close_domain": OWNERS,
    "organisations.join_request": OWNERS,
    "organisations.decline_join_request": OWNERS,
    "organisations.hand_over": OWNERS,
    "organisations.cancel_hand_over": OWNERS,
    "organisations.hand_over_offer": EVERYBODY,
    "organisations.accept_hand_over": EVERYBODY,
    "organisations.decline_hand_over": EVERYBODY,
    "organisations.activity": OWNERS,
    "organisations.activity_file": OWNERS,
    "privacy.leaving_pack": OWNERS,
    "privacy.start_leaving_pack": OWNERS,
    "privacy.delete_leaving_pack": OWNERS,
}
"""Address -> the roles that it opens to, in the organisation that it names."""
WITHOUT_FACTOR = {"organisations.leave", "organisations.set_up_second_factor"}
"""What stays open to whoever lacks the second factor for which the organisation asks."""


def test_the_matrix_is_whole() -> None:
    assert set(MATRIX) == {endpoint for endpoint, gate in gathered("DOORS").items() if gate == ORGANISATION}


@pytest.mark.parametrize("asks", [False, True], ids=["free", "asks"])
@pytest.mark.parametrize("who", ["owner", "billing", "member", "outsider", "owner of another"])
def test_nobody_crosses(
    app: Flask,
    cast: Cast,
    team: Team,
    found: Callable[..., uuid.UUID],
    who: str,
    asks: bool,
    monkeypatch: pytest.MonkeyPatch,
    unit: Callable,
) -> None:
    with unit():
        db.session.get_one(Organisation, team.id).asks_second_factor = asks
    person = cast.ben if who.startswith("o") and who != "owner" else getattr(team, who)
    if who == "owner of another":
        found("Spindles", owner=cast.ben)
    browser = cast.sign_in(person)
    token = browser.get("/settings/profile").fields()["csrf_token"]
    for endpoint in MATRIX:
        monkeypatch.setitem(app.view_functions, endpoint, _stub(app.view_functions[endpoint]))
    opened = {(endpoint, status) for endpoint in MATRIX for status in _tried(app, browser, endpoint, team, token)}
    led = set(MATRIX) - WITHOUT_FACTOR if asks else set()
    answers = {(endpoint, (303 if endpoint in led else 200) if who in roles else 404) for endpoint, roles in MATRIX.items()}
    assert opened == answers


def _stub(view: Callable[..., object]) -> Callable[..., str]:
    def behind(**_values: object) -> str:
        return "in"

    behind.__dict__.update(view.__dict__)
    return behind


def _tried(app: Flask, browser: Visitor, endpoint: str, team: Team, token: str) -> set[int]:
    found = set()
    for rule in app.url_map.iter_rules(endpoint):
        words = {name: uuid.uuid4() for name in rule.arguments} | {access.ORGANISATION: team.id}
        path = str(rule.build(words)[1])  # type: ignore[index]  # it has all its values
        for method in sorted((rule.methods or set()) & {"GET", "HEAD", "POST"}):
            data = {"csrf_token": token} if method == "POST" else None
            found.add(browser.client.open(path, method=method, data=data, base_url="http://localhost").status_code)
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_gate_for_money_opens_to_owners_and_billing_administrators_alone(app: Flask) -> None:
    def view() -> str:
        return ""

    tag = access.billing(view).access_tag  # type: ignore[attr-defined]  # the tag is set on the view
    assert {role.value for role in tag.within} == {"owner", "billing"}


def test_members_and_people_of_another_organisation_are_absent_by_their_ids(
    cast: Cast, team: Team, found: Callable[..., uuid.UUID]
) -> None:
    other = found("Spindles", owner=cast.ben)
    ben = cast.sign_in(cast.ben)
    theirs = [f"/organisation/{other}/members/{team.places['owner']}{page}" for page in ("", "/role", "/remove")]
    assert [ben.get(path).status for path in theirs] == [404, 404, 404]
    assert [ben.get(f"{team.place('owner')}{page}").status for page in ("", "/role", "/remove")] == [404, 404, 404]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_table_of_organisations_is_asked_for_by_whose_it_is(app: Flask) -> None:
    assert [table.name for table in CLAIM.tables if not table.model.__table__.info.get("scope")] == []
