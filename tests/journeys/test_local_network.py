"""A portal on a host of the local network, over http: browsers say less there about where a form comes from (B06)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask, request
from playwright.sync_api import Page

from portal.app import create_app
from tests.browser import follow
from tests.conftest import Outbox, changed_settings
from tests.databases import empty_tables

BASE_URL = "http://portal.lan.example.com:8000"


@pytest.fixture
def asked() -> list[tuple[str, str | None, str | None]]:
    """Each form that was sent: its path, the origin and the kind of site that the browser named."""
    return []


@pytest.fixture
def app(apps: Callable[[str], Flask], asked: list[tuple[str, str | None, str | None]]) -> Flask:
    """The portal under a name that is not this machine's own."""
    settings = apps("sqlite").extensions["portal.settings"]
    app = create_app(changed_settings(settings, base_url=BASE_URL))
    with app.app_context():
        empty_tables()

    def note() -> None:
        if request.method == "POST":
            asked.append((request.path, request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")))

    app.before_request_funcs.setdefault(None, []).insert(0, note)
    return app


def test_an_account_is_confirmed_by_the_link_of_its_email(page: Page, outbox: Outbox, asked: list[object]) -> None:
    page.goto("/signup")
    page.get_by_label("Name").fill("Mei Lin")
    page.get_by_label("Email address").fill("mei@example.com")
    page.get_by_label("Password", exact=True).fill("seven quiet looms at dawn")
    page.get_by_label("I accept").check()
    follow(page.get_by_role("button", name="Create"))
    (link,) = re.findall(rf"{BASE_URL}(/verify-email/\S+)", outbox.last("mei@example.com").text)
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/login")
    assert "Your email address is confirmed" in page.inner_text("main")
    assert (link, BASE_URL, None) in asked, "the browser names our origin, and no kind of site"
    # Chromium says this of any page that comes over http from another host than itself.
    told = [problem for problem in page.recorder.problems if "Cross-Origin-Opener-Policy" not in problem]  # type: ignore[attr-defined]
    page.recorder.problems[:] = told  # type: ignore[attr-defined]
