"""Changing the password: the present one is asked, wrong ones count, other sessions end, this one gets another secret."""

import pytest

from portal.kit.access import SESSION_SLOT

PATH = "/settings/password"
NEW = "seven green bobbins in a drawer"


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def is_in(browser) -> bool:
    return browser.page("/settings/profile").path == "/settings/profile"


def secret_of(browser) -> str:
    with browser.client.session_transaction(base_url="http://localhost") as cookie:
        return cookie[SESSION_SLOT]


def test_a_new_password_takes_the_place_of_the_old(ada, new_client, cast, outbox):
    phone, before = cast.sign_in(cast.ada), secret_of(ada)
    page = ada.submit(PATH, current_password=cast.ada.password, password=NEW)
    assert page.path == "/settings/security"
    assert is_in(ada) and not is_in(phone)
    assert secret_of(ada) != before
    assert outbox.last(cast.ada.email).link("wasnt-me")
    other = new_client()
    assert other.submit("/login", email=cast.ada.email, password=cast.ada.password).status == 422
    other.submit("/login", email=cast.ada.email, password=NEW)
    assert is_in(other)


def test_the_secret_of_before_is_dead(ada, new_client, cast):
    before = secret_of(ada)
    ada.submit(PATH, current_password=cast.ada.password, password=NEW)
    thief = new_client()
    with thief.client.session_transaction(base_url="http://localhost") as cookie:
        cookie[SESSION_SLOT] = before
    assert not is_in(thief)


def test_a_wrong_present_password_changes_nothing_and_counts(ada, cast):
    for _try in range(10):
        page = ada.submit(PATH, current_password="wrong", password=NEW)
        assert page.status == 422
        assert "That isn’t your current password" in page.text
    assert ada.submit(PATH, current_password=cast.ada.password, password=NEW).status == 429


def test_changing_it_again_and_again_is_limited(ada, cast, outbox):
    statuses, password = [], cast.ada.password
    for number in range(12):
        new = f"{NEW} {number}"
        statuses.append(ada.submit(PATH, current_password=password, password=new).status)
        password = new if statuses[-1] == 200 else password
    assert statuses == [200] * 10 + [429] * 2
    assert len(outbox.to(cast.ada.email)) == 10


def test_the_limit_does_not_shut_the_owner_out(ada, client, cast, outbox):
    for _try in range(11):
        ada.submit(PATH, current_password=cast.ada.password, password="passwordpassword")
    client.submit("/forgot-password", email=cast.ada.email)
    link = outbox.last(cast.ada.email).link("/reset-password/")
    assert client.submit(link, password=NEW).status == 200
    client.submit("/login", email=cast.ada.email, password=NEW)
    assert is_in(client)


def test_a_password_is_judged_once_wherever_it_is_chosen(ada, new_client, cast, outbox, monkeypatch):
    import zxcvbn

    judged, judge = [], zxcvbn.zxcvbn
    monkeypatch.setattr(zxcvbn, "zxcvbn", lambda password: judged.append(password) or judge(password))
    ada.submit(PATH, current_password=cast.ada.password, password=NEW)
    new_client().submit("/signup", name="Mei", email="mei@example.com", password=NEW, accept_terms="y")
    new_client().submit("/forgot-password", email=cast.ada.email)
    new_client().submit(outbox.last(cast.ada.email).link("/reset-password/"), password=f"{NEW} again")
    assert len(judged) == 3


def test_it_asks_for_a_fresh_proof(ada, cast, clock):
    token = ada.page(PATH).fields()["csrf_token"]
    clock.forward(minutes=31)
    assert ada.page(PATH).path == "/confirm-identity"
    page = ada.post(PATH, csrf_token=token, current_password=cast.ada.password, password=NEW)
    assert page.path == "/confirm-identity"


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("x" * 257, "at most 256"),
        ("short", "at least 15"),
        ("ada@example.com", "based on your name"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("", "fill this in"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(ada, cast, password, sentence):
    page = ada.submit(PATH, current_password=cast.ada.password, password=password)
    assert page.status == 422
    assert sentence in page.text
    assert cast.ada.password not in page.response.text


@pytest.mark.parametrize(
    "password",
    [
        "  spaces at both ends stay  ",
        "пароль из простых слов",
        "缝纫机 与 蓝色 的 线 以及 七颗 纽扣",
        "a long walk by the quiet canal in late autumn " * 5,
    ],
)
def test_any_other_password_is_taken_exactly_as_it_is(ada, new_client, cast, password):
    assert ada.submit(PATH, current_password=cast.ada.password, password=password).path == "/settings/security"
    other = new_client()
    assert other.submit("/login", email=cast.ada.email, password=password.strip() + "!").status == 422
    other.submit("/login", email=cast.ada.email, password=password)
    assert is_in(other)


def test_no_password_stays_in_the_trail_or_the_emails(app, ada, cast, outbox):
    from sqlalchemy import select

    from portal.kit.audit import AuditEntry
    from portal.kit.db import db

    ada.submit(PATH, current_password=cast.ada.password, password=NEW)
    with app.app_context():
        trail = str([entry.facts for entry in db.session.scalars(select(AuditEntry))])
    kept = trail + "".join(email.text + email.html for email in outbox.all())
    assert NEW not in kept and cast.ada.password not in kept
