"""Every page, in a real browser: axe finds nothing, the HTML is valid, nothing sticks out, the keyboard reaches all."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.kit.actor import Role
from tests.browser import axe, focus_is_visible, html_faults, overflows, paths, sign_in, tab_order
from tests.conftest import Visitor
from tests.people import Cast

# Pages look the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LOOKS = [("desktop", "light"), ("phone", "dark")]  # each width and each set of colours once
GATES = {"public": ["public"], "customer": ["signed in", "fresh"], "staff": ["staff"], "officer": ["staff"]}
ROLES = {"staff": Role.SUPPORT, "officer": Role.PRIVACY}


@pytest.fixture
def visitor_as(cast: Cast) -> Callable[[str], Visitor]:
    """Return a browser without a window, signed in as somebody who sees the pages of a gate."""

    def visitor(who: str) -> Visitor:
        staff = {"staff": lambda: cast.sam, "officer": lambda: cast.pia}
        return cast.sign_in_staff(staff[who]()) if who in staff else cast.sign_in(cast.ada)

    return visitor


@pytest.fixture
def page_as(app: Flask, open_page: Callable[..., Page], visitor_as: Callable[[str], Visitor]) -> Callable[..., Page]:
    """Open a real page as nobody ("public"), as a customer or as staff."""

    def open_as(who: str, **options: object) -> Page:
        page = open_page(**options)
        if who != "public":
            sign_in(page, visitor_as(who))
        return page

    return open_as


# Pages that make sense in the middle of a journey only, and send on whoever opens them out of order.
SENDS_ON = {
    "/login/second-factor",
    "/login/lost-phone",
    "/login/recovery-code",
    "/login/lost-factor",
    "/login/lost-factor/request",
    "/settings/second-factor/save-codes",
    "/settings/second-factor/codes",
    "/settings/second-factor/replace",
    "/settings/second-factor/lost",
    # For whose account is disabled, and nobody else.
    "/account-disabled",
    "/account-disabled/appeal",
}


def html_pages(app: Flask, who: str) -> list[str]:
    """Return the addresses of the pages that a person behind a gate sees. Fails when there is none."""
    found = paths(app, *GATES[who], role=ROLES.get(who))
    found = [path for path in found if not path.startswith(("/.well-known", "/dev/mailbox.json", "/proof/"))]
    found = [path for path in found if path not in {"/healthz", "/readyz", "/metrics", "/settings/avatar/photo"}]
    assert found
    return found


@pytest.mark.parametrize("who", GATES)
@pytest.mark.parametrize(("device", "scheme"), LOOKS)
def test_axe_finds_nothing_and_nothing_sticks_out(
    app: Flask, page_as: Callable[..., Page], who: str, device: str, scheme: str
) -> None:
    page = page_as(who, device=device, scheme=scheme)
    faults = []
    for path in html_pages(app, who):
        page.goto(path)
        if urlsplit(page.url).path != path and path not in SENDS_ON:
            faults.append(f"{path}: sends on to {page.url}")
        faults += [f"{path}: {fault}" for fault in axe(page)]
        faults += [f"{path}: wider than the window"] if overflows(page) else []
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", GATES)
def test_every_page_is_valid_html(app: Flask, client: Visitor, visitor_as: Callable[[str], Visitor], who: str) -> None:
    visitor = client if who == "public" else visitor_as(who)
    pages = {path: visitor.client.get(path, follow_redirects=True) for path in html_pages(app, who)}
    assert all(answer.mimetype == "text/html" for answer in pages.values())
    faults = html_faults({path: answer.text for path, answer in pages.items()})
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", GATES)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(app: Flask, page_as: Callable[..., Page], who: str) -> None:
    page = page_as(who)
    faults = []
    for path in html_pages(app, who):
        page.goto(path)
        # A field that only a password manager reads is in nobody's way.
        reachable = page.locator(
            "a[href]:visible, button:visible, input:not([type=hidden], [type=radio], .unseen):visible, select:visible, "
            "textarea:visible, summary:visible"
        ).count()
        order = tab_order(page, each=lambda: focus_is_visible(page))
        faults += [f"{path}: no visible focus on {name!r}" for name, visible in order if not visible]
        if len(order) < reachable:
            faults.append(f"{path}: Tab reaches {len(order)} of {reachable}: {[name for name, _ in order]}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", GATES)
def test_every_page_opens_without_scripts(app: Flask, page_as: Callable[..., Page], who: str) -> None:
    page = page_as(who, javascript=False)
    for path in html_pages(app, who):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("h1").count() == 1, path
