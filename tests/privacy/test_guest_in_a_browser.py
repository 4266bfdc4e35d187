"""In a real browser: somebody without an account from their request to the opened archive, by what the emails say."""

from __future__ import annotations

import zipfile

import pytest

from tests.browser import axe, overflows
from tests.conftest import Visitor
from tests.privacy.desk import GUEST
from tests.privacy.guest_copies import MARK, write_ticket
from tests.privacy.test_asking import code_in


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_from_the_request_to_the_opened_archive(app, open_page, outbox, tmp_path):
    write_ticket(Visitor(app))
    page = open_page(device="phone")
    page.goto("/privacy/request")
    page.get_by_label("What would you like?").select_option("copy")
    page.get_by_label("Email address", exact=True).first.fill(GUEST)
    page.get_by_role("button", name="Send request").click()
    page.get_by_role("heading", name="Check your email").wait_for()
    page.get_by_label("Code from our email").fill(code_in(outbox))
    page.get_by_role("button", name="Confirm request").click()
    page.get_by_label("Your download is being prepared").wait_for()
    assert axe(page) == [] and not overflows(page)
    ready = outbox.last(GUEST)
    assert ready.subject == "Your data is ready to download"
    page.get_by_text("The link is in the email we sent you").wait_for()
    page.goto(ready.link("/privacy/request/"))
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_text("check your spam folder").wait_for()
    assert axe(page) == [] and not overflows(page)
    page.get_by_label("Code from our email").fill(code_in(outbox))
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Download (").click()
    archive = zipfile.ZipFile(fetched.value.path())
    archive.extractall(tmp_path)
    (index,) = tmp_path.glob("*/index.html")
    assert MARK in index.read_text() and len(list(tmp_path.glob("*/data/*.json"))) > 5
