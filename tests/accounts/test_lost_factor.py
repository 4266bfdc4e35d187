"""Phone and codes are lost: who asks that the factor be removed, who is refused, and how often one may ask."""

import pytest
from sqlalchemy import select

from portal.accounts.models import FactorRemoval
from portal.kit.db import db
from tests.accounts.walk import (
    CODE_PAGE,
    GONE,
    LOST,
    confirm_removal,
    removal_link,
    request_removal,
    sign_in,
)

pytestmark = pytest.mark.both_databases

REQUEST = f"{GONE}/request"
INSIDE = "/settings/second-factor/lost"
LOST_BOTH = "Lost your phone and your codes?"
ASKED = "Check your email"
WAITS = "Two-step verification will be turned off"
DEAD = "This link no longer works"
NEW = "seven green bobbins in a drawer"


def test_password_and_mailbox_ask_and_a_week_later_the_password_is_enough(client, new_client, owner, outbox, live):
    assert request_removal(client, owner).title == ASKED
    assert confirm_removal(new_client(), outbox, owner).title == WAITS
    live(days=6, hours=23)
    assert sign_in(new_client(), owner).title == CODE_PAGE
    live(hours=2)
    assert sign_in(new_client(), owner).path == "/home"


def test_the_password_alone_begins_nothing(client, owner, removal, live, has_factor):
    request_removal(client, owner)
    live(days=9)
    assert has_factor()
    assert removal() is None, "what nobody confirmed is forgotten"


def test_opening_the_link_begins_nothing(client, owner, outbox, removal):
    request_removal(client, owner)
    assert client.page(removal_link(outbox, owner)).title == LOST_BOTH
    assert removal().confirmed_at is None


def test_the_mailbox_alone_begins_nothing(client, owner, outbox):
    token = client.page("/login").fields()["csrf_token"]
    for path in (GONE, REQUEST):
        assert client.page(path).path == "/login"
        for fields in ({}, {"step": ""}, {"step": "x"}, {"step": "é"}, {"step": "A" * 600}):
            assert client.post(path, csrf_token=token, **fields).path == "/login"
    assert client.page(INSIDE).path == "/login"
    assert outbox.to(owner.email) == []


def test_a_first_half_that_is_too_old_starts_again(client, owner, clock, outbox):
    page = client.send(sign_in(client, owner), action=GONE)
    clock.forward(minutes=11)
    page = client.send(page)
    assert page.path == "/login"
    assert "start again" in page.text
    assert outbox.to(owner.email) == []


def test_the_code_page_and_the_page_of_recovery_codes_lead_here(client, owner):
    page = sign_in(client, owner)
    assert client.send(page, action=GONE).title == LOST_BOTH
    assert client.send(client.send(page, action=LOST), action=GONE).title == LOST_BOTH


def test_where_one_wanted_to_go_is_not_forgotten(client, owner):
    page = client.send(sign_in(client, owner, path="/login?next=/support"), action=f"{GONE}?next=/support")
    assert page.form(f"{REQUEST}?next=/support")


def test_two_tabs_are_two_people(client, owner, cast, outbox):
    cast.give_factor(cast.ben)
    adas = client.send(sign_in(client, owner), action=GONE)
    bens = client.send(sign_in(client, cast.ben), action=GONE)
    client.send(adas)
    assert [len(outbox.to(each.email)) for each in (owner, cast.ben)] == [1, 0]
    client.send(bens)
    assert [len(outbox.to(each.email)) for each in (owner, cast.ben)] == [1, 1]


def test_asking_again_sends_the_link_that_is_out(client, owner, outbox, clock):
    request_removal(client, owner)
    first = removal_link(outbox, owner)
    clock.forward(minutes=20)
    request_removal(client, owner)
    assert removal_link(outbox, owner) == first
    assert len(outbox.to(owner.email)) == 2


def test_a_link_past_half_its_life_is_replaced(client, owner, outbox, clock):
    request_removal(client, owner)
    first = removal_link(outbox, owner)
    clock.forward(minutes=31)
    request_removal(client, owner)
    assert removal_link(outbox, owner) != first
    assert client.page(first).title == DEAD


def test_the_link_dies_with_its_hour(client, owner, outbox, clock):
    request_removal(client, owner)
    clock.forward(minutes=61)
    assert client.page(removal_link(outbox, owner)).status == 410


def test_of_one_that_waits_the_day_stays_whoever_asks_again(client, waiting, outbox, clock, removal):
    before = removal().due_at, len(outbox.to(waiting.email))
    clock.forward(minutes=30)
    assert client.page(removal_link(outbox, waiting)).title == WAITS, "opened again, it shows how things stand"
    clock.forward(days=1)
    page = client.send(sign_in(client, waiting), action=GONE)
    assert page.title == "You’ve already asked"
    assert clock.day(days=6) in page.text
    assert (removal().due_at, len(outbox.to(waiting.email))) == before


