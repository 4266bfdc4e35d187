"""The pages of settings and lost access in a real browser, on a telephone, with and without JavaScript."""

import io

import pytest
from PIL import Image

from tests.accounts.walk import removal_link, stop_link
from tests.browser import axe, follow, overflows, sign_in


def photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_photo_is_set_and_shown_in_a_circle(open_page, cast, javascript):
    page = open_page(javascript=javascript, device="phone")
    sign_in(page, cast.sign_in(cast.ada))
    page.goto("/settings/avatar")
    page.get_by_label("Photo").set_input_files([photo()])
    page.get_by_role("button", name="Upload photo").click()
    page.get_by_text("Photo updated.").wait_for()
    shown = page.locator("main img.avatar")
    if javascript:
        shown.evaluate("image => image.decode()")
        assert shown.evaluate("image => [image.naturalWidth, getComputedStyle(image).borderRadius]") == [256, "50%"]
    assert shown.is_visible()


def test_the_pages_behind_links_are_fit_for_everybody(open_page, cast, client, outbox):
    ada = cast.sign_in(cast.ada)
    client.submit("/forgot-password", email=cast.ada.email)
    email = outbox.last(cast.ada.email)
    addresses = [email.link("reset-password"), email.link("wasnt-me")]
    ada.submit("/settings/email", email="first@example.com")
    ada.submit(outbox.last("first@example.com").link("/email/confirm/"))
    addresses.append(outbox.last(cast.ada.email).link("/email/undo/"))
    ada.submit("/settings/email", email="second@example.com")
    addresses += [
        outbox.last("second@example.com").link("/email/confirm/"),
        outbox.last("first@example.com").link("/email/veto/"),
        "/account-secured",
        "/forgot-password/sent",
        "/report-misuse/sent",
    ]
    page = open_page(device="phone")
    for address in addresses:
        page.goto(address)
        assert axe(page) == [], address
        assert not overflows(page), address


@pytest.mark.parametrize("javascript", [True, False])
def test_who_has_lost_phone_and_codes_gets_back_in(open_page, owner, outbox, live, javascript):
    page = open_page(javascript=javascript, device="phone", scheme="dark")
    sign_in_by_the_page(page, owner)
    page.get_by_role("button", name="Lost your phone? Use a recovery code").click()
    follow(page.get_by_role("button", name="Lost your codes too?"))
    looks_right(page, javascript=javascript)
    page.get_by_role("button", name="Email me the link").click()
    page.get_by_role("heading", name="Check your email").wait_for()
    page.goto(removal_link(outbox, owner))
    looks_right(page, javascript=javascript)
    page.get_by_role("button", name="Turn it off in 7 days").click()
    page.get_by_role("heading", name="Two-step verification will be turned off").wait_for()
    looks_right(page, javascript=javascript)
    live(days=7, hours=1)
    sign_in_by_the_page(page, owner)
    page.get_by_role("heading", name="Hello, Ada Threadgold").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_owner_who_was_not_asked_keeps_the_factor_by_one_click(open_page, cast, waiting, outbox, javascript):
    page = open_page(javascript=javascript, device="phone", scheme="dark")
    sign_in(page, cast.sign_in(waiting))
    page.goto("/home")
    looks_right(page, javascript=javascript)
    follow(page.get_by_role("link", name="Two-step verification will be turned off"))
    looks_right(page, javascript=javascript)
    page.get_by_role("button", name="Keep it on").click()
    page.get_by_text("Two-step verification stays on.").wait_for()
    page.goto("/settings/second-factor/lost")
    looks_right(page, javascript=javascript)


def test_the_link_in_the_email_keeps_the_factor(open_page, waiting, outbox):
    page = open_page(device="phone")
    page.goto(stop_link(outbox, waiting))
    looks_right(page)
    page.get_by_role("button", name="Keep it on").click()
    page.get_by_text("Two-step verification stays on.").wait_for()


def sign_in_by_the_page(page, person):
    page.goto("/login")
    page.get_by_label("Email address").fill(person.email)
    page.locator("input[name=password]").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def looks_right(page, *, javascript=True):
    assert not javascript or axe(page) == [], page.url
    assert not overflows(page), page.url
