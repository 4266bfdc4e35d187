"""A lost factor that stays: by the link, the button, a good code, and by whatever guards the account; and attacks on it."""

import pyotp
import pytest
from sqlalchemy import select

from portal.accounts.models import FactorRemoval, RecoveryCode, TotpFactor
from portal.accounts.service import people
from portal.kit import clock, passwords
from portal.kit.db import db
from tests.accounts import test_pending as defences
from tests.accounts.walk import (
    GONE,
    LOST,
    confirm_removal,
    form_with,
    make_new,
    removal_link,
    request_removal,
    sign_in,
    stop_link,
)

pytestmark = pytest.mark.both_databases

DEAD = "This link no longer works"
STOPPED = "The request to turn off two-step verification was stopped"
THIEF = "thief@example.com"
KEEP = "/settings/second-factor/keep"
NEW = "seven green bobbins in a drawer"


def replaces_the_app(ada, _client, cast, _outbox):
    page = ada.page("/settings/second-factor/replace")
    code = pyotp.TOTP(page.soup.find(id="key").get_text()).now()
    assert ada.send(page, password=cast.ada.password, code=code).path == "/settings/security"


def makes_codes(ada, _client, _cast, _outbox):
    make_new(ada)


def moves_to_another_address(ada, client, _cast, outbox):
    ada.submit("/settings/email", email="ada.new@example.com")
    client.submit(outbox.last("ada.new@example.com").link("/email/confirm/"))


def vetoes(ada, client, cast, outbox):
    ada.submit("/settings/email", email=THIEF)
    client.submit(outbox.last(cast.ada.email).link("/email/veto/"))


def reports_by_the_newest_email(_ada, client, cast, outbox):
    client.submit(outbox.last(cast.ada.email).link("/wasnt-me/"))


def closes_the_account(ada, _client, _cast, _outbox):
    ada.submit("/settings/privacy/delete", confirm="y")


DEFENCES = (
    defences.resets,
    defences.changes_the_password,
    defences.turns_the_factor_off,
    defences.signs_out_everywhere,
    defences.signs_out_one_device,
    defences.closes_and_keeps_the_account,
    defences.says_it_was_not_them,
    replaces_the_app,
    makes_codes,
    moves_to_another_address,
    vetoes,
    reports_by_the_newest_email,
    closes_the_account,
)


TOLD_OTHERWISE = {defences.turns_the_factor_off, defences.closes_and_keeps_the_account, closes_the_account}
"""What an email of its own tells of: that the factor is gone, or the account closed."""


@pytest.fixture(params=DEFENCES, ids=lambda defence: defence.__name__)
def defend(request, client, cast, owner, outbox):
    """One way in which Ada changes what guards her account."""
    ada, _other = cast.sign_in(owner, by_second_factor=True), cast.sign_in(owner)

    def act():
        request.param(ada, client, cast, outbox)
        return request.param

    return act


def open_ones(app):
    with app.app_context():
        return db.session.scalars(select(FactorRemoval.id).where(FactorRemoval.state.in_(("asked", "waiting")))).all()


def test_whatever_guards_the_account_ends_one_that_waits_and_says_so(defend, waiting, client, outbox, app):
    stop = stop_link(outbox, waiting)
    defence = defend()
    assert open_ones(app) == []
    told = [email.subject for email in outbox.to(waiting.email)]
    assert (STOPPED in told) is (defence not in TOLD_OTHERWISE)
    assert client.page(stop).title == DEAD


def test_whatever_guards_the_account_ends_one_that_was_only_asked_for(defend, client, owner, outbox, app):
    request_removal(client, owner)
    link = removal_link(outbox, owner)
    page = client.page(link)
    defend()
    assert open_ones(app) == []
    assert client.page(link).title == DEAD
    assert client.send(page).status == 410
    assert STOPPED not in [email.subject for email in outbox.to(owner.email)], "nobody was waiting for it"


