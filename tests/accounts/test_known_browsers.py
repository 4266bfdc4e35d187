"""A browser that was signed in before has a count of wrong tries of its own (S5); every wrong password counts once (S4)."""

import re

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import SignInEvent
from portal.accounts.service.known_browsers import MOST_WRONG
from portal.kit.clients import client_key
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.kit.unit import unit_of_work
from tests.accounts.walk import is_in, same, sign_in

NEW = "seven green bobbins in a drawer"
WRONG = "wrong wrong wrong"
COOKIE = "browser"


@pytest.fixture
def known(client, cast):
    """Ada's own browser: she has signed in with it before."""
    sign_in(client, cast.ada)
    leave(client)
    return client


@pytest.fixture
def guess(app, run_jobs):
    """Have strangers try wrong passwords for an address, each from a place of its own."""

    def tries(email, number, password=WRONG):
        with app.app_context():
            for each in range(number):
                try:
                    with unit_of_work():
                        accounts.sign_in(accounts.Attempt(email, password, False, "", client_key(f"203.0.{each}.1")))
                except Refusal:
                    continue
        run_jobs()

    return tries


def leave(browser):
    browser.send(browser.get("/settings/profile"), action="/logout")


def mark_of(browser):
    return browser.client.get_cookie(COOKIE)


def resets(browser, cast, outbox, password=NEW):
    browser.submit("/forgot-password", email=cast.ada.email)
    browser.submit(outbox.last(cast.ada.email).link("/reset-password/"), password=password)


def test_a_strangers_wrong_tries_do_not_lock_the_owner_out_of_a_known_browser(known, new_client, cast, guess):
    guess(cast.ada.email, 11)
    assert sign_in(new_client(), cast.ada).status == 429
    sign_in(known, cast.ada)
    assert is_in(known)


def test_a_known_browser_is_limited_just_as_well(known, new_client, cast):
    for _try in range(10):
        assert sign_in(known, cast.ada, password=WRONG).status == 422
    assert sign_in(known, cast.ada).status == 429
    elsewhere = new_client()
    sign_in(elsewhere, cast.ada)
    assert is_in(elsewhere), "its count is its own"


def test_a_mark_counts_for_its_own_account_alone(known, cast, guess):
    guess(cast.ben.email, 11)
    assert sign_in(known, cast.ben).status == 429


def test_a_mark_opens_nothing(known, new_client, cast):
    thief = new_client()
    thief.client.set_cookie(COOKIE, mark_of(known).value)
    assert not is_in(thief)
    assert sign_in(thief, cast.ada, password=WRONG).status == 422


@pytest.mark.parametrize(
    "change", [lambda v: v[:-1], lambda v: "x" + v, lambda v: v.replace(":", ""), lambda v: "~" * 3000 + v]
)
def test_a_forged_mark_is_none(known, new_client, cast, guess, change):
    guess(cast.ada.email, 11)
    thief = new_client()
    thief.client.set_cookie(COOKIE, change(mark_of(known).value))
    assert sign_in(thief, cast.ada).status == 429


