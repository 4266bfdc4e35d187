"""New recovery codes: on request, in the place of the old ones, and gone when their owner says that it was not them."""

import pytest

from portal.accounts.models import TotpFactor
from portal.kit.db import db
from tests.accounts.walk import INSIDE, LOST, NEW_CODES, codes_on, enrol, left, make_new, sign_in, use_code

pytestmark = pytest.mark.both_databases

SAVED = "Save your recovery codes"
FILE = "/settings/second-factor/codes/file"


@pytest.fixture
def ada(cast):
    """Ada, a customer."""
    return cast.ada


@pytest.fixture
def codes(ada, cast, clock):
    """The recovery codes of Ada, who has set up a factor."""
    return enrol(cast.sign_in(ada))[1]


def test_new_codes_take_the_place_of_the_old_ones_once_one_is_typed(client, new_client, ada, codes, cast, outbox, unit):
    browser = cast.sign_in(ada)
    page = browser.page(NEW_CODES)
    assert page.title == SAVED
    assert not set(codes_on(page)) & set(codes)
    assert browser.send(page, action=NEW_CODES, code=codes[0]).status == 422
    assert use_code(client, ada, codes[0]).path == "/home", "until then the old ones work"
    page = browser.send(page, action=NEW_CODES, code=codes_on(page)[0])
    assert page.path == "/settings/security"
    assert outbox.last(ada.email).subject == "New recovery codes for your account"
    assert use_code(new_client(), ada, codes[1]).status == 422


def test_new_codes_need_a_recent_proof(ada, codes, cast, clock):
    browser = cast.sign_in(ada)
    page = browser.page(NEW_CODES)
    clock.forward(minutes=31)
    assert browser.page(NEW_CODES).path == INSIDE
    assert browser.send(page, action=NEW_CODES, code=codes_on(page)[0]).path == INSIDE
    assert browser.send(page, action=FILE).path == INSIDE


def test_of_two_tabs_with_new_codes_the_one_that_is_late_changes_nothing(client, ada, codes, cast):
    browser = cast.sign_in(ada)
    first, second = browser.page(NEW_CODES), browser.page(NEW_CODES)
    browser.send(first, action=NEW_CODES, code=codes_on(first)[0])
    page = browser.send(second, action=NEW_CODES, code=codes_on(second)[0])
    assert page.title == SAVED
    assert "your codes have changed since" in page.text
    assert use_code(client, ada, codes_on(first)[1]).path == "/home"


def test_codes_go_with_the_factor(ada, codes, cast, unit):
    cast.sign_in(ada).submit("/settings/second-factor/remove", password=ada.password)
    assert left(unit, ada) == 0


def test_a_page_of_new_codes_brings_no_factor_back_that_was_turned_off(ada, codes, cast, unit):
    browser = cast.sign_in(ada)
    page = browser.page(NEW_CODES)
    browser.submit("/settings/second-factor/remove", password=ada.password)
    assert browser.send(page, action=NEW_CODES, code=codes_on(page)[0]).path == "/settings/security"
    assert left(unit, ada) == 0


def test_making_codes_has_a_limit_of_its_own(ada, codes, cast):
    browser = cast.sign_in(ada)
    page = browser.page(NEW_CODES)
    statuses = [browser.send(page, action=NEW_CODES, code="2222-2222-2222").status for _try in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_a_thief_who_made_new_codes_loses_them_when_the_owner_says_so(client, ada, codes, cast, outbox, unit, clock):
    clock.forward(days=8)
    theirs, _page = make_new(cast.sign_in(ada))
    client.submit(outbox.last(ada.email).link("/wasnt-me/"))
    assert left(unit, ada) == 0
    new = "seven green bobbins in a drawer"
    client.submit(outbox.last(ada.email).link("/reset-password/"), password=new)
    page = sign_in(client, ada, password=new)
    assert client.send(client.send(page, action=LOST), code=theirs[0]).status == 422


def test_codes_that_a_thief_made_for_staff_go_though_the_factor_stays(client, cast, outbox, unit):
    cast.give_role(cast.ada, "support")
    enrol(cast.sign_in(cast.ada))
    make_new(cast.sign_in(cast.ada))
    client.submit(outbox.last(cast.ada.email).link("/wasnt-me/"))
    assert left(unit, cast.ada) == 0
    with unit():
        assert db.session.get(TotpFactor, cast.ada.account_id) is not None


def test_new_codes_end_what_waits(ada, codes, cast, outbox, client):
    thief = cast.sign_in(ada)
    thief.submit("/settings/email", email="thief@example.com")
    confirm = outbox.last("thief@example.com").link("/email/confirm/")
    make_new(cast.sign_in(ada))
    assert client.page(confirm).status == 410
