"""The time zone of an account: offered at sign-up, shown with its offset, by its name of now."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import SignUp
from portal.kit.db import db

PASSWORD = "seven green bobbins in a drawer"
SENT = {"name": "Mei Lin", "email": "mei@example.com", "password": PASSWORD, "accept_terms": "y"}


def zone_of_sign_up(app) -> str:
    with app.app_context():
        return db.session.scalars(select(SignUp.time_zone)).one()


def test_without_a_script_it_is_a_choice_and_goes_into_the_account(app, client, outbox, unit):
    page = client.page("/signup")
    options = {
        option["value"]: option.get_text()
        for option in page.soup.find("select", attrs={"name": "time_zone"}).find_all("option")
    }
    assert next(iter(options)) == "" and options[""] == "Choose later"
    assert options["Asia/Shanghai"] == "Shanghai (UTC+8)"
    client.submit("/signup", **SENT, time_zone="Asia/Shanghai")
    assert zone_of_sign_up(app) == "Asia/Shanghai"
    client.submit(outbox.last("mei@example.com").link("/verify-email/"))
    with unit():
        person = accounts.find_by_email("mei@example.com")
        assert person and person.time_zone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, "UTC"),
        ("", "UTC"),
        ("Australia/Melbourne", "Australia/Melbourne"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Mars/Base", "UTC"),
        ("Etc/GMT+5", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("x" * 10_000, "UTC"),
    ],
)
def test_it_may_be_left_out_and_nothing_that_a_browser_says_stops_a_sign_up(app, client, sent, kept):
    assert client.submit("/signup", **SENT, time_zone=sent).status == 200
    assert zone_of_sign_up(app) == kept


def test_when_the_form_comes_back_the_zone_is_still_chosen(client):
    for zone in ("Asia/Shanghai", "Australia/Melbourne"):
        page = client.submit("/signup", **{**SENT, "password": "short"}, time_zone=zone)
        assert page.status == 422
        assert page.fields()["time_zone"] == zone


def test_a_profile_shows_a_name_of_before_as_the_name_of_now(cast, unit):
    mei = cast.make("Mei Lin", "mei@example.com", PASSWORD, zone="Asia/Calcutta")
    visitor = cast.sign_in(mei)
    page = visitor.page("/settings/profile")
    assert page.fields()["time_zone"] == "Asia/Kolkata"
    assert "Kolkata (UTC+5:30)" in page.text
    visitor.send(page)
    with unit():
        assert accounts.get_person(mei.account_id).time_zone == "Asia/Kolkata"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("zone", "chosen"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("Australia/Melbourne", "Australia/Melbourne"),
        ("America/Buenos_Aires", None),
        ("UTC", ""),
    ],
)
def test_the_browsers_zone_is_offered_and_may_be_changed(app, open_page, zone, chosen):
    page = open_page(time_zone=zone)
    page.goto("/signup")
    field = page.get_by_label("Time zone")
    if chosen is None:
        chosen = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(field).to_have_value(chosen)
    field.select_option("Europe/Paris")
    for label, value in (("Name", "Mei Lin"), ("Email address", "mei@example.com"), ("Password", PASSWORD)):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("I accept the").check()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    assert zone_of_sign_up(app) == "Europe/Paris"
