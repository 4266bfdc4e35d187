"""The name is a bar: every right is at most three clicks from the page a customer lands on after sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from portal.privacy.models import Right
from tests.conftest import Page, Visitor
from tests.organisations.conftest import Team, found, team
from tests.people import Cast

__all__ = ["found", "team"]

CLICKS = 3
RIGHTS = {
    "see what is held": ("GET", "/settings/privacy"),
    "take a copy": ("POST", "/settings/privacy/export"),
    "delete everything": ("POST", "/settings/privacy/delete"),
    "correct name, language and time zone": ("POST", "/settings/profile"),
    "correct the address": ("POST", "/settings/email"),
    "correct the photo": ("POST", "/settings/avatar"),
    "object, and leave the newsletter": ("POST", "/settings/communication"),
    "see who looked": ("GET", "/settings/privacy/who-looked"),
    "see one's visits": ("GET", "/settings/privacy/visits"),
    "see what one asked for": ("GET", "/settings/privacy/requests"),
    "change the password": ("POST", "/settings/password"),
    "say that it wasn't me": ("POST", "/settings/not-me"),
    "decide about analytics": ("POST", "/consent"),
    "ask a person": ("POST", "/contact"),
    "restrict every use": ("POST", "/settings/privacy/restriction/on"),
    "delete by a standing order": ("GET", "/settings/privacy/orders"),
    "read the policy": ("GET", "/privacy"),
    "see whether promises are kept": ("GET", "/promises"),
}
SEVEN = {
    "access": ("GET", "/settings/privacy/data"),
    "copy": ("POST", "/settings/privacy/export"),
    "correction": ("POST", "/settings/profile"),
    "deletion": ("POST", "/settings/privacy/delete"),
    "restriction": ("POST", "/settings/privacy/restriction/on"),
    "objection": ("POST", "/settings/communication"),
    "complaint": ("POST", "/settings/privacy/requests/new"),
}
"""The rights that a request can be about, each where a customer uses it."""
OF_AN_OWNER = {
    "see who is in it": ("GET", "/members"),
    "see what happened": ("GET", "/activity"),
    "invite": ("POST", "/invitations"),
    "change a role": ("POST", "/members/…/role"),
    "remove somebody": ("POST", "/members/…/remove"),
    "rename it": ("POST", "/name"),
    "leave": ("POST", "/leave"),
    "dissolve it": ("POST", "/dissolve"),
}
OF_A_MEMBER = {
    "see who is in it": ("GET", "/members"),
    "see who sees them": ("GET", "/members/…"),
    "leave": ("POST", "/leave"),
}
"""What somebody may do in an organisation, and where below its page."""
Step = tuple[str, str]


def ways_on(page: Page) -> Iterator[Step]:
    """Yield what one click on this page can do: open an own page, or press the button of a form."""
    for link in page.soup.find_all("a", href=True):
        target = urlsplit(urljoin(page.path, str(link["href"])))
        if not target.netloc:
            yield "GET", target.path
    for form in page.soup.find_all("form", method="post"):
        yield "POST", urlsplit(urljoin(page.path, str(form.get("action") or page.path))).path


def clicks_from(start: str, visitor: Visitor, *, most: int) -> dict[Step, int]:
    """Return how many clicks each step is away from a page."""
    away: dict[Step, int] = {("GET", start): 0}
    edge = [start]
    for click in range(1, most + 1):
        found = {step for path in edge for step in ways_on(visitor.get(path))} - set(away)
        away.update(dict.fromkeys(found, click))
        edge = sorted(path for method, path in found if method == "GET" and not path.startswith("/static/"))
    return away


@pytest.fixture
def away(app: Flask, cast: Cast) -> dict[Step, int]:
    return clicks_from("/home", cast.sign_in(cast.ada), most=CLICKS)


def test_every_right_is_at_most_three_clicks_from_home(away: dict[Step, int]) -> None:
    too_far = [right for right, step in RIGHTS.items() if away.get(step, CLICKS + 1) > CLICKS]
    assert not too_far


def test_seeing_one_s_data_is_one_click(away: dict[Step, int]) -> None:
    assert away["GET", "/settings/privacy"] == 1


def test_each_of_the_seven_rights_of_the_queue_is_at_most_three_clicks_from_home(away: dict[Step, int]) -> None:
    assert {str(right) for right in Right} == set(SEVEN)
    assert [right for right, step in SEVEN.items() if away.get(step, CLICKS + 1) > CLICKS] == []


@pytest.mark.parametrize(("who", "may"), [("owner", OF_AN_OWNER), ("member", OF_A_MEMBER)], ids=["owner", "member"])
def test_what_one_may_do_in_an_organisation_is_at_most_three_clicks_from_home(
    cast: Cast, team: Team, who: str, may: dict[str, Step]
) -> None:
    away = clicks_from("/home", cast.sign_in(getattr(team, who)), most=CLICKS)
    steps = {(method, path.replace(f"{team.places['member']}", "…")): click for (method, path), click in away.items()}
    assert [deed for deed, (method, path) in may.items() if steps.get((method, team.path + path), CLICKS + 1) > CLICKS] == []


def test_without_an_account_all_seven_are_on_one_form_three_clicks_from_the_start(app: Flask) -> None:
    guest = Visitor(app)
    assert clicks_from("/", guest, most=CLICKS).get(("POST", "/privacy/request"), CLICKS + 1) <= CLICKS
    offered = {option["value"] for option in guest.get("/privacy/request").soup.select("#kind option") if option["value"]}
    assert offered == set(SEVEN)
