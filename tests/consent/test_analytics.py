"""Google is in a page and its policy only after a yes, only on open pages, and gone after a no (P22)."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from flask import Response

from portal.consent import browser
from portal.legal import cookies, vendors
from tests.consent.test_choice import ID, banner, choose, consent_cookie, measured

HOSTS = ("googletagmanager", "google-analytics", "analytics.google")


__all__ = ["measured"]
"""The fixture that sets the measurement id here too."""


def carries(page):
    """Tell whether page and policy carry Google; they always agree."""
    in_page = any(host in page.response.text for host in HOSTS) or "/js/analytics." in page.response.text
    in_policy = any(host in page.response.headers["Content-Security-Policy"] for host in HOSTS)
    assert in_page == in_policy
    return in_page


def test_nothing_of_google_before_a_choice_everything_after_a_yes_nothing_after_a_no(client):
    assert not carries(client.get("/terms"))
    page = choose(client, "granted")
    assert carries(page)
    assert carries(client.get("/privacy"))
    assert not carries(choose(client, "denied", path="/cookies"))
    assert not carries(client.get("/privacy"))


def test_a_refusal_keeps_google_out(client):
    assert not carries(choose(client, "denied"))


def test_an_explicit_choice_wins_over_the_signal_and_the_signal_over_silence(client):
    signal = {"Sec-GPC": "1"}
    assert not carries(client.get("/terms", headers=signal))
    page = client.get("/cookies", headers=signal)
    client.send(page, action="/consent", analytics="granted")
    assert carries(client.get("/terms", headers=signal))


@pytest.mark.parametrize("path", ["/newsletter", "/terms?from=somewhere", "/nowhere", "/static/css/portal.css", "/healthz"])
def test_only_open_pages_that_ask_nothing_and_hold_nothing_carry_it(client, path):
    choose(client, "granted")
    page = client.get(path)
    assert not any(host in page.response.headers["Content-Security-Policy"] for host in HOSTS)
    assert "/js/analytics." not in page.response.get_data(as_text=True)


def test_pages_with_a_secret_in_their_address_never_carry_it(client, outbox):
    choose(client, "granted")
    client.submit("/newsletter", email="ida@example.com")
    link = outbox.last("ida@example.com").link("/newsletter/confirm/")
    assert not carries(client.get(link))
    client.submit(link)
    assert not carries(client.get(outbox.last("ida@example.com").link("/newsletter/unsubscribe/")))
    assert not carries(client.get("/newsletter/unsubscribe/forged"))


def test_pages_for_signed_in_people_never_carry_it_and_do_not_ask(cast, client):
    visitor = cast.sign_in(cast.ada)
    page = visitor.get("/terms")
    assert not page.soup.find(class_="banner")
    choose(client, "granted")
    visitor.client.set_cookie("consent", consent_cookie(client).value, domain="localhost")
    assert not carries(visitor.get("/terms"))


@pytest.fixture
def off(app, monkeypatch):
    """The portal without a measurement id."""
    settings = replace(app.extensions["portal.settings"], ga_measurement_id=None)
    monkeypatch.setitem(app.extensions, "portal.settings", settings)


@pytest.mark.usefixtures("off")
@pytest.mark.parametrize("path", ["/", "/terms", "/privacy", "/promises", "/cookies"])
def test_without_a_measurement_id_nobody_is_asked(client, path):
    assert not banner(client.get(path))


@pytest.mark.usefixtures("off")
def test_without_a_measurement_id_a_choice_is_taken_and_nothing_untrue_is_said(client):
    page = client.get("/cookies")
    assert "Analytics is switched off on this site, so nothing is counted." in page.text
    page = choose(client, "granted", path="/cookies")
    assert "Saved. Analytics is switched off at the moment, so nothing is counted." in page.text
    assert "We’ll count your visits" not in page.text
    assert not carries(page)


SIGNING_IN = (
    "/login", "/signup", "/forgot-password", "/forgot-password/sent", "/report-misuse", "/report-misuse/sent",
    "/account-secured", "/login/lost-factor/sent",
)  # fmt: skip


@pytest.mark.parametrize("path", [*SIGNING_IN, "/contact", "/newsletter"])
def test_inside_sign_in_and_beside_a_form_nobody_is_asked_and_nothing_is_counted(client, path):
    page = client.get(path)
    assert page.path == path
    assert not banner(page)
    choose(client, "granted")
    assert not carries(client.get(path))


def test_between_password_and_code_nobody_is_asked(cast, client, outbox):
    cast.give_factor(cast.ada)
    page = client.submit("/login", email=cast.ada.email, password=cast.ada.password)
    assert page.title == "Two-step verification"
    assert not banner(page)
    page = client.send(page, action="/login/lost-phone")
    assert page.title == "Lost your phone?"
    assert not banner(page)
    client.submit("/forgot-password", email=cast.ada.email)
    assert not banner(client.get(outbox.last(cast.ada.email).link("reset-password")))


def test_a_vendor_that_is_no_longer_in_force_is_not_let_in(client, monkeypatch):
    choose(client, "granted")
    ended = [
        vendors.Vendor(**{**vendor.__dict__, "ended_on": date(2026, 1, 1)}) if vendor.key == browser.VENDOR else vendor
        for vendor in vendors.VENDORS
    ]
    monkeypatch.setattr(vendors, "VENDORS", tuple(ended))
    assert not carries(client.get("/terms"))


def test_every_host_in_the_policy_is_the_vendors_own(client):
    policy = choose(client, "granted").response.headers["Content-Security-Policy"]
    hosts = {host.removeprefix("*.") for host in re.findall(r"https://(\S+?)[;\s]", policy + " ")}
    assert hosts
    assert (
        vendors.strangers(["x." + host if "*." + host in policy else host for host in hosts], today=date(2026, 11, 23)) == []
    )
    assert "unsafe" not in policy
    assert re.search(r"script-src 'nonce-[\w-]+' https://www\.googletagmanager\.com;", policy)


def test_our_settings_come_before_googles_script_with_the_nonce_and_the_time_that_is_left(client, clock):
    choose(client, "granted")
    clock.forward(days=100)
    page = client.get("/terms")
    ours, google = page.soup.find_all("script")[1:]
    assert "/js/analytics." in ours["src"]
    assert ours["data-measurement-id"] == ID
    assert 81 * 86400 < int(ours["data-seconds-left"]) <= 82 * 86400
    assert google["src"] == f"https://www.googletagmanager.com/gtag/js?id={ID}"
    assert ours["nonce"] == google["nonce"]
    assert [script for script in page.soup.find_all("script") if script.string] == []


def expired(response: Response) -> set[tuple[str, str]]:
    """Return the cookies that an answer removes: (name, domain)."""
    return {
        (line.partition("=")[0], (re.search(r"Domain=([^;]+)", line) or ["", ""])[1])
        for line in response.headers.getlist("Set-Cookie")
        if "Max-Age=0" in line
    }


def test_withdrawal_removes_googles_cookies_wherever_they_stand(app, client, monkeypatch):
    choose(client, "granted")
    page = client.get("/cookies")
    fields = page.fields("/consent") | {"analytics": "denied"}
    changed = {"base_url": "http://portal.shop.example"}
    settings = replace(app.extensions["portal.settings"], **changed)
    monkeypatch.setitem(app.extensions, "portal.settings", settings)
    for name in ("_ga", "_ga_TEST123456", "_gid", "_gat", "other", "_gallery"):
        client.client.set_cookie(name, "GA1.1.1.1", domain="localhost")
    answer = client.client.post("/consent", data=fields)
    names = {"_ga", "_ga_TEST123456", "_gid", "_gat"}
    removed = expired(answer)
    assert {name for name, _domain in removed} == names
    assert {domain for _name, domain in removed} == {"", "portal.shop.example", "shop.example"}


def test_a_grant_removes_nothing(client):
    client.client.set_cookie("_ga", "GA1.1.1.1", domain="localhost")
    page = client.get("/terms")
    fields = {**page.fields("/consent"), "analytics": "granted"}
    assert expired(client.client.post("/consent", data=fields)) == set()


def test_cookies_of_a_choice_that_no_longer_counts_go_with_it(client):
    client.client.set_cookie("consent", "forged", domain="localhost")
    client.client.set_cookie("_ga", "GA1.1.1.1", domain="localhost")
    assert expired(client.client.get("/terms")) == {("consent", ""), ("_ga", "")}
    assert expired(client.client.get("/terms")) == set()


def test_at_most_four_of_googles_cookies_stay(client):
    assert len(cookies.GOOGLE_NAMES) <= browser.MOST_GOOGLE_COOKIES == 4
    choose(client, "granted")
    names = ["_ga_OLD1", "_ga_OLD2", "_gid", "_gat", "_ga", "_ga_TEST123456"]
    for name in names:
        client.client.set_cookie(name, "GA1.1.1.1", domain="localhost")
    client.client.get("/terms")
    left = {name for name in names if client.client.get_cookie(name, domain="localhost")}
    assert len(left) == 4
    assert {"_ga", "_ga_TEST123456"} <= left


def test_the_script_turns_off_what_the_policy_says_is_off(app):
    with app.open_resource(app.static_folder + "/js/analytics.js", "r") as file:
        script = file.read()
    for line in ("allow_google_signals: false", "allow_ad_personalization_signals: false", 'ad_storage: "denied"'):
        assert line in script
    assert "user_id" not in script
    assert json.dumps("none") in script
