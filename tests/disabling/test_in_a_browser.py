"""One journey in a real browser: two seniors disable an account, its person signs in, appeals, and works again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sign_in
from tests.conftest import Visitor
from tests.disabling.conftest import WHY
from tests.people import Cast

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_proposed_decided_appealed_and_lifted(
    cast: Cast, open_page: Callable[..., Page], sena: Visitor, hugo: Visitor
) -> None:
    one, two, person = (open_page() for _each in range(3))
    sign_in(one, sena)
    sign_in(two, hugo)
    one.goto("/admin/disabled")
    one.get_by_label("Email address", exact=True).fill(cast.ada.email)
    one.get_by_label("Rule of the Terms").select_option("intrusion")
    one.get_by_label("What happened").fill(WHY)
    one.get_by_role("button", name="Propose").click()
    heading(one, cast.ada.name)
    two.goto(one.url)
    two.get_by_label("I’ve checked what happened").check()
    two.get_by_role("button", name="Disable the account").click()
    expect(two.get_by_role("status")).to_contain_text("Disabled.")
    person.goto("/login")
    person.get_by_label("Email address", exact=True).fill(cast.ada.email)
    person.get_by_label("Password", exact=True).fill(cast.ada.password)
    person.locator("main").get_by_role("button", name="Sign in").click()
    heading(person, "Your account is disabled")
    person.get_by_role("link", name="Support", exact=True).click()
    heading(person, "Your account is disabled")
    person.get_by_role("link", name="Appeal").click()
    person.get_by_label("Why is the decision wrong?").fill("It wasn’t me.")
    person.get_by_role("button", name="Send appeal").click()
    heading(person, "Your account is disabled")
    person.get_by_role("link", name="See, download or delete your data").click()
    heading(person, "Privacy")
    two.goto(one.url)
    two.get_by_role("link", name="Let the account work again").click()
    two.get_by_label("Your answer").fill("You were right.")
    two.get_by_role("button", name="Let it work again").click()
    heading(two, "Disabled accounts")
    person.goto("/home")
    expect(person).to_have_url(re.compile("/home$"))
