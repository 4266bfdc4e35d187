"""The second factor: set up, asked for, spent once, never guessed, removed."""

import pyotp
import pytest
from sqlalchemy import update

from portal.accounts import service as accounts
from portal.accounts.models import TotpFactor
from portal.accounts.service import people
from portal.kit import clock as time
from portal.kit.db import db
from tests.accounts.walk import INSIDE, SET_UP, codes_on, cookie_of, form_with, is_in, sign_in
from tests.conftest import Visitor
from tests.people import TOTP_SECRET

STEP = "/login/second-factor"
ASKED = "Two-step verification"


@pytest.fixture
def ada(cast):
    """Ada with a second factor."""
    cast.give_factor(cast.ada)
    return cast.ada


def set_up(visitor, clock_now=None):
    """Set up a factor by the page and return its secret."""
    page = visitor.get(SET_UP)
    secret = page.soup.find(id="key").get_text()
    return secret, page


def test_a_person_sets_up_a_factor_and_signs_in_with_it(client, new_client, cast, outbox, clock):
    sign_in(client, cast.ada)
    other = cast.sign_in(cast.ada)
    secret, page = set_up(client)
    assert page.soup.find("svg", attrs={"aria-label": True})
    page = client.send(page, code=pyotp.TOTP(secret).now())
    assert page.title == "Save your recovery codes"
    client.send(page, action=form_with(page, "code"), code=codes_on(page)[0])
    assert outbox.last(cast.ada.email).subject == "Two-step verification was turned on"
    assert is_in(client)
    assert not is_in(other), "other sessions end"
    clock.forward(seconds=31)
    browser = new_client()
    page = sign_in(browser, cast.ada)
    assert page.title == ASKED
    assert not is_in(browser)
    browser.send(page, code=pyotp.TOTP(secret).now())
    assert is_in(browser)


def test_the_secret_of_the_page_stays_after_a_wrong_code(client, cast):
    sign_in(client, cast.ada)
    secret, page = set_up(client)
    page = client.send(page, code="000000")
    assert page.status == 422
    assert page.soup.find(id="key").get_text() == secret
    assert codes_on(client.send(page, code=pyotp.TOTP(secret).now()))


def test_the_secret_is_stored_sealed(app, ada, cast, unit):
    with unit():
        assert TOTP_SECRET.encode() not in db.session.get(TotpFactor, ada.id).secret_sealed


@pytest.mark.parametrize("sealed", ["", "x", "AAAA", "é", "A" * 400, "A" * 9000])
def test_a_secret_that_is_not_ours_is_refused(client, cast, unit, sealed):
    sign_in(client, cast.ada)
    _secret, page = set_up(client)
    page = client.send(page, sealed=sealed, code="123456")
    assert page.status == 422
    with unit():
        assert db.session.get(TotpFactor, cast.ada.id) is None


def test_the_secret_of_another_person_is_refused(client, new_client, cast, unit):
    sign_in(client, cast.ada)
    secret, page = set_up(client)
    ben = new_client()
    sign_in(ben, cast.ben)
    page = ben.send(ben.get(SET_UP), sealed=page.fields()["sealed"], code=pyotp.TOTP(secret).now())
    assert page.status == 422
    with unit():
        assert db.session.get(TotpFactor, cast.ben.id) is None


def test_setting_up_needs_a_recent_proof(client, cast, clock):
    sign_in(client, cast.ada)
    _secret, page = set_up(client)
    clock.forward(minutes=31)
    assert client.send(page, code="123456").path == INSIDE
    assert client.get("/settings/second-factor/remove").path == INSIDE


def test_the_password_alone_opens_nothing(client, ada):
    assert sign_in(client, ada).title == ASKED
    assert not is_in(client)
    assert client.fill_in(code="000000").status == 422
    assert not is_in(client)


def test_the_code_alone_opens_nothing(client, cast, ada):
    assert client.get(STEP).path == "/login"
    page = client.get("/login")
    answer = client.post(STEP, csrf_token=page.fields()["csrf_token"], code=cast.code(ada))
    assert answer.path == "/login"
    assert not is_in(client)


def test_a_code_serves_once(client, new_client, cast, ada):
    sign_in(client, ada)
    code = cast.code(ada)
    client.fill_in(code=code)
    assert is_in(client)
    second = new_client()
    sign_in(second, ada)
    assert second.fill_in(code=code).status == 422
    assert not is_in(second)


