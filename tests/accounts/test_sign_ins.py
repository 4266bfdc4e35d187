"""Sign-in and sign-out: who comes in, who does not, and what the answers give away."""

import time
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select

from portal.accounts import service as accounts
from portal.accounts.models import SignInSession
from portal.kit.db import db
from portal.kit.passwords import Hasher
from portal.kit.unit import unit_of_work
from tests.accounts.walk import INSIDE, cookie_of, is_in, same, sign_in


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM", "  ada@example.com "])
def test_a_person_signs_in_and_out(client, cast, email):
    page = client.submit("/login", email=email, password=cast.ada.password)
    assert page.path != "/login"
    assert is_in(client)
    page = client.send(client.get(INSIDE), action="/logout")
    assert "signed out" in page.text
    assert not is_in(client)


def test_the_browser_is_told_to_forget(client, cast):
    sign_in(client, cast.ada)
    token = client.get(INSIDE).fields()["csrf_token"]
    answer = client.client.post("/logout", data={"csrf_token": token})
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_signing_out_needs_the_token(client, cast):
    sign_in(client, cast.ada)
    client.post("/logout")
    assert is_in(client)


def test_a_wrong_password_and_a_stranger_look_alike(app, new_client, cast):
    hashes, pages, counts = app.extensions["portal.hasher"], [], []
    for email in (cast.ada.email, "adb@example.com"):
        before = hashes.count
        pages.append(new_client().submit("/login", email=email, password="wrong wrong wrong"))
        counts.append(hashes.count - before)
    assert counts == [1, 1]
    assert [page.status for page in pages] == [422, 422]
    assert same(pages[0]).replace(cast.ada.email, "") == same(pages[1]).replace("adb@example.com", "")
    assert len(pages[0].response.get_data()) == len(pages[1].response.get_data())
    assert [*pages[0].response.headers.keys()] == [*pages[1].response.headers.keys()]


def test_a_failed_sign_in_asks_the_database_as_much_for_a_stranger(app, new_client, cast):
    """Work that only a known address causes would be heard in the time of the answer (v5.0.0-6.3.8)."""
    counts = []
    for email in (cast.ada.email, "adb@example.com"):
        visitor, seen = new_client(), []
        page = visitor.get("/login")

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement.split("(")[0][:60])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        visitor.send(page, email=email, password="wrong wrong wrong")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(seen)
    assert counts[0] == counts[1]


def test_nothing_typed_is_lost_but_the_password(client, cast):
    page = sign_in(client, cast.ada, password="not this one", remember="y")
    assert page.fields()["email"] == cast.ada.email
    assert page.fields()["password"] == ""
    assert page.fields()["remember"] == "y"


def test_a_password_is_compared_exactly(client, cast):
    person = cast.make("Eve Exact", "eve@example.com", "  Zwölf Stoffe, 72 bytes are not the end of it: " + "ö" * 40 + "!")
    for wrong in (person.password.strip(), person.password[:-1], person.password.casefold(), person.password + " "):
        assert not is_in_after(client, person, wrong)
    assert is_in_after(client, person, person.password)


def is_in_after(visitor, person, password):
    sign_in(visitor, person, password=password)
    return is_in(visitor)


def test_after_ten_failures_even_the_right_password_waits(client, new_client, cast, clock):
    for _ in range(10):
        assert sign_in(client, cast.ada, password="wrong wrong wrong").status == 422
    locked = sign_in(new_client(), cast.ada)
    assert locked.status == 429
    assert "Wait 5 minutes" in locked.text
    clock.forward(minutes=5, seconds=1)
    sign_in(client, cast.ada)
    assert is_in(client)


def test_a_strangers_address_is_locked_just_the_same(new_client, cast):
    pages = []
    for email in (cast.ada.email, "adb@example.com"):
        for _ in range(11):
            page = new_client().submit("/login", email=email, password="wrong wrong wrong")
        pages.append(page)
    assert pages[0].status == pages[1].status == 429
    assert same(pages[0]).replace(cast.ada.email, "") == same(pages[1]).replace("adb@example.com", "")


def test_sign_ins_that_succeed_are_not_counted(client, new_client, cast):
    for _ in range(12):
        assert sign_in(new_client(), cast.ada).path != "/login"


def test_somebody_elses_success_does_not_wipe_out_failures(app, new_client, cast):
    for number in range(100):
        with app.app_context():
            try_wrong(f"guess{number}@example.com", cast)
    assert sign_in(new_client(), cast.ben).status == 429


def try_wrong(email, cast):
    try:
        with unit_of_work():
            accounts.sign_in(accounts.Attempt(email, "wrong wrong wrong", False, "", "127.0.0.1"))
    except accounts.SignInRefused:
        return


