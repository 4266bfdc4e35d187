"""The pages that the stand-in hosts, in a real browser: by keyboard, on a small screen, in the dark; axe finds nothing."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, html_faults, overflows
from tests.standins.shop import DECLINED, GOOD, LATER, Shop


def looks_right(page: Page, heading: str) -> None:
    """Wait for a page and look at it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_text("no money moves")).to_be_visible()
    assert axe(page) == [] and not overflows(page), page.url
    assert html_faults({page.url: page.content()}) == []


def type_card(page: Page, number: str) -> None:
    """Type a card and send the form from the keyboard."""
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry (MM / YY)").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.keyboard.press("Enter")


def test_a_newcomer_buys_is_declined_once_and_looks_after_what_was_bought(browser: Browser, shop: Shop) -> None:
    controls = shop.account.state.url
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme="dark")
    page = context.new_page()
    page.goto(shop.checkout(success_url=f"{controls}/?paid={{CHECKOUT_SESSION_ID}}").url)
    looks_right(page, "Checkout")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Name").fill("Ada Threadgold")
    type_card(page, DECLINED)
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    looks_right(page, "Checkout")
    assert (
        page.get_by_label("Card number").input_value() == ""
        and page.get_by_label("Email").input_value() == "ada@example.com"
    )
    type_card(page, LATER)
    looks_right(page, "Controls")
    page.get_by_role("button", name="Advance clock").click()
    looks_right(page, "Controls")
    customer = shop.api.v1.customers.list().data[0].id
    page.goto(shop.api.v1.billing_portal.sessions.create(params={"customer": customer, "return_url": controls}).url)
    expect(page.get_by_text("past due")).to_be_visible()
    type_card(page, GOOD)
    expect(page.get_by_text("active, renews on")).to_be_visible()
    page.get_by_role("button", name="Cancel subscription").click()
    expect(page.get_by_role("button", name="Renew subscription")).to_be_visible()
    looks_right(page, "Manage billing")
    page.get_by_role("link", name="-0002").click()
    looks_right(page, f"Invoice {shop.api.v1.invoices.list().data[0].number}")
    context.close()