def test_a_page_that_was_open_while_it_was_confirmed_changes_nothing(client, new_client, owner, outbox, removal):
    page = client.send(sign_in(client, owner), action=GONE)
    request_removal(new_client(), owner)
    confirm_removal(new_client(), outbox, owner)
    before = removal().due_at, len(outbox.to(owner.email))
    assert client.send(page).title == ASKED
    assert (removal().due_at, len(outbox.to(owner.email))) == before


def test_no_more_emails_are_sent_than_the_limit(client, owner, outbox):
    for _time in range(3):
        request_removal(client, owner)
    page = request_removal(client, owner)
    assert page.status == 429
    assert "several times already" in page.text
    assert len(outbox.to(owner.email)) == 3


def test_whoever_spent_the_limit_does_not_keep_out_who_has_reset_the_password_since(client, owner, outbox):
    for _time in range(4):
        request_removal(client, owner)
    client.submit("/forgot-password", email=owner.email)
    client.submit(outbox.last(owner.email).link("/reset-password/"), password=NEW)
    assert request_removal(client, owner, password=NEW).title == ASKED


def test_a_password_that_cannot_stand_alone_is_made_longer_first(client, cast, outbox):
    short = cast.make("Mei Lin", "mei@example.com", "tidy looms")
    cast.give_factor(short)
    page = request_removal(client, short)
    assert page.status == 422
    assert "at least 15 characters" in page.text
    assert outbox.to(short.email) == []
    browser = cast.sign_in(short)
    assert "at least 15 characters" in browser.submit(INSIDE, password=short.password).text
    assert outbox.to(short.email) == []


def test_a_session_that_lacks_the_code_asks_by_the_password(owner, cast, outbox, new_client):
    browser = cast.sign_in(owner)
    assert browser.page(GONE).path == INSIDE
    assert browser.submit(INSIDE, password="wrong wrong wrong").status == 422
    assert outbox.to(owner.email) == []
    assert browser.submit(INSIDE, password=owner.password).title == ASKED
    assert confirm_removal(new_client(), outbox, owner).title == WAITS
    assert browser.page(INSIDE).title == "You’ve already asked"


def test_without_a_factor_there_is_nothing_to_lose(cast):
    ben = cast.sign_in(cast.ben)
    assert ben.page(GONE).path == "/settings/second-factor"
    assert ben.page(INSIDE).path == "/settings/second-factor"


def test_an_account_that_is_closing_is_opened_first(client, cast, owner, outbox):
    cast.sign_in(owner).submit("/settings/privacy/delete", confirm="y")
    page = request_removal(client, owner)
    assert page.status == 422
    assert "about to be deleted" in page.text
    assert "Lost your phone" not in outbox.last(owner.email).subject


def test_staff_learn_after_their_password_that_an_admin_does_it(client, cast, outbox, removal):
    code_page = sign_in(client, cast.sam)
    page = client.send(code_page, action=GONE)
    assert "Ask an admin" in page.text
    assert not page.soup.select("main form")
    token, step = client.page("/login").fields()["csrf_token"], code_page.fields()["step"]
    page = client.post(REQUEST, csrf_token=token, step=step)
    assert page.status == 422
    assert "Ask an admin" in page.text
    inside = cast.sign_in(cast.sam)
    token = inside.page("/settings/profile").fields()["csrf_token"]
    assert inside.post(INSIDE, csrf_token=token, password=cast.sam.password).status == 422
    assert removal() is None
    assert outbox.to(cast.sam.email) == []


def test_of_staff_and_of_strangers_no_page_before_the_password_tells_a_thing(client, cast, owner):
    wrong = "wrong wrong wrong"
    people = (cast.sam, owner, cast.ben, cast.mallory)
    pages = [client.submit("/login", email=each.email, password=wrong) for each in people]
    assert {(page.status, page.text.replace(each.email, "")) for page, each in zip(pages, people, strict=True)} == {
        (422, pages[0].text.replace(cast.sam.email, ""))
    }


def test_the_operator_resets_the_factor_of_staff(new_client, cast, command, run_jobs):
    assert command("staff", "reset-factor", cast.sam.email).exit_code == 0
    run_jobs()
    assert sign_in(new_client(), cast.sam).path == "/home"


@pytest.mark.parametrize("how", ["grant", "wait"])
def test_whoever_becomes_staff_meanwhile_keeps_the_factor(client, cast, owner, outbox, live, has_factor, app, how):
    request_removal(client, owner)
    if how == "wait":
        confirm_removal(client, outbox, owner)
    cast.give_role(owner, "support")
    if how == "grant":
        assert client.page(removal_link(outbox, owner)).status == 410
    live(days=8)
    assert has_factor()
    with app.app_context():
        assert not db.session.scalar(select(FactorRemoval.id).where(FactorRemoval.state.in_(("asked", "waiting"))))
