"""A new phone: the old app is good until the new one is proven, and whoever replaced it for a thief's is undone."""

import pyotp
import pytest

from portal.accounts.models import TotpFactor
from portal.kit.db import db
from tests.accounts.walk import INSIDE, SET_UP, enrol, is_in, left, make_new, sign_in, use_code

pytestmark = pytest.mark.both_databases

REPLACE = "/settings/second-factor/replace"


@pytest.fixture
def old(cast, clock):
    """The secret of Ada's old app, and her recovery codes."""
    secret, codes, _page = enrol(cast.sign_in(cast.ada))
    clock.forward(minutes=2)
    return secret, codes


def replace(browser, person, *, password=None, code=None):
    """Replace the app by the page; return the new secret and the last page."""
    page = browser.page(REPLACE)
    secret = page.soup.find(id="key").get_text()
    return secret, browser.send(page, password=password or person.password, code=code or pyotp.TOTP(secret).now())


def enters(browser, person, secret):
    sign_in(browser, person)
    browser.fill_in(code=pyotp.TOTP(secret).now())
    return is_in(browser)


def test_the_old_app_is_good_until_the_new_one_is_proven(client, new_client, cast, old, outbox, clock):
    browser, other = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    page = browser.page(REPLACE)
    new = page.soup.find(id="key").get_text()
    page = browser.send(page, password=cast.ada.password, code="000000")
    assert page.status == 422
    assert page.soup.find(id="key").get_text() == new
    assert enters(client, cast.ada, old[0])
    assert browser.send(page, password=cast.ada.password, code=pyotp.TOTP(new).now()).path == "/settings/security"
    assert outbox.last(cast.ada.email).subject == "Your authenticator app was replaced"
    assert "/wasnt-me/" in outbox.last(cast.ada.email).text
    assert is_in(browser)
    assert not is_in(other), "other sessions end"
    clock.forward(minutes=2)
    assert not enters(new_client(), cast.ada, old[0])
    assert enters(new_client(), cast.ada, new)


def test_recovery_codes_outlive_a_new_app(client, cast, old):
    replace(cast.sign_in(cast.ada), cast.ada)
    assert use_code(client, cast.ada, old[1][0]).path == "/home"


def test_a_recovery_code_and_the_password_are_enough_for_a_new_phone(client, cast, old, clock, new_client):
    use_code(client, cast.ada, old[1][0])
    new, _page = replace(client, cast.ada)
    clock.forward(minutes=2)
    assert enters(new_client(), cast.ada, new)


def test_a_session_alone_replaces_nothing(client, cast, old, clock):
    browser = cast.sign_in(cast.ada)
    assert replace(browser, cast.ada, password="not the password")[1].status == 422
    assert enters(client, cast.ada, old[0])
    clock.forward(minutes=31)
    assert browser.page(REPLACE).path == INSIDE


def test_of_two_tabs_the_one_that_is_late_replaces_nothing(client, cast, old, clock):
    browser = cast.sign_in(cast.ada)
    late = browser.page(REPLACE)
    new, _page = replace(browser, cast.ada)
    secret = late.soup.find(id="key").get_text()
    page = browser.send(late, password=cast.ada.password, code=pyotp.TOTP(secret).now())
    page = browser.send(page, password=cast.ada.password, code=pyotp.TOTP(secret).now())
    assert page.status == 422
    clock.forward(minutes=2)
    assert enters(client, cast.ada, new)


def test_a_page_from_before_new_codes_replaces_nothing(cast, old):
    browser = cast.sign_in(cast.ada)
    page = browser.page(REPLACE)
    make_new(browser)
    code = pyotp.TOTP(page.soup.find(id="key").get_text()).now()
    assert browser.send(page, password=cast.ada.password, code=code).status == 422


def test_without_a_factor_there_is_nothing_to_replace(cast):
    assert cast.sign_in(cast.ada).page(REPLACE).path == SET_UP


def test_a_new_app_ends_what_waits(client, cast, old, outbox):
    cast.sign_in(cast.ada).submit("/settings/email", email="thief@example.com")
    confirm = outbox.last("thief@example.com").link("/email/confirm/")
    replace(cast.sign_in(cast.ada), cast.ada)
    assert client.page(confirm).status == 410


def test_a_thief_who_replaced_the_app_is_out_and_the_owner_in(client, cast, old, outbox, unit, clock):
    clock.forward(days=30)
    theirs, _page = replace(cast.sign_in(cast.ada), cast.ada)
    client.submit(outbox.last(cast.ada.email).link("/wasnt-me/"))
    new = "seven green bobbins in a drawer"
    client.submit(outbox.last(cast.ada.email).link("/reset-password/"), password=new)
    sign_in(client, cast.ada, password=new)
    assert is_in(client)
    assert left(unit, cast.ada) == 0
    with unit():
        assert db.session.get(TotpFactor, cast.ada.account_id) is None