def test_a_code_that_a_clock_ahead_has_spent_locks_nobody_out(client, new_client, cast, ada, clock):
    clock.forward(days=400)
    ahead = new_client()
    sign_in(ahead, ada)
    assert ahead.fill_in(code=cast.code(ada)).path == "/home"
    clock.forward(days=-400)
    sign_in(client, ada)
    code = cast.code(ada)
    client.fill_in(code=code)
    assert is_in(client)
    second = new_client()
    sign_in(second, ada)
    assert second.fill_in(code=code).status == 422, "and it serves once as ever"


@pytest.mark.parametrize(("away", "good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_code_may_be_one_step_away(client, cast, ada, clock, away, good):
    sign_in(client, ada)
    cast.code(ada)
    from portal.kit import clock as portal_clock

    code = pyotp.TOTP(TOTP_SECRET).at(int(portal_clock.now().timestamp()) // 30 * 30 + away)
    client.fill_in(code=code)
    assert is_in(client) is good


@pytest.mark.parametrize("zero", ["0", "\uff10", "\u0660", "\u06f0", "\u0966"])
def test_the_digits_of_any_keyboard_are_digits(client, cast, ada, zero):
    sign_in(client, ada)
    client.fill_in(code=cast.code(ada).translate({ord("0") + n: chr(ord(zero) + n) for n in range(10)}))
    assert is_in(client)


def test_a_code_in_other_digits_spends_no_try(client, new_client, cast, ada, clock):
    full_width = {ord("0") + n: 0xFF10 + n for n in range(10)}
    for _time in range(6):
        browser = new_client()
        sign_in(browser, ada)
        browser.fill_in(code=f"{cast.code(ada)[:3]}-{cast.code(ada)[3:]}".translate(full_width))
        assert is_in(browser)
        clock.forward(seconds=31)


def test_a_code_may_be_typed_with_spaces(client, cast, ada):
    sign_in(client, ada)
    code = cast.code(ada)
    client.fill_in(code=f" {code[:3]} {code[3:]} ")
    assert is_in(client)


@pytest.mark.parametrize("code", ["", "12345", "１２３４５６", "abcdef", "x" * 13, "12\x0056", "-1", "1e5", "😀" * 6])
def test_nonsense_is_refused_by_its_field(client, ada, code):
    sign_in(client, ada)
    page = client.fill_in(code=code)
    assert page.status == 422
    assert page.soup.find(id="code-error")


def test_codes_are_not_guessed(client, new_client, cast, ada, clock):
    sign_in(client, ada)
    for _ in range(5):
        assert client.fill_in(code="000000").status == 422
    assert client.fill_in(code=cast.code(ada)).status == 429
    other = new_client()
    sign_in(other, ada)
    assert other.fill_in(code=cast.code(ada)).status == 429, "another browser does not help"


def test_an_account_that_changes_while_the_code_is_checked_is_asked_to_start_again(client, cast, ada, monkeypatch):
    page = sign_in(client, ada)
    lock = people.lock_person

    def frozen_meanwhile(person_id):
        person = lock(person_id)
        person.frozen_at = time.now()
        return person

    monkeypatch.setattr(people, "lock_person", frozen_meanwhile)
    page = client.send(page, code=cast.code(ada))
    assert page.path == "/login"
    assert "start again" in page.text
    assert not is_in(client)


def test_the_first_half_is_good_for_a_short_time(client, cast, ada, clock):
    page = sign_in(client, ada)
    clock.forward(minutes=10, seconds=2)
    page = client.send(page, code=cast.code(ada))
    assert page.path == "/login"
    assert "start again" in page.text


def test_the_first_half_dies_with_a_new_password(client, cast, ada, unit):
    sign_in(client, ada)
    with unit():
        accounts.set_password(accounts.get_person(ada.id), password="nine other looms at noon")
    assert client.fill_in(code=cast.code(ada)).path == "/login"
    assert not is_in(client)


def test_remember_me_survives_the_second_step(client, cast, ada):
    sign_in(client, ada, remember="y")
    client.fill_in(code=cast.code(ada))
    assert cookie_of(client).expires is not None


def test_one_is_led_on_after_the_second_step(client, cast, ada):
    page = client.get(f"{INSIDE}?next=/privacy")
    page = client.send(page, email=ada.email, password=ada.password)
    page = client.send(page, code=cast.code(ada))
    assert page.path == INSIDE


def test_proving_who_one_is_takes_both(client, cast, ada, clock):
    sign_in(client, ada)
    client.fill_in(code=cast.code(ada))
    clock.forward(minutes=31)
    for code in ("", "000000"):
        assert client.submit(INSIDE, password=ada.password, code=code).status == 422
    assert client.get("/settings/second-factor/remove").path == INSIDE
    client.submit(INSIDE, password=ada.password, code=cast.code(ada))
    assert client.get("/settings/second-factor/remove").path == "/settings/second-factor/remove"


def test_a_session_from_before_the_factor_gives_it_later(client, cast):
    sign_in(client, cast.ada)
    cast.give_factor(cast.ada)
    assert client.get(STEP).path == STEP
    client.fill_in(code=cast.code(cast.ada))
    assert is_in(client)


def test_who_has_none_is_led_to_set_one_up(client, cast):
    sign_in(client, cast.ada)
    assert client.get(STEP).path == SET_UP


def test_the_factor_is_removed_by_the_password(client, new_client, cast, ada, outbox):
    sign_in(client, ada)
    client.fill_in(code=cast.code(ada))
    assert client.submit("/settings/second-factor/remove", password="wrong wrong wrong").status == 422
    client.submit("/settings/second-factor/remove", password=ada.password)
    assert outbox.last(ada.email).subject == "Two-step verification was turned off"
    assert is_in(client)
    other = new_client()
    sign_in(other, ada)
    assert is_in(other)


def test_a_short_password_cannot_be_left_alone(client, cast, outbox, unit):
    short = cast.make("Eve Short", "eve@example.com", "kq7 wz9 b")
    cast.give_factor(short)
    sign_in(client, short)
    client.fill_in(code=cast.code(short))
    page = client.submit("/settings/second-factor/remove", password=short.password)
    assert page.status == 422
    assert "at least 15 characters" in page.text
    with unit():
        assert db.session.get(TotpFactor, short.id) is not None


def test_with_a_factor_a_shorter_password_will_do(cast, ada, unit):
    with unit():
        accounts.set_password(accounts.get_person(ada.id), password="kq7 wz9 b")


def lose_the_key(unit, person):
    """Let the secret behind the codes be sealed under a key that is in no list."""
    with unit():
        stranger = bytes.fromhex("0badcafe") + bytes(60)
        db.session.execute(update(TotpFactor).where(TotpFactor.person_id == person.id).values(secret_sealed=stranger))


def test_a_secret_that_does_not_open_is_our_fault_said_plainly_and_no_try_is_spent(client, cast, ada, unit, capfd):
    sign_in(client, ada)
    client.fill_in(code=cast.code(ada))
    lose_the_key(unit, ada)
    second = Visitor(client.client.application)
    sign_in(second, ada)
    capfd.readouterr()
    for _each in range(12):
        for page in (second.fill_in(code="123456"), client.submit(INSIDE, code="123456", password=ada.password)):
            assert page.status == 503
            assert "problem on our side, and your code wasn’t used" in page.text
            assert page.response.headers["Retry-After"] == "600"
    told = [line for line in capfd.readouterr().out.splitlines() if "accounts.codes_unreadable" in line]
    assert len(told) == 24
    assert {line.partition("accounts.codes_unreadable")[2].split()[0] for line in told} == {"key=0badcafe"}
    assert not any(ada.email in line or str(ada.id) in line for line in told)
    assert not is_in(second)


def test_a_session_from_before_the_factor_hears_the_same(client, cast, unit):
    sign_in(client, cast.ada)
    cast.give_factor(cast.ada)
    lose_the_key(unit, cast.ada)
    client.get(STEP)
    assert client.fill_in(code="123456").status == 503


def test_a_closed_account_asks_for_the_code_before_it_shows_the_way_back(client, cast, unit):
    """S13: the way back into a closed account is a way into the account."""
    ada = cast.ada
    cast.give_factor(ada)
    cast.sign_in(ada).submit("/settings/privacy/delete", confirm="y")
    page = client.submit("/login", email=ada.email, password=ada.password)
    assert page.title == "Two-step verification"
    assert "/delete/undo/" not in page.response.text
    page = client.send(page, code="000000")
    assert page.status == 422
    page = client.send(page, code=cast.code(ada))
    assert page.title == "Keep your account?"
    assert client.send(page).path == "/login"
    with unit():
        assert accounts.get_person(ada.account_id).deactivated_at is None
    page = client.submit("/login", email=ada.email, password=ada.password)
    assert page.title == "Two-step verification"
