"""A licence from the home page to a machine without a network and back, in a real browser, with and without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portal.licences.models import Licence
from tests.browser import axe, follow, overflows, sign_in
from tests.licences.conftest import Team
from tests.people import Cast

# Pages look the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MACHINE = "0123456789abcdef" * 2


def looks_right(page: Page, *, javascript: bool) -> None:
    assert not javascript or axe(page) == [], page.url
    assert not overflows(page), page.url


@pytest.mark.parametrize(("javascript", "device", "scheme"), [(True, "phone", "dark"), (False, "desktop", "light")])
def test_from_home_to_a_machine_and_back(
    open_page: Callable[..., Page], cast: Cast, team: Team, licence: Licence, javascript: bool, device: str, scheme: str
) -> None:
    ada = open_page(javascript=javascript, device=device, scheme=scheme)
    sign_in(ada, cast.sign_in(team.owner))
    ada.goto("/home")
    follow(ada.locator("#organisations").get_by_role("link", name="Licences"))
    expect(ada.get_by_role("heading", name="Licences", level=1)).to_be_visible()
    looks_right(ada, javascript=javascript)
    follow(ada.get_by_role("link", name="Production system"))
    expect(ada.get_by_role("heading", name="Production system")).to_be_visible()
    looks_right(ada, javascript=javascript)
    with ada.expect_download() as fetched:
        ada.get_by_role("link", name="Download licence file").click()
    assert fetched.value.path().read_text() == licence.file
    follow(ada.get_by_role("link", name="Activate a machine without a network"))
    follow(ada.get_by_role("button", name="Activate"))
    expect(ada.get_by_role("alert")).to_be_visible()
    looks_right(ada, javascript=javascript)
    ada.get_by_label("Request from the machine").fill(MACHINE)
    follow(ada.get_by_role("button", name="Activate"))
    expect(ada.get_by_role("img", name="QR code of the activation file")).to_be_visible()
    expect(ada.get_by_text(MACHINE)).to_be_visible()
    looks_right(ada, javascript=javascript)
    follow(ada.get_by_role("button", name="Deactivate"))
    expect(ada.get_by_text("Deactivated. The seat is free again.")).to_be_visible()
    expect(ada.get_by_text("0 of 2")).to_be_visible()
    looks_right(ada, javascript=javascript)