def test_the_link_of_every_email_stops_it_once(client, new_client, waiting, outbox, live, has_factor):
    live(days=5, hours=1)
    first, newest = outbox.to(waiting.email)[1].link("/lost-factor/stop/"), stop_link(outbox, waiting)
    assert first == newest or client.page(first).status == 200
    assert client.page(first).status == 200, "opening it stops nothing"
    page = client.submit(newest)
    assert page.path == "/login"
    assert "stays on" in page.text
    assert outbox.last(waiting.email).subject == STOPPED
    for link in (first, newest):
        assert new_client().page(link).title == DEAD
    live(days=9)
    assert has_factor()


def test_a_link_of_one_that_was_stopped_does_not_stop_the_next(client, waiting, outbox, clock, app):
    first, confirm = stop_link(outbox, waiting), removal_link(outbox, waiting)
    client.submit(first)
    assert client.page(confirm).title == DEAD, "nor does it begin anew by the old link"
    clock.forward(minutes=1)
    request_removal(client, waiting)
    confirm_removal(client, outbox, waiting)
    assert client.page(first).title == DEAD
    assert len(open_ones(app)) == 1


def test_the_button_in_the_settings_stops_it(cast, waiting, outbox, app):
    browser = cast.sign_in(waiting)
    page = browser.submit("/settings/security", action=KEEP)
    assert "stays on" in page.text
    assert KEEP not in page.response.text
    assert open_ones(app) == []
    assert browser.post(KEEP, csrf_token=page.fields(form_with(page, "csrf_token"))["csrf_token"]).status == 200


def test_somebody_elses_button_stops_nothing(cast, waiting, app):
    ben = cast.sign_in(cast.ben)
    ben.post(KEEP, csrf_token=ben.page("/settings/profile").fields()["csrf_token"])
    assert len(open_ones(app)) == 1


def test_a_good_code_at_sign_in_stops_it_and_a_wrong_one_does_not(client, cast, waiting, outbox, app):
    page = sign_in(client, waiting)
    assert client.send(page, code="000000").status == 422
    assert len(open_ones(app)) == 1
    client.send(page, code=cast.code(waiting))
    assert open_ones(app) == []
    assert outbox.last(waiting.email).subject == STOPPED


def test_so_does_a_recovery_code(client, cast, waiting, outbox, app, unit):
    code = "7KQ2M4XD9RTB"
    with unit():
        hashed = passwords.hasher().hash_together([code])
        db.session.add_all(RecoveryCode(person_id=waiting.account_id, code_hash=each) for each in hashed)
    page = client.send(sign_in(client, waiting), action=LOST)
    assert client.send(page, code="2222-2222-2222").status == 422
    assert len(open_ones(app)) == 1
    assert client.send(page, code=code).path == "/home"
    assert open_ones(app) == []


def test_so_does_a_code_given_inside(cast, waiting, clock, app):
    browser = cast.sign_in(waiting)
    clock.forward(minutes=31)
    browser.submit("/confirm-identity", password=waiting.password, code=cast.code(waiting))
    assert open_ones(app) == []


def test_signing_out_of_ones_own_browser_and_a_new_name_stop_nothing(cast, waiting, app):
    browser = cast.sign_in(waiting)
    browser.submit("/settings/profile", name="Ada T")
    browser.submit("/settings/security", action="/logout")
    assert len(open_ones(app)) == 1


def test_a_thief_with_password_and_session_cannot_confirm_without_the_mailbox(
    cast, client, owner, outbox, app, has_factor, live
):
    thief = cast.sign_in(owner)
    request_removal(client, owner)
    thief.submit("/settings/second-factor/lost", password=owner.password)
    pages = " ".join(
        thief.page(path).response.text for path in ("/settings/security", "/home", "/settings/second-factor/lost", GONE)
    )
    assert "/lost-factor/" not in pages, "no page shows the link"
    live(days=9)
    assert has_factor()


def test_a_thief_with_the_mailbox_alone_is_told_of_by_what_they_have_to_do(client, owner, outbox, app):
    """Without the password they can only reset it first, which the owner is told of at every other browser."""
    client.submit("/forgot-password", email=owner.email)
    assert client.page(GONE).path == "/login"
    assert open_ones(app) == []


