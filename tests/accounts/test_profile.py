"""Name, language, time zone: corrected by their owner, shown everywhere, escaped everywhere (P03, P26)."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit.audit import AuditEntry
from portal.kit.db import db

PATH = "/settings/profile"


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def test_a_person_corrects_what_we_hold(ada):
    page = ada.submit(PATH, name="Ada  van der Loom", language="en", time_zone="Asia/Shanghai")
    assert "Profile saved." in page.text
    assert page.fields()["name"] == "Ada  van der Loom"
    assert page.fields()["time_zone"] == "Asia/Shanghai"
    assert "17:3" in ada.page("/settings/security").text, "times are shown in the zone that was chosen"


def test_a_language_without_its_translation_says_so(ada):
    page = ada.page(PATH)
    assert "简体中文" in page.text
    assert "stay in English until their translation is ready" in page.text
    assert ada.submit(PATH, language="zh_Hans").fields()["language"] == "zh_Hans"


def test_the_trail_says_what_changed_and_not_to_what(app, ada, cast):
    ada.submit(PATH, name="Ada Secretname")
    with app.app_context():
        entry = db.session.scalar(select(AuditEntry).where(AuditEntry.event == "accounts.profile_changed"))
    assert entry.facts == {"fields": ["name"]}
    assert entry.subject_id == cast.ada.id


@pytest.mark.parametrize(
    "hostile",
    [
        '"><svg onload=alert(1)>',
        "{{7*7}}${7*7}#{7*7}",
        "</title><script>alert(1)</script>",
        "'; DROP TABLE person; --",
        "%(name)s {0.__class__}",
    ],
)
def test_a_hostile_name_is_only_a_name(ada, cast, outbox, hostile):
    page = ada.submit(PATH, name=hostile)
    assert page.status == 200
    assert page.fields()["name"] == hostile
    for path in (PATH, "/settings/security", "/settings/avatar", "/settings/communication"):
        assert not ada.page(path).soup.find_all(["script"], src=False)
    ada.submit("/settings/password", current_password=cast.ada.password, password="seven green bobbins in a drawer")
    email = outbox.last(cast.ada.email)
    assert hostile in email.text
    assert "<script>alert" not in email.html and "<svg" not in email.html
    assert "\n" not in email.subject


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 101),
        ("name", "Ada\r\nBcc: x@example.com"),
        ("name", "Ada\u2028Loom"),
        ("name", "A\x00da"),
        ("name", "\u202egnp.exe"),
        ("language", "xx"),
        ("language", "../en"),
        ("time_zone", "Mars/Base"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(ada, cast, unit, field, value):
    page = ada.submit(PATH, **{field: value})
    assert page.status == 422
    with unit():
        person = accounts.get_person(cast.ada.account_id)
        assert (person.name, person.language, person.time_zone) == (cast.ada.name, "en", "UTC")


def test_nothing_else_can_be_set_beside(ada, cast, unit):
    ada.submit(PATH, email="x@example.com", password_hash="x", frozen_at="x", id="x", roles="admin", avatar_key="avatar/x")
    with unit():
        person = accounts.get_person(cast.ada.account_id)
        assert (person.email, person.avatar_key, person.frozen_at) == (cast.ada.email, None, None)


def test_a_visitor_is_sent_to_sign_in(client):
    assert client.page(PATH).path == "/login"