def test_a_forged_address_header_does_not_help(client, cast):
    for number in range(10):
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        page = client.get("/login")
        client.post("/login", headers=headers, **{**page.fields(), "email": cast.ada.email, "password": "wrong"})
    page = client.get("/login")
    answer = client.post(
        "/login",
        headers={"X-Forwarded-For": "203.0.113.99"},
        **{**page.fields(), "email": cast.ada.email, "password": cast.ada.password},
    )
    assert answer.status == 429


def test_a_browser_that_refuses_cookies_is_told_so(app, cast):
    page = app.test_client(use_cookies=False)
    fields = {"email": cast.ada.email, "password": cast.ada.password, "csrf_token": "x"}
    page.get("/login")
    answer = page.post("/login", data=fields)
    assert answer.status_code == 422
    assert "Allow cookies" in answer.text
    assert cast.ada.email in answer.text, "nothing typed is lost"


def test_the_page_says_beforehand_that_it_needs_a_cookie(client):
    assert "need to allow cookies" in client.get("/login").text


def test_an_expired_page_comes_back_filled(client, cast, clock):
    page = client.get("/login")
    clock.forward(hours=12, seconds=2)
    page = client.send(page, email=cast.ada.email, password=cast.ada.password)
    assert page.status == 422
    assert "open too long" in page.text
    assert page.fields()["email"] == cast.ada.email
    assert client.send(page, password=cast.ada.password).path != "/login"