def test_the_link_for_one_account_says_nothing_about_another(client, new_client, owner, cast, outbox, app):
    cast.give_factor(cast.ben)
    request_removal(client, owner)
    request_removal(new_client(), cast.ben)
    confirm_removal(cast.sign_in(cast.ben), outbox, owner)
    with app.app_context():
        rows = db.session.scalars(select(FactorRemoval)).all()
    assert {row.person_id: row.state for row in rows} == {owner.account_id: "waiting", cast.ben.account_id: "asked"}


def test_the_link_to_a_mailbox_that_was_left_works_no_more(client, owner, cast, outbox):
    request_removal(client, owner)
    browser = cast.sign_in(owner, by_second_factor=True)
    browser.submit("/settings/email", email="ada.new@example.com")
    browser.submit(outbox.last("ada.new@example.com").link("/email/confirm/"))
    assert client.page(removal_link(outbox, owner)).title == DEAD


@pytest.fixture
def stolen(client, owner, cast, outbox):
    """Ada's account, moved to a thief's mailbox, who has had the factor's removal confirmed there."""
    browser = cast.sign_in(owner, by_second_factor=True)
    browser.submit("/settings/email", email=THIEF)
    browser.submit(outbox.last(THIEF).link("/email/confirm/"))
    thief = type(owner)(owner.name, THIEF, owner.password, owner.id)
    request_removal(client, thief)
    confirm_removal(client, outbox, thief)
    return thief


def test_the_mailbox_that_was_left_can_stop_it(new_client, owner, stolen, outbox, app):
    assert new_client().submit(stop_link(outbox, owner)).path == "/login"
    assert open_ones(app) == []


def test_one_that_waits_ends_when_the_move_is_undone_and_the_thiefs_links_with_it(
    new_client, owner, stolen, outbox, app, has_factor, live
):
    undo = next(email.link("/email/undo/") for email in outbox.to(owner.email) if "/email/undo/" in email.text)
    new_client().submit(undo)
    assert open_ones(app) == []
    emails = outbox.to(THIEF)
    assert STOPPED in [email.subject for email in emails]
    links = [email.link(part) for email in emails for part in ("/lost-factor/", "/wasnt-me/") if part in email.text]
    assert len(links) > 4
    assert {new_client().page(link).status for link in links} == {410}
    live(days=9)
    assert has_factor()


def test_a_mailbox_that_was_left_more_than_a_week_ago_has_no_say(new_client, owner, stolen, outbox, clock, live, app):
    link = stop_link(outbox, owner)
    clock.forward(days=7, minutes=1)
    assert len(open_ones(app)) == 1
    assert new_client().page(link).title == DEAD


def test_this_wasnt_me_in_the_email_that_asks_takes_no_factor_of_the_owner_away(client, cast, clock, outbox, app):
    """Whoever asked knows the password and was not inside: a factor that is a day old is the owner's."""
    cast.give_factor(cast.ada)
    clock.forward(days=1)
    request_removal(client, cast.ada)
    client.submit(outbox.last(cast.ada.email).link("/wasnt-me/"))
    with app.app_context():
        assert db.session.get(TotpFactor, cast.ada.account_id)


def test_a_request_that_is_under_way_while_the_password_changes_comes_to_nothing(client, owner, outbox, monkeypatch):
    """A thief's, at the moment at which the owner resets."""
    lock = people.lock_person

    def changed_first(person_id):
        people.get_person(person_id).password_set_at = clock.now()
        db.session.flush()
        return lock(person_id)

    page = client.send(sign_in(client, owner), action=GONE)
    monkeypatch.setattr(people, "lock_person", changed_first)
    assert client.send(page).path == "/login"
    assert outbox.to(owner.email) == []


def test_of_two_who_confirm_in_two_tabs_one_begins_it(client, new_client, owner, outbox, app):
    request_removal(client, owner)
    link = removal_link(outbox, owner)
    first, second = client.page(link), new_client()
    late = second.page(link)
    client.send(first)
    second.send(late)
    assert len(open_ones(app)) == 1
    assert [email.subject for email in outbox.to(owner.email)].count("Two-step verification will be turned off") == 1
