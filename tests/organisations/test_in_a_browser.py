"""Owner, Member, Billing Administrator and outsider in a real browser: with and without a script, phone and desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe, focus_is_visible, follow, html_faults, overflows, sign_in, tab_order
from tests.conftest import Outbox
from tests.organisations.conftest import Team
from tests.people import Cast, Somebody

# Pages look the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGES = ("", "/name", "/members", "/invitations", "/activity", "/leave", "/dissolve")
OF_A_MEMBER = ("", "/role", "/remove")


def looks_right(page: Page, *, javascript: bool) -> None:
    assert not javascript or axe(page) == [], page.url
    assert not overflows(page), page.url


@pytest.fixture
def page_of(open_page: Callable[..., Page], cast: Cast) -> Callable[..., Page]:
    """Open a real browser in which somebody is signed in."""

    def open_as(person: Somebody, **options: object) -> Page:
        page = open_page(**options)
        sign_in(page, cast.sign_in(person))
        return page

    return open_as


@pytest.mark.parametrize(("javascript", "device", "scheme"), [(True, "phone", "dark"), (False, "desktop", "light")])
def test_from_founding_to_dissolving(
    page_of: Callable[..., Page], cast: Cast, outbox: Outbox, javascript: bool, device: str, scheme: str
) -> None:
    how = {"javascript": javascript, "device": device, "scheme": scheme}
    ada, ben = page_of(cast.ada, **how), page_of(cast.ben, **how)
    ada.goto("/organisation")
    follow(ada.get_by_role("link", name="Create organisation"))
    ada.get_by_label("Name of the organisation").fill("Looms & Daughters")
    follow(ada.get_by_role("button", name="Create organisation"))
    expect(ada.get_by_role("heading", name="Looms & Daughters")).to_be_visible()
    looks_right(ada, javascript=javascript)
    follow(ada.locator("main").get_by_role("link", name="Invite someone"))
    ada.get_by_label("Email address").fill(cast.ben.email)
    ada.get_by_label("Role").select_option("member")
    follow(ada.get_by_role("button", name="Send invitation"))
    expect(ada.get_by_text(f"Invitation sent to {cast.ben.email}.")).to_be_visible()
    looks_right(ada, javascript=javascript)

    ben.goto(outbox.last(cast.ben.email).link("/invitation/"))
    looks_right(ben, javascript=javascript)
    follow(ben.get_by_role("button", name="Join"))
    expect(ben.get_by_text("Welcome. You’ve joined the organisation.")).to_be_visible()
    follow(ben.locator("main").get_by_role("link", name="See who"))
    expect(ben.get_by_role("link", name="Ada Threadgold")).to_be_visible()
    looks_right(ben, javascript=javascript)

    ada.goto("/home")
    follow(ada.locator("#organisations").get_by_role("link", name="Members"))
    follow(ada.get_by_role("link", name="Remove Ben Selvedge"))
    looks_right(ada, javascript=javascript)
    follow(ada.get_by_role("button", name="Remove from organisation"))
    expect(ada.get_by_text("Removed. They no longer see anything of the organisation.")).to_be_visible()
    ben.reload()
    expect(ben.get_by_role("heading", name="Page not found")).to_be_visible()

    follow(ada.get_by_role("navigation", name="Organisation").get_by_role("link", name="Overview"))
    follow(ada.get_by_role("link", name="Dissolve organisation"))
    ada.get_by_label("Yes, dissolve this organisation").check()
    follow(ada.get_by_role("button", name="Dissolve organisation"))
    expect(ada.get_by_text("This organisation is going to be dissolved on")).to_be_visible()
    looks_right(ada, javascript=javascript)
    ada.goto(outbox.last(cast.ada.email).link("/organisation/keep/"))
    looks_right(ada, javascript=javascript)
    follow(ada.get_by_role("button", name="Keep the organisation"))
    expect(ada.get_by_text("The organisation stays.")).to_be_visible()


def test_a_billing_administrator_sees_no_members_and_an_outsider_nothing(
    page_of: Callable[..., Page], cast: Cast, team: Team
) -> None:
    bea = page_of(team.billing)
    bea.goto(team.path)
    expect(bea.get_by_role("heading", name="Looms")).to_be_visible()
    expect(bea.get_by_text("Carl Warp")).to_have_count(0)
    expect(bea.get_by_role("navigation", name="Organisation").get_by_role("link")).to_have_count(1)
    ben = page_of(cast.ben)
    for path in (team.path, f"{team.path}/members"):
        ben.goto(path)
        expect(ben.get_by_role("heading", name="Page not found")).to_be_visible()


@pytest.mark.parametrize(("device", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_each_page_is_whole(page_of: Callable[..., Page], cast: Cast, team: Team, device: str, scheme: str) -> None:
    page, faults, texts = page_of(cast.ada, device=device, scheme=scheme), [], {}
    cast.sign_in(cast.ada).submit(f"{team.path}/invitations", email="dora@example.com", role="billing")
    for path in (*(team.path + each for each in PAGES), *(team.place("member") + each for each in OF_A_MEMBER)):
        page.goto(path)
        texts[path] = cast.sign_in(cast.ada).client.get(path).text
        faults += [f"{path}: {fault}" for fault in axe(page)]
        faults += [f"{path}: wider than the window"] if overflows(page) else []
        order = tab_order(page, each=lambda: focus_is_visible(page))
        faults += [f"{path}: no visible focus on {name!r}" for name, visible in order if not visible]
    assert faults == []
    assert not html_faults(texts)
