"""The comforts of static/js/portal.js, and the way in by keyboard alone, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, Request, Route, expect

from tests.browser import focus_is_visible, focused, sign_in, tab_to
from tests.people import Cast

# Scripts and keys work the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FORGET = 10_000  # milliseconds after which the script forgets that a form was sent
COME_BACK = "() => dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def posts(page: Page) -> list[Request]:
    """Collect what the page posts from now on."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if request.method == "POST" else None)
    return found


def leave_in_place(page: Page, address: str) -> list[Route]:
    """Answer each POST to `address` with nothing, as a file does: the page stays where it is."""
    seen: list[Route] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        seen.append(route)
        return route.fulfill(status=204)

    page.route(address, answer)
    return seen


def test_a_password_is_shown_and_hidden_and_goes_out_hidden(page: Page, cast: Cast) -> None:
    page.goto("/login")
    field = page.get_by_label("Password", exact=True)
    field.fill(cast.ada.password)
    page.get_by_role("button", name="Show").click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Hide").click()
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show").click()
    leave_in_place(page, "**/login")
    field.press("Enter")
    expect(field).to_have_attribute("type", "password")
    expect(page.get_by_role("button", name="Show")).to_be_visible()


def test_without_scripts_no_button_promises_to_show_the_password(open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    page.goto("/login")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Show")).to_have_count(0)


def test_a_form_pressed_twice_is_sent_once(page: Page) -> None:
    page.goto("/newsletter")
    page.get_by_label("Email address").fill("reader@example.com")
    sent = leave_in_place(page, "**/newsletter")
    button = page.get_by_role("button", name="Send confirmation link")
    button.dblclick()
    expect(button).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Enter")
    assert len(sent) == 1


def test_a_form_can_be_sent_again_when_its_page_comes_back_from_the_cache(page: Page) -> None:
    page.goto("/newsletter")
    page.get_by_label("Email address").fill("reader@example.com")
    sent = leave_in_place(page, "**/newsletter")
    button = page.get_by_role("button", name="Send confirmation link")
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    page.evaluate(COME_BACK)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    assert len(sent) == 2


def test_a_form_that_left_the_page_in_place_can_be_sent_again_after_a_while(page: Page) -> None:
    page.clock.install()
    page.goto("/newsletter")
    sent = leave_in_place(page, "**/newsletter")
    button = page.get_by_role("button", name="Send confirmation link")
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    page.clock.fast_forward(FORGET)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    assert len(sent) == 2


def test_back_leads_to_a_form_that_works(page: Page) -> None:
    sent = posts(page)
    page.goto("/newsletter")
    page.get_by_label("Email address").fill("reader@example.com")
    page.get_by_role("button", name="Send confirmation link").click()
    expect(page).to_have_url("http://localhost/newsletter/email-sent")
    page.go_back()
    page.get_by_label("Email address").fill("another@example.com")
    page.get_by_role("button", name="Send confirmation link").click()
    expect(page).to_have_url("http://localhost/newsletter/email-sent")
    assert len(sent) == 2


def test_progress_is_asked_for_until_the_work_has_ended(page: Page, cast: Cast, run_jobs: Callable[[], int]) -> None:
    sign_in(page, cast.sign_in(cast.ada))
    answers: list[dict[str, object]] = [
        {"done": 3, "total": 10, "state": "running", "said": "30% · about 2 minutes left"},
        {"done": 7, "total": 10, "state": "running", "said": "70% · less than a minute left"},
        {"done": 10, "total": 10, "state": "ready"},
    ]
    page.clock.install()
    page.route("**/progress", lambda route: route.fulfill(json=answers.pop(0)))
    page.goto("/settings/privacy")
    page.get_by_role("button", name="Prepare my download").click()
    bar, copy = page.locator("progress"), page.locator("main")
    expect(bar).to_be_visible()
    expect(page.get_by_role("link", name="Reload this page")).to_be_hidden()
    for wait, figure in ((250, "30% · about 2 minutes left"), (375, "70% · less than a minute left")):
        page.clock.run_for(wait)
        expect(copy).to_contain_text(figure)
    expect(bar).to_have_js_property("value", 7)
    run_jobs()
    page.clock.run_for(1000)
    expect(copy).to_contain_text("Your download is ready")
    assert answers == []


def test_progress_is_asked_for_more_slowly_while_nobody_answers(page: Page, cast: Cast) -> None:
    sign_in(page, cast.sign_in(cast.ada))
    asked: list[Route] = []

    def cut(route: Route) -> None:
        asked.append(route)
        if len(asked) == 3:
            return route.fulfill(status=200, json={"done": 1, "total": 2, "state": "running", "said": "50%"})
        return route.abort()

    page.clock.install()
    page.route("**/progress", cut)
    page.goto("/settings/privacy")
    page.get_by_role("button", name="Prepare my download").click()
    expect(page.locator("progress")).to_be_visible()
    for wait, times in ((250, 1), (250, 1), (250, 2), (1000, 3)):
        page.clock.run_for(wait)
        # A busy machine takes its time to send what is due; what is not due is not sent however long one waits.
        for _look in range(50):
            page.wait_for_timeout(100)
            if len(asked) >= times:
                break
        assert len(asked) == times
    expect(page.locator("main")).to_contain_text("50%")


def test_a_key_is_copied_by_one_press(page: Page, cast: Cast) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, cast.sign_in(cast.ada))
    page.goto("/settings/second-factor")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == page.locator("#key").inner_text()


def test_the_keyboard_alone_answers_the_question_signs_in_and_saves(
    app: Flask, page: Page, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.extensions["portal.settings"], ga_measurement_id="G-TEST123456")
    monkeypatch.setitem(app.extensions, "portal.settings", settings)
    page.goto("/terms")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    expect(page.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    tab_to(page, "Refuse", limit=3)
    assert focus_is_visible(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Refuse")).to_have_count(0)

    page.goto("/login")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "Email address", "the link at the top skips the header"
    page.keyboard.type(cast.ada.email)
    tab_to(page, "Password", limit=1)
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_focused()
    expect(page.get_by_label("Email address")).to_have_value(cast.ada.email)
    tab_to(page, "Password", limit=3)
    page.keyboard.type(cast.ada.password)
    tab_to(page, "Sign in", limit=4)
    page.keyboard.press("Space")
    expect(page).to_have_url("http://localhost/home")

    tab_to(page, "Email preferences", limit=30)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Email preferences")
    tab_to(page, "Newsletter", limit=20)
    page.keyboard.press("Space")
    tab_to(page, "Save", limit=12)
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.get_by_label("Newsletter")).to_be_checked()
