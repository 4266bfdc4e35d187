"""In a real browser: statistics refused, granted and withdrawn, with and without scripts, on a desk and on a phone."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser import axe, focus_is_visible, overflows, tab_to

ID = "G-TEST123456"
GOOGLE = ("www.googletagmanager.com",)


@pytest.fixture(autouse=True)
def measured(app, monkeypatch):
    """The portal with a measurement id."""
    settings = replace(app.extensions["portal.settings"], ga_measurement_id=ID)
    monkeypatch.setitem(app.extensions, "portal.settings", settings)


def cookies(page):
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def press(page, label):
    page.locator(".pick").get_by_role("button", name=label).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_refused(open_page, javascript):
    page = open_page(javascript=javascript)
    page.goto("/terms")
    expect(page.locator(".banner")).to_be_visible()
    press(page, "Refuse")
    assert page.url.endswith("/terms")
    expect(page.get_by_role("status").filter(has_text="We won’t count your visits")).to_be_visible()
    for path in ("/privacy", "/vendors", "/terms"):
        page.goto(path)
        assert page.locator(".banner").count() == 0
    assert page.recorder.outside == []
    assert set(cookies(page)) == {"portal", "consent"}


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_granted_then_withdrawn(open_page, javascript):
    page = open_page(javascript=javascript, allow_hosts=GOOGLE)
    page.goto("/terms")
    assert page.recorder.outside == []
    press(page, "Accept")
    assert page.url.endswith("/terms")
    assert page.recorder.outside == ([f"https://www.googletagmanager.com/gtag/js?id={ID}"] if javascript else [])
    page.context.add_cookies(
        [{"name": name, "value": "GA1.1.1.1", "url": "http://localhost"} for name in ("_ga", "_ga_TEST123456")]
    )
    page.goto("/cookies")
    expect(page.get_by_text("You accepted analytics")).to_be_visible()
    asked = len(page.recorder.outside)
    press(page, "Refuse")
    expect(page.get_by_text("You refused analytics")).to_be_visible()
    assert set(cookies(page)) == {"portal", "consent"}
    page.goto("/privacy")
    assert len(page.recorder.outside) == asked


def test_what_google_is_told_is_the_narrowest(open_page):
    page = open_page(allow_hosts=GOOGLE)
    page.goto("/cookies")
    press(page, "Accept")
    page.goto("/terms")
    told = page.evaluate("() => window.dataLayer.map(entry => Array.from(entry))")
    consent = next(entry for entry in told if entry[:2] == ["consent", "default"])[2]
    assert {name for name, state in consent.items() if state == "granted"} == {"analytics_storage"}
    _config, measurement_id, options = next(entry for entry in told if entry[0] == "config")
    assert measurement_id == ID
    assert options["allow_google_signals"] is False
    assert options["allow_ad_personalization_signals"] is False
    assert options["cookie_domain"] == "none"
    assert 0 < options["cookie_expires"] <= 182 * 86400
    assert options["page_location"] == "http://localhost/terms"
    assert "user_id" not in options
    assert [entry for entry in told if entry[0] == "event"] == []


def test_global_privacy_control_is_not_asked_and_nothing_is_loaded(open_page):
    page = open_page(global_privacy_control=True)
    page.goto("/terms")
    assert page.locator(".banner").count() == 0
    page.goto("/cookies")
    expect(page.get_by_text("We treat that as a refusal")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/promises"])
@pytest.mark.parametrize(
    ("device", "width", "most"),
    [("desktop", 1280, 66), ("phone", 390, 100), ("phone", 375, 100), ("phone", 360, 100), ("phone", 320, 100)],
)
def test_the_question_stands_at_the_foot_of_the_window_in_two_lines_at_most(open_page, device, width, most, path):
    page = open_page(device=device)
    page.set_viewport_size({"width": width, "height": page.viewport_size["height"]})
    page.goto(path)
    height, top, bottom, on_top = page.locator(".banner").evaluate(
        """banner => {
          const box = banner.getBoundingClientRect(), middle = [box.width / 2, box.top + 4];
          return [box.height, box.top, box.bottom, document.elementFromPoint(...middle) === banner];
        }"""
    )
    assert height <= most
    assert bottom == page.viewport_size["height"]
    assert on_top, "something of the page lies over it"
    if device == "phone":
        lines = page.locator(".banner p, .banner a, .banner button").evaluate_all(
            """all => [...new Set(all.map(each => {
              const box = each.getBoundingClientRect();
              return Math.round(box.top + box.height / 2);
            }))]"""
        )
        assert len(lines) == 2
        assert page.locator(".banner p").evaluate("p => p.getClientRects().length") == 1
        assert top > 0.85 * page.viewport_size["height"]


@pytest.mark.parametrize("device", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_answers_look_alike_and_stand_in_reach(open_page, device, scheme):
    page = open_page(device=device, scheme=scheme)
    page.goto("/terms")
    looks = page.evaluate(
        """() => [...document.querySelectorAll('.banner button')].map(button => {
          const box = button.getBoundingClientRect(), style = getComputedStyle(button);
          return [Math.round(box.width), Math.round(box.height), Math.round(box.top), style.color, style.backgroundColor,
                  style.borderColor, style.fontSize, style.fontWeight];
        })"""
    )
    assert len(looks) == 2
    assert looks[0] == looks[1]
    assert not overflows(page)
    assert axe(page) == []


def test_the_keyboard_reaches_the_refusal_before_anything_else(page):
    page.goto("/terms")
    tab_to(page, "About cookies", limit=2)
    tab_to(page, "Refuse", limit=1)
    assert focus_is_visible(page)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.get_by_role("status").filter(has_text="We won’t count your visits").wait_for()


def test_the_newsletter_in_and_out_without_scripts(open_page, outbox):
    page = open_page(javascript=False)
    page.goto("/newsletter")
    page.get_by_label("Email address").fill("ida@example.com")
    page.get_by_role("button", name="Send confirmation link").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    page.goto(outbox.last("ida@example.com").link("/newsletter/confirm/"))
    page.get_by_role("button", name="Confirm subscription").click()
    expect(page.get_by_role("heading", name="You’re subscribed")).to_be_visible()
    page.goto(outbox.last("ida@example.com").link("/newsletter/unsubscribe/"))
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You’re unsubscribed")).to_be_visible()
