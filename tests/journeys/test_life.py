"""The life of a customer, walked in a real Chromium, with and without JavaScript."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import follow
from tests.clock import Clock
from tests.conftest import Outbox
from tests.people import Cast

pytestmark = pytest.mark.both_databases

PASSWORD = "a seam allowance of one centimetre"
ADDRESS = "nell@example.com"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def nell(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    """A new person at a browser, with and without JavaScript."""
    return open_page(javascript=request.param)


def send(page: Page, button: str, **fields: str | bool) -> None:
    """Fill in fields by name and press the button that says so."""
    main = page.locator("main")
    for name, value in fields.items():
        field = main.locator(f"[name={name}]")
        if isinstance(value, bool):
            field.set_checked(value)
        else:
            field.fill(value)
    follow(main.get_by_role("button", name=button, exact=True).first)


def sign_up(page: Page, outbox: Outbox) -> None:
    page.goto("/signup")
    send(page, "Create account", name="Nell Bobbin", email=ADDRESS, password=PASSWORD, accept_terms=True)
    page.goto(outbox.last(ADDRESS).link("verify-email"))
    follow(page.locator("main").get_by_role("button").first)


def sign_in(page: Page, *, email: str = ADDRESS, password: str = PASSWORD) -> None:
    page.goto("/login")
    send(page, "Sign in", email=email, password=password)


def heading(page: Page) -> Any:
    return page.locator("h1")


def test_from_sign_up_to_deletion_and_back(
    nell: Page, outbox: Outbox, run_jobs: Callable[[], int], clock: Clock, tick: Callable[[], None]
) -> None:
    sign_up(nell, outbox)
    sign_in(nell)
    expect(nell).to_have_url("http://localhost/home")

    nell.goto("/settings/profile")
    send(nell, "Save", name="Nell Bobbin-Spool")
    expect(nell.locator("header")).to_contain_text("Nell Bobbin-Spool")

    archive = download(nell, run_jobs)
    (account,) = [name for name in archive.namelist() if name.endswith("/data/person.json")]
    person = json.loads(archive.read(account))
    assert "Nell Bobbin-Spool" in json.dumps(person)

    delete(nell)
    nell.goto("/home")
    expect(nell).to_have_url("http://localhost/login?next=/home")

    nell.goto(outbox.last(ADDRESS).link("undo"))
    follow(nell.locator("main").get_by_role("button").first)
    sign_in(nell)
    expect(nell).to_have_url("http://localhost/home")

    delete(nell)
    tick()
    clock.forward(days=14, hours=2)
    tick()
    assert "receipt" in outbox.last(ADDRESS).text.lower()
    sign_in(nell)
    expect(nell).to_have_url("http://localhost/login")


def delete(page: Page) -> None:
    page.goto("/settings/privacy/delete")
    page.locator("main input[type=checkbox]").first.check()
    page.locator("main form").last.get_by_role("button").click()
    expect(heading(page)).to_have_text("Your account is closed")


def download(page: Page, run_jobs: Callable[[], int]) -> zipfile.ZipFile:
    page.goto("/settings/privacy")
    page.locator("form[action='/settings/privacy/export'] button").click()
    expect(page.locator("progress")).to_be_visible()
    run_jobs()
    again = page.get_by_role("link", name="Reload this page")
    if again.is_visible():  # with a script the page does so by itself
        again.click()
    with page.expect_download() as started:
        page.locator("main").get_by_role("link", name="Download").first.click()
    return zipfile.ZipFile(io.BytesIO(started.value.path().read_bytes()))


def test_a_forgotten_password_is_chosen_anew(nell: Page, cast: Cast, outbox: Outbox) -> None:
    ada = cast.ada
    nell.goto("/login")
    follow(nell.get_by_role("link", name="Forgot").first)
    nell.locator("main [name=email]").fill(ada.email)
    follow(nell.locator("main form").first.get_by_role("button").last)
    nell.goto(outbox.last(ada.email).link("reset-password"))
    nell.locator("main [name=password]").fill(PASSWORD)
    follow(nell.locator("main form").first.get_by_role("button").last)
    sign_in(nell, email=ada.email, password=ada.password)
    expect(nell).to_have_url("http://localhost/login")
    sign_in(nell, email=ada.email)
    expect(nell).to_have_url("http://localhost/home")


def test_the_newsletter_is_taken_and_left(nell: Page, outbox: Outbox) -> None:
    nell.goto("/newsletter")
    nell.locator("main [name=email]").fill("reader@example.com")
    follow(nell.locator("main form").first.get_by_role("button"))
    nell.goto(outbox.last("reader@example.com").link("newsletter/confirm"))
    follow(nell.locator("main").get_by_role("button").first)
    nell.goto(outbox.last("reader@example.com").link("newsletter/unsubscribe"))
    nell.locator("main").get_by_role("button").first.click()
    expect(heading(nell)).to_have_text("You’re unsubscribed")
