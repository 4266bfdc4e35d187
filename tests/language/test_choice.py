"""Which language a reader gets: their own when a catalogue for it is ready, whole English pages until then (B32)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts.models import Person, SignUp
from portal.kit.db import db
from portal.newsletter.models import Subscriber
from portal.support.models import Ticket

# What is said to a browser does not depend on the database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CHINESE = ("zh-CN", "zh", "zh-Hans", "zh-SG,zh;q=0.9", "zh-Hans-HK", "de,zh-CN;q=0.5,en;q=0.1", "en;q=0,zh")
TRADITIONAL = ("zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-CN", "zh-TW,zh;q=0.9,en-US;q=0.8", "zh-HK,zh-CN;q=0.7")
OTHERS = ("en-AU", "en,zh-CN;q=0.9", "de-DE,fr;q=0.5", "*", "", "zh;q=0", "yue-HK", "x" * 300, "-", "z-h,,;q=x")

DATE_IN_CHINESE = re.compile(r"\d年|\d月")
"""What Babel writes in Chinese dates."""


def lang(page):
    return page.soup.html["lang"]


def open_in(client, languages, path="/privacy"):
    return client.get(path, headers={"Accept-Language": languages})


@pytest.mark.parametrize("languages", [*CHINESE, *TRADITIONAL, *OTHERS])
def test_without_a_catalogue_every_reader_gets_whole_english_pages(client, languages):
    page = open_in(client, languages)
    assert lang(page) == "en"
    assert "30 days" in page.text
    assert "duration" not in page.text
    assert not DATE_IN_CHINESE.search(page.text)


def test_a_sign_up_of_a_reader_of_chinese_is_kept_and_answered_in_english(client, outbox, unit):
    header = {"Accept-Language": "zh-CN"}
    page = client.get("/signup", headers=header)
    fields = {"name": "Li Wei", "email": "li@example.com", "password": "li wei sews through the night", "accept_terms": "y"}
    client.post("/signup", headers=header, **{**page.fields(), **fields})
    with unit():
        assert db.session.scalars(select(SignUp.language)).all() == ["en"]
    assert '<html lang="en"' in outbox.last("li@example.com").html


def test_a_ticket_and_a_subscription_of_a_reader_of_chinese_are_kept_in_english(client, outbox, unit):
    header = {"Accept-Language": "zh-CN"}
    fields = client.get("/contact", headers=header).fields()
    client.post("/contact", headers=header, **fields | {
        "name": "Li Wei", "email": "li@example.com", "subject": "Looms", "message": "Which one?",
    })  # fmt: skip
    page = client.get("/newsletter", headers=header)
    client.post("/newsletter", headers=header, **page.fields() | {"email": "li@example.com"})
    client.submit(outbox.last("li@example.com").link("/newsletter/confirm/"))
    with unit():
        assert db.session.scalars(select(Ticket.language)).all() == ["en"]
        assert db.session.scalars(select(Subscriber.language)).all() == ["en"]


@pytest.fixture
def li(cast):
    """Li, who has chosen Chinese in the profile."""
    return cast.make("Li Wei", "li@example.com", "li wei sews through the night", language="zh_Hans")


def test_who_chose_chinese_keeps_the_choice_and_reads_that_pages_stay_english(cast, li, unit):
    page = cast.sign_in(li).submit("/settings/profile", name="Li Wei Loom")
    assert page.fields()["language"] == "zh_Hans"
    assert "stay in English until their translation is ready" in page.text
    assert lang(page) == "en"
    assert "Profile saved." in page.text
    with unit():
        assert db.session.get(Person, li.id).language == "zh_Hans"


def test_an_email_to_who_chose_chinese_is_a_whole_english_one(cast, li, outbox):
    cast.sign_in(li).submit("/settings/password", current_password=li.password, password="li wei sews until the morning")
    email = outbox.last(li.email)
    assert '<html lang="en"' in email.html
    assert not DATE_IN_CHINESE.search(email.text)
