"""On a phone, without a script: the main menu is there, the settings' menu is whole, and one sees where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sign_in
from tests.pages.test_map import BELOW, MENU, SETTINGS
from tests.people import Cast

# Pages look the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(params=[320, 390, 820])
def phone(request: pytest.FixtureRequest, open_page: Callable[..., Page], cast: Cast) -> Page:
    """Ada's phone or tablet, which runs no script."""
    page = open_page(device="phone", javascript=False)
    page.set_viewport_size({"width": request.param, "height": 700})
    sign_in(page, cast.sign_in(cast.ada))
    return page


def rows(page: Page, menu: str) -> int:
    """Return on how many lines the entries of a menu stand, all of them within the window."""
    boxes = [link.bounding_box() for link in page.get_by_role("navigation", name=menu).get_by_role("link").all()]
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 44 for box in boxes)
    return len({round(box["y"]) for box in boxes if box})


def test_the_main_menu_stays_in_the_settings(phone: Page) -> None:
    for path in SETTINGS.values():
        phone.goto(path)
        for name in MENU:
            expect(phone.get_by_role("navigation", name="Portal").get_by_role("link", name=name)).to_be_visible()
        assert rows(phone, "Portal") == 1
        assert rows(phone, "Settings") <= 3
        expect(phone.get_by_role("navigation", name="Settings").locator("[aria-current=page]")).to_be_visible()


def test_below_the_settings_the_breadcrumb_takes_the_place_of_their_menu(phone: Page) -> None:
    for path in BELOW:
        phone.goto(path)
        expect(phone.get_by_role("navigation", name="Breadcrumb")).to_be_visible()
        expect(phone.get_by_role("navigation", name="Settings")).not_to_be_visible()
        assert rows(phone, "Portal") == 1
