"""The pages of settings and lost access in a real browser, on a telephone, with and without JavaScript."""

import io

import pytest
from PIL import Image

from tests.browser import axe, overflows, sign_in


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