def test_the_mark_names_nobody_and_no_script_reads_it(client, cast):
    page = client.get("/login")
    answer = client.client.post("/login", data={**page.fields(), "email": cast.ada.email, "password": cast.ada.password})
    (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{COOKIE}=")]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age=2592000" in cookie
    for secret in (cast.ada.email, str(cast.ada.id), cast.ada.account_id.hex):
        assert secret not in cookie


def test_a_failed_sign_in_gives_and_takes_no_mark(known, new_client, cast):
    stranger = new_client()
    sign_in(stranger, cast.ada, password=WRONG)
    assert mark_of(stranger) is None
    before = mark_of(known).value
    sign_in(known, cast.ada, password=WRONG)
    assert mark_of(known).value == before


def test_two_people_are_known_in_one_browser(known, cast, guess):
    sign_in(known, cast.ben)
    leave(known)
    for person in (cast.ada, cast.ben):
        guess(person.email, 11)
        sign_in(known, person)
        assert is_in(known)
        leave(known)
    assert mark_of(known).value.count("~") == 1, "each once"


def test_a_browser_keeps_the_marks_of_the_last_four(client, cast):
    for number in range(6):
        sign_in(client, cast.make("Some Body", f"some{number}@example.com", f"some body hums tune {number}"))
        leave(client)
    assert mark_of(client).value.count("~") == 3


def test_a_browser_is_known_for_30_days(known, cast, guess, clock):
    clock.forward(days=29, hours=23)
    guess(cast.ada.email, 11)
    sign_in(known, cast.ada)
    assert is_in(known)
    leave(known)
    value = mark_of(known).value
    clock.forward(days=30, hours=1)
    known.client.set_cookie(COOKIE, value)
    guess(cast.ada.email, 11)
    assert sign_in(known, cast.ada).status == 429


def test_a_thiefs_browser_is_known_no_more_after_a_new_password(known, new_client, cast, outbox, guess):
    thief = known
    owner = new_client()
    resets(owner, cast, outbox)
    guess(cast.ada.email, 11)
    assert sign_in(thief, cast.ada, password=NEW).status == 429
    sign_in(owner, cast.ada, password=NEW)
    assert is_in(owner), "the browser in which the password was chosen is known"


def test_a_change_of_password_keeps_its_own_browser_known_and_no_other(known, new_client, cast, guess):
    phone = new_client()
    sign_in(phone, cast.ada)
    phone.submit("/settings/password", current_password=cast.ada.password, password=NEW)
    leave(phone)
    guess(cast.ada.email, 11)
    assert sign_in(known, cast.ada, password=NEW).status == 429
    sign_in(phone, cast.ada, password=NEW)
    assert is_in(phone)


def test_after_a_hundred_in_a_row_only_a_known_browser_or_a_new_password_gets_in(
    known, new_client, cast, outbox, guess, clock
):
    for _burst in range(MOST_WRONG // 10):
        guess(cast.ada.email, 10)
        clock.forward(minutes=5, seconds=1)
    stranger = new_client()
    right, wrong = sign_in(stranger, cast.ada), sign_in(new_client(), cast.ada, password=WRONG)
    assert (right.status, wrong.status) == (422, 422)
    assert same(right) == same(wrong), "a guesser does not learn that it was right"
    assert "only a browser that you’ve signed in with before" in right.text
    told = outbox.last(cast.ada.email)
    assert "From now on, only a browser that you’ve signed in with before gets you in" in told.text
    sign_in(known, cast.ada)
    assert is_in(known)
    clock.forward(hours=1)
    assert sign_in(new_client(), cast.ada).status == 422, "signing in there does not open the door for others"
    resets(stranger, cast, outbox)
    for browser in (stranger, new_client()):
        sign_in(browser, cast.ada, password=NEW)
        assert is_in(browser)


def test_a_sign_in_ends_the_row(new_client, cast, guess, clock):
    for _day in range(3):
        for _burst in range(9):
            guess(cast.ada.email, 5)
            clock.forward(minutes=5, seconds=1)
        browser = new_client()
        sign_in(browser, cast.ada)
        assert is_in(browser)


def test_after_a_hundred_in_a_row_a_known_browser_is_none(known, new_client, cast, guess, clock, run_jobs):
    for _burst in range(MOST_WRONG // 10):
        for _try in range(10):
            sign_in(known, cast.ada, password=WRONG)
        clock.forward(minutes=5, seconds=1)
    run_jobs()
    guess(cast.ada.email, 11)
    assert sign_in(known, cast.ada).status == 429


def test_a_strangers_address_costs_the_same_questions_from_a_known_browser(app, known, new_client, cast):
    from sqlalchemy import event

    counts = []
    for email in (cast.ben.email, "adb@example.com"):
        seen: list[str] = []
        page = known.get("/login")
        with app.app_context():
            engine = db.engine

        def note(_c, _cursor, statement, *_rest, seen=seen):
            seen.append(statement.split("(")[0][:60])

        event.listen(engine, "before_cursor_execute", note)
        known.send(page, email=email, password=WRONG)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(seen)
    assert counts[0] == counts[1]


def test_wrong_codes_of_a_stranger_do_not_keep_the_owner_out(client, new_client, cast, outbox):
    """Who knows the password can spend the tries at the code; a reset gives its browser a count of its own."""
    cast.give_factor(cast.ada)
    thief = new_client()
    sign_in(thief, cast.ada)
    for _try in range(5):
        assert thief.fill_in(code="000000").status == 422
    assert thief.fill_in(code="000000").status == 429
    resets(client, cast, outbox)
    sign_in(client, cast.ada, password=NEW)
    client.fill_in(code=cast.code(cast.ada))
    assert is_in(client)


def test_resets_give_no_further_tries_at_the_code(client, cast, outbox, clock):
    """Who reads the mailbox can reset as often as they like: the browsers of all resets share one count."""
    cast.give_factor(cast.ada)
    statuses = []
    for number in range(6):
        resets(client, cast, outbox, password=f"{NEW} number {number}")
        sign_in(client, cast.ada, password=f"{NEW} number {number}")
        statuses += [client.fill_in(code="000000").status for _try in range(4)]
        clock.forward(minutes=6)
    assert statuses == [422] * 20 + [429] * 4, "20 an hour"


def test_every_wrong_password_counts_while_a_sign_up_with_it_waits(client, new_client, cast, run_jobs, outbox, unit):
    """S4: it once led to the sign-up's page, and neither the limit nor the history nor the warning knew of it."""
    stranger = new_client()
    stranger.submit("/signup", name="M", email=cast.ada.email, password=NEW, accept_terms="y")
    for _try in range(10):
        page = stranger.submit("/login", email=cast.ada.email, password=NEW)
        assert (page.path, page.status) == ("/login", 422)
    assert stranger.submit("/login", email=cast.ada.email, password=NEW).status == 429
    run_jobs()
    with unit():
        assert [event.count for event in db.session.scalars(select(SignInEvent))] == [10]
        assert accounts.get_person(cast.ada.account_id).wrong_passwords == 10
    assert any("failed" in email.subject.casefold() for email in outbox.to(cast.ada.email))


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/confirm-identity", {"password": WRONG}),
        ("/settings/password", {"current_password": WRONG, "password": NEW}),
        ("/settings/second-factor/remove", {"password": WRONG}),
    ],
)
def test_a_wrong_password_inside_stands_in_the_history_too(cast, run_jobs, unit, path, fields):
    cast.give_factor(cast.ada)
    ada = cast.sign_in(cast.ada, by_second_factor=True)
    if path == "/confirm-identity":
        fields = {**fields, "code": "000000"}
    assert ada.submit(path, **fields).status == 422
    run_jobs()
    with unit():
        assert [event.count for event in db.session.scalars(select(SignInEvent))] == [1]
        assert accounts.get_person(cast.ada.account_id).wrong_passwords_known == 1


def test_a_thiefs_wrong_tries_inside_do_not_keep_the_owner_from_changing_the_password(cast):
    thief, ada = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    for _try in range(11):
        page = thief.submit("/settings/password", current_password=WRONG, password=NEW)
    assert page.status == 429
    page = ada.submit("/settings/password", current_password=cast.ada.password, password=NEW)
    assert page.path == "/settings/security"


def test_the_mark_is_listed_among_the_cookies(client):
    table = client.get("/cookies").soup.find(id="own").get_text(" ")
    assert re.search(rf"\b{COOKIE}\b", table)
    assert "30 days after you last signed in" in table
