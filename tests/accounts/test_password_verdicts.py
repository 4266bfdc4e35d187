"""A password is judged once, and again once anything has changed that the verdict on it stands on."""

from dataclasses import replace
from threading import Thread

import pytest

from portal.accounts import service as accounts
from portal.kit import clock, password_strength
from portal.kit.passwords import Hasher
from portal.kit.setting_values import Secret
from tests.accounts.walk import INSIDE, enrol, is_in, sign_in, use_code

pytestmark = pytest.mark.both_databases

EASY = "password12345678"
NEW = "seven green bobbins in a drawer"
ADVICE = "easy to guess"
OTHER_LIST = "another version of the list"


@pytest.fixture
def judged(monkeypatch):
    """What has been judged, a line each time."""
    found, judge = [], password_strength.is_common
    monkeypatch.setattr(password_strength, "is_common", lambda password: found.append(password) or judge(password))
    return found


@pytest.fixture
def enter(new_client, judged):
    """Sign in in a new browser; return how often the password was judged by it, and whether it was advised against."""

    def enter(person, password=None):
        judged.clear()
        visitor = new_client()
        page = sign_in(visitor, person, password=password)
        assert is_in(visitor)
        return len(judged), ADVICE in page.text + visitor.get(INSIDE).text

    return enter


@pytest.fixture
def other_list(monkeypatch):
    """Have the list change."""
    return lambda: monkeypatch.setattr(password_strength, "version", lambda: OTHER_LIST)


@pytest.fixture
def verdict(unit):
    """Read what is kept with a person."""

    def read(person):
        with unit():
            return accounts.get_person(person.account_id).password_verdict

    return read


def change_name(visitor, name):
    visitor.submit("/settings/profile", name=name)


def change_address(visitor, email, outbox):
    visitor.submit("/settings/email", email=email)
    visitor.submit(outbox.last(email).link("/email/confirm/"))


def test_it_is_judged_at_the_first_sign_in_and_not_at_the_next(cast, enter):
    assert [enter(cast.ada) for _each in range(3)] == [(1, False), (0, False), (0, False)]


def test_it_is_judged_again_once_when_the_list_has_changed(cast, enter, other_list):
    enter(cast.ada)
    other_list()
    assert [enter(cast.ada) for _each in range(2)] == [(1, False), (0, False)]


def test_what_a_new_list_finds_easy_is_advised_against_whatever_the_old_one_said(cast, enter, other_list, monkeypatch):
    enter(cast.ada)
    other_list()
    judge = password_strength.is_common
    monkeypatch.setattr(password_strength, "is_common", lambda password: judge(password) or password == cast.ada.password)
    assert [enter(cast.ada) for _each in range(2)] == [(1, True), (1, True)]


def test_an_easy_one_is_judged_and_advised_against_at_each_sign_in_and_nothing_is_kept(cast, enter, verdict):
    easy = cast.make("Eve Easy", "eve@example.com", EASY)
    assert [enter(easy) for _each in range(3)] == [(1, True)] * 3
    assert verdict(easy) is None


def test_where_it_is_changed_it_is_judged_and_not_at_the_sign_in_after(cast, enter, judged):
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/password", current_password=cast.ada.password, password=NEW)
    assert len(judged) == 1
    assert enter(cast.ada, NEW) == (0, False)


def test_where_it_is_reset_it_is_judged_and_not_at_the_sign_in_after(cast, client, outbox, enter, judged):
    client.submit("/forgot-password", email=cast.ada.email)
    client.submit(outbox.last(cast.ada.email).link("/reset-password/"), password=NEW)
    assert len(judged) == 1
    assert enter(cast.ada, NEW) == (0, False)


def test_a_verdict_is_on_the_password_that_stood_then_and_on_no_other(cast, enter, unit):
    enter(cast.ada)
    easy = cast.make("Eve Easy", "eve@example.com", EASY)
    with unit():
        person = accounts.lock_person(cast.ada.account_id)
        person.password_hash = accounts.get_person(easy.account_id).password_hash
        person.password_set_at = clock.now()
    assert enter(cast.ada, EASY) == (1, True)


def test_it_is_judged_again_when_the_name_has_changed(cast, enter):
    enter(cast.ada)
    change_name(cast.sign_in(cast.ada), "Ada van der Loom")
    assert [enter(cast.ada) for _each in range(2)] == [(1, False), (0, False)]


def test_it_is_judged_again_when_the_address_has_changed(cast, enter, outbox):
    enter(cast.ada)
    moved = replace(cast.ada, email="loom@example.com")
    change_address(cast.sign_in(cast.ada), moved.email, outbox)
    assert [enter(moved) for _each in range(2)] == [(1, False), (0, False)]


def test_a_name_that_the_password_is_made_of_is_noticed(cast, enter):
    enter(cast.ada)
    change_name(cast.sign_in(cast.ada), cast.ada.password)
    assert enter(cast.ada)[1]
    change_name(cast.sign_in(cast.ada), cast.ada.name)
    assert not enter(cast.ada)[1]


def test_it_is_judged_again_when_the_company_goes_by_another_name(app, cast, enter, monkeypatch):
    enter(cast.ada)
    renamed = replace(app.extensions["portal.settings"], company_product="Loomery")
    monkeypatch.setitem(app.extensions, "portal.settings", renamed)
    assert [enter(cast.ada) for _each in range(2)] == [(1, False), (0, False)]


def test_a_name_that_changes_while_somebody_signs_in_is_judged_next_time(cast, enter, unit, monkeypatch):
    judge = password_strength.is_common

    def rename():
        with unit():
            accounts.lock_person(cast.ada.account_id).name = "Ada van der Loom"

    def rename_meanwhile(password):
        monkeypatch.setattr(password_strength, "is_common", judge)
        elsewhere = Thread(target=rename)
        elsewhere.start()
        elsewhere.join()
        return judge(password)

    monkeypatch.setattr(password_strength, "is_common", rename_meanwhile)
    assert [enter(cast.ada) for _each in range(3)] == [(1, False), (1, False), (0, False)]


def test_what_is_kept_is_keyed_and_says_nothing_under_another_secret(app, cast, enter, monkeypatch, verdict):
    enter(cast.ada)
    before, other = verdict(cast.ada), Secret("another-secret-of-32-characters-or-more")
    changed = replace(app.extensions["portal.settings"], secret_keys=(other,))
    monkeypatch.setitem(app.extensions, "portal.settings", changed)
    assert [enter(cast.ada) for _each in range(2)] == [(1, False), (0, False)]
    assert verdict(cast.ada) != before


def test_a_hash_with_other_parameters_is_of_the_password_that_was_judged(app, cast, enter, monkeypatch):
    enter(cast.ada)
    stronger = replace(app.extensions["portal.settings"], argon2_time=2)
    monkeypatch.setitem(app.extensions, "portal.hasher", Hasher(stronger))
    assert [enter(cast.ada) for _each in range(2)] == [(0, False)] * 2


def test_who_gives_a_code_too_is_not_judged_and_what_is_kept_stays(cast, new_client, enter, judged, verdict):
    enter(cast.ada)
    before = verdict(cast.ada)
    _secret, codes, _page = enrol(cast.sign_in(cast.ada))
    judged.clear()
    visitor = new_client()
    use_code(visitor, cast.ada, codes[1])
    assert is_in(visitor)
    assert (judged, verdict(cast.ada)) == ([], before)


def test_the_version_changes_with_the_list(monkeypatch):
    before = password_strength.version()
    monkeypatch.setattr(password_strength.metadata, "version", lambda _name: "99.0")
    assert password_strength.version.__wrapped__() != before == password_strength.version()