def test_the_cookie_is_out_of_reach_of_scripts_and_ends_with_the_browser(client, cast):
    page = client.get("/login")
    answer = client.client.post("/login", data={**page.fields(), "email": cast.ada.email, "password": cast.ada.password})
    (cookie,) = (each for each in answer.headers.getlist("Set-Cookie") if each.startswith("portal="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert answer.status_code == 303


def test_remember_me_outlives_the_browser(client, cast):
    sign_in(client, cast.ada, remember="y")
    left = cookie_of(client).expires.timestamp() - time.time()
    assert 29 * 86400 < left <= 30 * 86400 + 60


def test_the_cookie_is_new_after_sign_in(client, cast):
    page = client.get("/login")
    before, token = cookie_of(client).value, page.fields()["csrf_token"]
    sign_in(client, cast.ada)
    after = client.get(INSIDE)
    assert cookie_of(client).value != before
    old = client.post(INSIDE, csrf_token=token, password=cast.ada.password)
    assert old.status == 422, "the token from before sign-in is dead"
    assert after.fields()["csrf_token"] != token


def test_a_planted_cookie_is_not_signed_in_later(client, new_client, cast):
    """Session fixation: what an attacker knew before sign-in opens nothing afterwards (v5.0.0-7.2.4)."""
    client.get("/login")
    planted = cookie_of(client).value
    sign_in(client, cast.ada)
    attacker = new_client()
    attacker.client.set_cookie("portal", planted)
    assert not is_in(attacker)


def test_the_sign_in_page_leads_on_to_where_one_wanted_to_go(client, cast):
    page = client.get("/settings/second-factor?x=1")
    assert page.path == "/login"
    page = client.send(page, email=cast.ada.email, password=cast.ada.password)
    assert page.response.request.full_path == "/settings/second-factor?x=1"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/%09/evil.example", "@evil", "/\r\nX: y", "x" * 4000],
)
def test_the_sign_in_page_leads_nowhere_else(client, cast, target):
    page = client.get("/login", query_string={"next": target})
    data = {**page.fields(), "email": cast.ada.email, "password": cast.ada.password}
    answer = client.client.post("/login", query_string={"next": target}, data=data)
    assert answer.status_code == 303
    assert "evil" not in answer.headers["Location"] or answer.headers["Location"].startswith("/%")
    assert answer.headers["Location"].startswith("/")


def test_who_is_signed_in_already_is_led_on(client, cast):
    sign_in(client, cast.ada)
    assert client.get("/login").path != "/login"


def test_signing_in_anew_ends_the_browsers_old_session(client, cast, unit):
    sign_in(client, cast.ada)
    client.post("/login", **{**client.get(INSIDE).fields(), "email": cast.ben.email, "password": cast.ben.password})
    with unit():
        assert [row.person_id for row in db.session.scalars(select(SignInSession))] == [cast.ben.id]


def test_a_closed_account_gets_no_session_but_the_way_back(client, new_client, cast, unit):
    with unit():
        accounts.deactivate(cast.ada.id, by=cast.ada.id)
    page = client.get("/login")
    wrong = new_client().submit("/login", email=cast.ada.email, password="wrong wrong wrong")
    assert (wrong.path, wrong.status) == ("/login", 422)
    answer = client.client.post("/login", data={**page.fields(), "email": cast.ada.email, "password": cast.ada.password})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/settings/privacy/delete/undo/")
    assert not is_in(client)
    token = answer.headers["Location"].rpartition("/")[2]
    with unit():
        assert accounts.person_of_closing_link(token).id == cast.ada.id


def test_closing_an_account_ends_it_everywhere_at_its_next_request(cast, unit):
    browsers = [cast.sign_in(cast.ada), cast.sign_in(cast.ada, remember=True)]
    assert all(map(is_in, browsers))
    with unit():
        accounts.deactivate(cast.ada.id, by=cast.ada.id)
    assert not any(map(is_in, browsers))
    with unit():
        accounts.reactivate(cast.ada.id)
    assert not any(map(is_in, browsers)), "nobody comes back in by the undo"
    assert is_in_after(browsers[0], cast.ada, cast.ada.password)


def test_a_frozen_account_is_told_to_choose_a_new_password(client, new_client, cast, unit):
    with unit():
        accounts.freeze(accounts.get_person(cast.ada.id))
    page = sign_in(client, cast.ada)
    assert "This account is locked" in page.text
    assert not is_in(client)
    assert "This account is locked" not in sign_in(new_client(), cast.ada, password="wrong wrong wrong").text
    with unit():
        accounts.set_password(accounts.get_person(cast.ada.id), password="nine other looms at noon")
    assert is_in_after(client, cast.ada, "nine other looms at noon")


def test_a_password_is_hashed_anew_when_the_parameters_grow(app, client, new_client, cast, unit, monkeypatch):
    cast.ada  # noqa: B018 (made with the old parameters)
    stronger = replace(app.extensions["portal.settings"], argon2_time=2)
    monkeypatch.setitem(app.extensions, "portal.hasher", Hasher(stronger))
    sign_in(client, cast.ada)
    with unit():
        person = accounts.get_person(cast.ada.id)
        assert "t=2" in person.password_hash
        assert not app.extensions["portal.hasher"].needs_rehash(person.password_hash)
    assert is_in(client)
    assert is_in_after(new_client(), cast.ada, cast.ada.password)


def test_a_password_is_the_same_on_every_keyboard(client, new_client, cast):
    """One keyboard sends ö as one code point, another as o with two dots above (NIST SP 800-63B-4, 3.1.1.2)."""
    composed, apart = (unicodedata.normalize(form, "Größenwahn café naïve zebra") for form in ("NFC", "NFD"))
    assert composed != apart
    ben, cleo = cast.make("Ben", "b@example.com", composed), cast.make("Cleo", "c@example.com", apart)
    for person in (ben, cleo):
        for password in (composed, apart):
            browser = new_client()
            browser.submit("/login", email=person.email, password=password)
            assert is_in(browser)


def test_a_password_from_before_that_still_opens_and_is_then_the_same_everywhere(app, new_client, cast, unit):
    composed, apart = (unicodedata.normalize(form, "Größenwahn café naïve zebra") for form in ("NFC", "NFD"))
    with unit():
        person = accounts.get_person(cast.ada.account_id)
        person.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(apart)
    for password in (apart, composed, apart):
        browser = new_client()
        browser.submit("/login", email=cast.ada.email, password=password)
        assert is_in(browser)


@pytest.mark.parametrize("password", ["wrong wrong wrong", "wro\u0308ng wro\u0308ng"])
def test_whatever_was_sent_a_stranger_costs_as_many_hashes(app, new_client, cast, password):
    hashes, counts = app.extensions["portal.hasher"], []
    for email in (cast.ada.email, "adb@example.com"):
        before = hashes.count
        assert new_client().submit("/login", email=email, password=password).status == 422
        counts.append(hashes.count - before)
    assert counts[0] == counts[1]


def test_an_easy_password_gets_a_word_of_advice(client, cast, new_client):
    easy = cast.make("Eve Easy", "eve@example.com", "password12345678")
    page = sign_in(client, easy)
    assert is_in(client)
    assert "easy to guess" in page.text + client.get(INSIDE).text
    sign_in(new_client(), cast.ada)


def test_a_password_changed_meanwhile_lets_nobody_in_by_the_old_one(app, cast, monkeypatch):
    """The proof was given before the change, the session would open after it."""
    cast.ada  # noqa: B018 (made before the race)
    real = Hasher.verify

    def change_meanwhile(self, hashed, password):
        right = real(self, hashed, password)
        with app.app_context(), unit_of_work():
            row = accounts.lock_person(cast.ada.id)
            row.password_set_at += timedelta(days=1)
        return right

    monkeypatch.setattr(Hasher, "verify", change_meanwhile)
    with app.app_context(), pytest.raises(accounts.SignInRefused), unit_of_work():
        accounts.sign_in(accounts.Attempt(cast.ada.email, cast.ada.password, False, "", "127.0.0.1"))
