"""Which language a reader gets once a catalogue for Chinese is there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.models import SignUp
from portal.kit.db import db
from portal.kit.i18n import in_language
from portal.kit.periods import describe
from portal.legal.policy import PERIODS
from portal.newsletter.models import Subscriber
from tests.language.test_choice import CHINESE, OTHERS, TRADITIONAL, lang, open_in


@pytest.mark.parametrize("languages", CHINESE)
def test_a_reader_of_simplified_chinese_gets_it(client, languages):
    page = open_in(client, languages)
    assert lang(page) == "zh-Hans"
    assert "30天" in page.text


@pytest.mark.parametrize("languages", [*TRADITIONAL, *OTHERS])
def test_a_reader_of_traditional_chinese_or_of_another_language_gets_english(client, languages):
    page = open_in(client, languages)
    assert lang(page) == "en"
    assert "30 days" in page.text


def test_a_sign_up_is_kept_and_answered_in_chinese(client, outbox, unit):
    header = {"Accept-Language": "zh-CN"}
    page = client.get("/signup", headers=header)
    fields = {"name": "Li Wei", "email": "li@example.com", "password": "li wei sews through the night", "accept_terms": "y"}
    client.post("/signup", headers=header, **{**page.fields(), **fields})
    with unit():
        assert db.session.scalars(select(SignUp.language)).all() == ["zh_Hans"]
    assert '<html lang="zh-Hans"' in outbox.last("li@example.com").html


def test_the_choice_in_the_profile_wins_over_the_browser_and_holds_at_once(cast):
    ada = cast.sign_in(cast.ada)
    assert lang(ada.get("/home", headers={"Accept-Language": "zh-CN"})) == "en"
    changed = ada.submit("/settings/profile", language="zh_Hans")
    assert lang(changed) == "zh-Hans"
    assert "⟦" in changed.soup.find(attrs={"role": "status"}).get_text()
    assert lang(ada.get("/home", headers={"Accept-Language": "en"})) == "zh-Hans"


@pytest.mark.parametrize("name", PERIODS)
def test_every_period_reads_well_in_both_languages(app, name):
    length = PERIODS[name].length
    units = {"minutes": "分钟", "hours": "小时", "days": "天", "year": "年", "years": "年"}
    with app.test_request_context():
        with in_language("en"):
            amount, unit = describe(length).split()
        with in_language("zh_Hans"):
            assert describe(length) == f"{amount}{units[unit]}"


def test_the_page_of_a_copy_and_the_receipt_of_a_deletion_speak_the_person_s_language(
    cast, outbox, fetch, clock, tick, run_jobs
):
    li = cast.make("Li Wei", "li@example.com", "li wei sews through the night", language="zh_Hans")
    visitor = cast.sign_in(li)
    assert '<html lang="zh-Hans"' in fetch(visitor).text("index.html")
    visitor.submit("/settings/privacy/delete", confirm="y")
    for _day in range(16):
        clock.forward(days=1)
        tick()
        run_jobs()
    receipt = outbox.last(li.email)
    assert "/privacy/receipt" in receipt.text
    assert '<html lang="zh-Hans"' in receipt.html


def test_a_subscription_and_its_emails_keep_the_reader_s_language(client, outbox, unit):
    header = {"Accept-Language": "zh-CN"}
    page = client.get("/newsletter", headers=header)
    client.post("/newsletter", headers=header, **{**page.fields(), "email": "li@example.com"})
    client.submit(outbox.last("li@example.com").link("/newsletter/confirm/"))
    with unit():
        assert db.session.scalars(select(Subscriber)).one().language == "zh_Hans"
