"""Data goes to the listed vendors and to nobody else."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from portal.kit import clock
from portal.kit.checks import state
from portal.kit.settings import SettingsError
from portal.legal import checks, vendors


def check(promise):
    return next(each for each in checks.CHECKS if each.promise == promise)


@pytest.fixture
def newcomer(monkeypatch):
    """A vendor announced today that takes effect in 30 days."""
    vendor = replace(
        vendors.get("stripe"),
        key="example",
        name="Example Mail",
        hosts=("smtp.mail.example",),
        announced_on=clock.today(),
        in_force_from=clock.today() + timedelta(days=30),
        is_founding=False,
    )
    monkeypatch.setattr(vendors, "VENDORS", (*vendors.VENDORS, vendor))
    return vendor


@pytest.mark.parametrize(
    ("name", "purpose", "countries", "links"),
    [
        ("Amazon Web Services", "Hosting and databases", "USA and Ireland", 1),
        ("Google Analytics", "Aggregate visitor statistics", "USA", 1),
        ("SendGrid", "Transactional email", "USA", 2),
        ("Stripe", "Payments", "USA", 1),
    ],
)
def test_a_visitor_sees_who_each_vendor_is_and_what_for(client, name, purpose, countries, links):
    card = next(each for each in client.page("/vendors").soup.find_all("section") if each.h2 and each.h2.get_text() == name)
    assert purpose in card.get_text()
    assert countries in card.get_text()
    assert len(card.find_all("a", href=lambda href: href.startswith("https://"))) == links


def test_a_host_below_a_vendors_name_is_known_and_one_beside_it_is_not():
    ours = ["region1.google-analytics.com", "SMTP.sendgrid.net."]
    beside = ["evil-google-analytics.com", "api.stripe.com.example.com"]
    assert vendors.strangers(ours + beside, today=clock.today()) == beside


def test_this_machine_is_nobody_else():
    assert vendors.strangers(["localhost", "127.0.0.1", "::1"], today=clock.today()) == []
    assert vendors.strangers(["10.0.0.5", "smtp.example.com"], today=clock.today()) == ["10.0.0.5", "smtp.example.com"]


def test_an_announced_vendor_gets_nothing_before_its_day(newcomer):
    day = newcomer.in_force_from
    assert vendors.announced(clock.today()) == (newcomer,)
    assert vendors.strangers(newcomer.hosts, today=day - timedelta(days=1)) == list(newcomer.hosts)
    assert vendors.strangers(newcomer.hosts, today=day) == []


def test_a_vendor_that_has_ended_gets_nothing_more(monkeypatch):
    ended = replace(vendors.get("sendgrid"), ended_on=clock.today())
    monkeypatch.setattr(vendors, "VENDORS", (ended,))
    assert vendors.strangers(["smtp.sendgrid.net"], today=clock.today()) == ["smtp.sendgrid.net"]


def test_an_announced_vendor_is_shown_apart(client, newcomer):
    page = client.page("/vendors").soup
    heading = next(each for each in page.find_all("h2") if "Announced" in each.get_text())
    assert heading.find_next("h2").get_text() == newcomer.name


def test_a_vendor_without_notice_breaks_the_promise(app, monkeypatch, newcomer):
    hasty = replace(newcomer, in_force_from=newcomer.announced_on + timedelta(days=29))
    monkeypatch.setattr(vendors, "VENDORS", (hasty,))
    with app.app_context():
        finding = check("P05").run()
    assert not finding.ok
    assert finding.statements == (state("without_notice", vendors=["example"]),)


def test_a_vendor_without_a_purpose_breaks_the_promise(app, monkeypatch):
    monkeypatch.setattr(vendors, "VENDORS", (replace(vendors.get("aws"), purpose=""),))
    with app.app_context():
        assert not check("P05").run().ok


def test_mail_through_a_stranger_breaks_the_promise(app, monkeypatch):
    monkeypatch.setattr(vendors, "outgoing_hosts", lambda settings: ["smtp.example.com"])
    with app.app_context():
        finding = check("P04").run()
    assert not finding.ok
    assert finding.statements == (state("strangers", hosts=["smtp.example.com"]),)


def test_a_provider_that_is_no_vendor_stops_the_boot():
    today = clock.today()
    with pytest.raises(SettingsError, match=r"smtp\.example\.com"):
        vendors.refuse_strangers(SimpleNamespace(smtp_host="smtp.example.com"), today=today)
    vendors.refuse_strangers(SimpleNamespace(smtp_host="smtp.sendgrid.net", ga_measurement_id="G-TEST1"), today=today)
    vendors.refuse_strangers(SimpleNamespace(smtp_host="127.0.0.1"), today=today)


def test_what_is_set_up_goes_to_vendors_in_force(app):
    with app.app_context():
        assert check("P04").run().ok
        assert check("P05").run().ok
