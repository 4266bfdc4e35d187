"""From a request to an account: the email, the link, the button; and what nobody learns on the way."""

import re
import threading

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.models import Person, SignUp
from portal.kit import throttle, tokens
from portal.kit.claims import register
from portal.kit.clients import client_key
from portal.kit.db import db
from portal.kit.refusals import LinkDead
from portal.kit.unit import unit_of_work

pytestmark = pytest.mark.both_databases

PASSWORD = "seven quiet looms at dawn"
MEI = {"name": "Mei Lin", "email": "mei@example.com", "password": PASSWORD, "accept_terms": "y"}


@pytest.fixture
def count(unit):
    """Count the rows of a table."""

    def rows(model):
        with unit():
            return db.session.scalar(select(func.count()).select_from(model))

    return rows


def ask_again(visitor):
    """Have the email of the page that a browser shows sent once more."""
    return visitor.send(visitor.shown, action=visitor.shown.path.replace("check-email", "resend"))


def same(page):
    """Return what a page says, without what differs from page to page by nature: tokens and nonces."""
    return re.sub(
        r'(nonce="[^"]*"|value="[^"]{40,}"|nonce-[^\']*|/signup/(check-email|resend)/[^"?]+)', "", page.response.text
    )


def test_a_person_signs_up_confirms_and_signs_in(client, outbox):
    page = client.submit("/signup", **MEI)
    assert (page.title, page.status) == ("Check your email", 200)
    assert "mei@example.com" in page.text
    email = outbox.last("mei@example.com")
    assert "Mei" not in email.text, "an email to an unconfirmed address repeats nothing that a stranger typed"
    page = client.submit(email.link("/verify-email/"))
    assert (page.path, page.title) == ("/login", "Sign in")
    assert "account is ready" in page.text
    page = client.submit("/login", email="mei@example.com", password=PASSWORD)
    assert page.path == "/home"
    assert outbox.last("mei@example.com").subject == "Your account is ready"


def test_opening_the_link_changes_nothing(client, outbox, count):
    client.submit("/signup", **MEI)
    link = outbox.last("mei@example.com").link("/verify-email/")
    for _ in range(3):
        page = client.get(link)
        assert page.status == 200
    assert count(Person) == 0
    assert page.response.headers["Referrer-Policy"] == "no-referrer, same-origin"
    assert client.submit(link).path == "/login"


def test_pressing_the_button_needs_the_token_of_the_page(client, outbox, count):
    client.submit("/signup", **MEI)
    link = outbox.last("mei@example.com").link("/verify-email/")
    page = client.post(link)
    assert page.status == 422
    assert count(Person) == 0


def test_nobody_is_signed_in_by_confirming(client, outbox):
    client.submit("/signup", **MEI)
    client.submit(outbox.last("mei@example.com").link("/verify-email/"))
    assert client.get("/confirm-identity").path == "/login"


def test_the_link_works_once(client, new_client, outbox, count):
    client.submit("/signup", **MEI)
    link = outbox.last("mei@example.com").link("/verify-email/")
    open_twice = new_client().get(link)
    client.submit(link)
    assert client.get(link).status == 410
    other = new_client()
    other.get("/signup")
    assert other.send(open_twice).status in (410, 422)
    assert count(Person) == 1


def test_the_link_dies_after_its_time_and_the_sign_up_is_purged(client, outbox, clock, count, unit):
    client.submit("/signup", **MEI)
    link = outbox.last("mei@example.com").link("/verify-email/")
    clock.forward(hours=24, seconds=2)
    assert client.get(link).status == 410
    clock.forward(days=6)
    with unit():
        register().sweep()
    assert count(SignUp) == 0


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "é" * 300, "W10.abc.def"])
def test_a_made_up_link_is_dead(client, token):
    assert client.get(f"/verify-email/{token}").status == 410


def test_a_link_of_another_purpose_is_dead(client, app, outbox):
    client.submit("/signup", **MEI)
    with app.app_context(), unit_of_work():
        row = db.session.scalars(select(SignUp)).one()
        token = tokens.sign("recovery.reset", str(row.id), stamp=row.email_key)
    assert client.get(f"/verify-email/{token}").status == 410


def test_a_mistyped_address_is_corrected_and_its_link_dies(client, outbox):
    client.submit("/signup", **{**MEI, "email": "mie@example.com"})
    old = outbox.last("mie@example.com").link("/verify-email/")
    page = client.fill_in(email="mei@example.com")
    assert "mei@example.com" in page.text
    assert "mie@example.com" not in page.text
    assert client.get(old).status == 410
    client.submit(outbox.last("mei@example.com").link("/verify-email/"))
    page = client.submit("/login", email="mei@example.com", password=PASSWORD)
    assert page.path != "/login"


def test_the_email_is_sent_again_but_not_without_end(client, outbox):
    client.submit("/signup", **MEI)
    for _ in range(4):
        page = ask_again(client)
        assert page.title == "Check your email"
    assert len(outbox.to("mei@example.com")) == 3


def test_the_limit_of_emails_ends(client, outbox, clock):
    for _ in range(4):
        client.submit("/signup", **MEI)
    assert len(outbox.to("mei@example.com")) == 3
    clock.forward(hours=6, minutes=1)
    client.submit("/signup", **MEI)
    assert len(outbox.to("mei@example.com")) == 4


def test_an_address_with_an_account_looks_like_any_other(client, new_client, cast, outbox, app, count):
    stranger, known = new_client(), new_client()
    hashes, email = app.extensions["portal.hasher"], cast.ada.email
    before = hashes.count
    first = stranger.submit("/signup", **{**MEI, "email": "adb@example.com"})
    assert hashes.count - before == 1
    second = known.submit("/signup", **{**MEI, "email": email})
    assert hashes.count - before == 2
    assert (first.status, first.title) == (second.status, second.title) == (200, "Check your email")
    assert same(first) == same(second).replace(cast.ada.email, "adb@example.com")
    assert len(same(first)) == len(same(second))
    assert count(SignUp) == 2
    email = outbox.last(cast.ada.email)
    assert email.subject == "You already have an account"
    with pytest.raises(AssertionError):
        email.link("/verify-email/")
    again = [ask_again(each) for each in (stranger, known)]
    assert same(again[0]) == same(again[1]).replace(cast.ada.email, "adb@example.com")


def test_who_signs_up_with_anothers_address_learns_nothing_at_sign_in(new_client, cast):
    stranger, known = new_client(), new_client()
    pages = []
    for browser, email in ((stranger, "adb@example.com"), (known, cast.ada.email)):
        browser.submit("/signup", **{**MEI, "email": email})
        pages.append(browser.submit("/login", email=email, password=PASSWORD))
    assert pages[0].path == pages[1].path == "/login"
    assert "Open the link in our email first" in pages[0].text
    assert same(pages[0]) == same(pages[1]).replace(cast.ada.email, "adb@example.com")


def test_another_browser_is_not_told_that_a_sign_up_waits(client, new_client):
    client.submit("/signup", **MEI)
    page = new_client().submit("/login", email=MEI["email"], password=PASSWORD)
    assert (page.path, page.status) == ("/login", 422)
    assert "Open the link in our email first" in page.text


def test_two_sign_ups_of_one_address_make_one_account(client, new_client, outbox, count):
    client.submit("/signup", **MEI)
    new_client().submit("/signup", **{**MEI, "email": "MEI@Example.COM"})
    first = outbox.last("mei@example.com").link("/verify-email/")
    second = outbox.last("MEI@Example.COM").link("/verify-email/")
    assert client.submit(first).path == "/login"
    assert client.get(second).status == 410
    assert count(Person) == 1


def test_whose_sign_up_with_anothers_address_came_first_does_not_learn_when_the_account_is_made(
    cast, client, new_client, outbox, clock, tick, run_jobs, count
):
    mallory, mei = new_client(), client
    mallory.submit("/signup", **{**MEI, "name": "Mallory", "password": cast.mallory.password})
    before = mallory.shown
    mei.submit("/signup", **MEI)
    mei.submit(outbox.last(MEI["email"]).link("/verify-email/"))
    assert count(Person) == 1
    after = mallory.get(before.path)
    assert (before.path, before.text) == (after.path, after.text)
    entry = {"email": MEI["email"], "password": cast.mallory.password}
    assert mallory.submit("/login", **entry).path == "/login"
    mallory.get(before.path)
    assert ask_again(mallory).path == before.path
    assert "it already has one" in outbox.last(MEI["email"]).text.casefold()
    tick()
    clock.forward(days=8)
    tick()
    run_jobs()
    assert count(SignUp) == 0


def test_who_confirms_is_told_when_another_sign_up_waits_for_the_address(client, new_client, outbox):
    client.submit("/signup", **MEI)
    mine = outbox.last(MEI["email"]).link("/verify-email/")
    assert "entered more than once" not in client.get(mine).text
    new_client().submit("/signup", **{**MEI, "name": "Mallory"})
    page = client.get(mine)
    assert "entered more than once" in page.text
    assert "Mei Lin" in page.text


@pytest.mark.parametrize("same_link", [True, False])
def test_of_two_who_confirm_at_once_one_wins(app, unit, count, same_link):
    links = []
    for _ in range(2):
        with unit():
            sign_up_request = accounts.SignUpRequest("Mei", MEI["email"], PASSWORD, "en")
            row = db.session.get(SignUp, accounts.sign_up(sign_up_request, client=client_key("::1")))
            links.append(tokens.sign("accounts.confirm_address", str(row.id), stamp=row.email_key))
    outcomes, start = [], threading.Barrier(2)

    def confirm(link):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    accounts.confirm_address(link)
                outcomes.append("made")
            except LinkDead:
                outcomes.append("dead")

    threads = [threading.Thread(target=confirm, args=(links[0 if same_link else n],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["dead", "made"]
    assert count(Person) == 1


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 15 characters"),
        ("passwordpassword", "easy to guess"),
        ("mei@example.commei", "based on your name"),
        ("3 Clicks Cloud 3 Clicks", "based on your name"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_by_its_field_and_nothing_typed_is_lost(client, count, password, sentence):
    page = client.submit("/signup", **{**MEI, "password": password})
    assert page.status == 422
    assert sentence in page.soup.find(id="password-error").get_text()
    assert page.fields()["email"] == "mei@example.com"
    assert page.fields()["name"] == "Mei Lin"
    assert page.fields()["password"] == ""
    assert count(SignUp) == 0


@pytest.mark.parametrize(
    "password", ["correct horse battery", "鼠牛虎兔龙蛇马羊猴鸡狗猪天地人", "q" * 7 + " wz" * 50, "a\x00b looms at dawn 77"]
)
def test_any_long_password_will_do(client, outbox, password):
    client.submit("/signup", **{**MEI, "password": password})
    client.submit(outbox.last("mei@example.com").link("/verify-email/"))
    assert client.submit("/login", email="mei@example.com", password=password + "x").path == "/login"
    assert client.submit("/login", email="mei@example.com", password=password).path != "/login"


@pytest.mark.parametrize("accept", [None, "", "false"])
def test_the_terms_must_be_accepted(client, count, accept):
    page = client.submit("/signup", **{**MEI, "accept_terms": accept})
    assert page.status == 422
    assert "Accept the terms" in page.soup.find(id="accept_terms-error").get_text()
    assert count(SignUp) == 0


def test_sign_ups_of_one_client_are_limited(client, unit):
    for _ in range(30):
        with unit():
            throttle.consume("accounts.sign_up", "127.0.0.1", "30 per hour")
    page = client.submit("/signup", **MEI)
    assert page.status == 429
    assert "Too many attempts" in page.text


def test_without_a_sign_up_there_is_no_email_to_check(client, outbox):
    client.submit("/signup", **MEI)
    real = client.shown.path
    client.submit(outbox.last(MEI["email"]).link("/verify-email/"))
    for path in (real, f"{real}x", "/signup/check-email/x"):
        assert client.get(path).path == "/login"
        assert "Sign in, or create an account" in client.shown.text


def test_two_sign_ups_in_two_tabs_are_two(client, outbox):
    first = client.submit("/signup", **MEI)
    second = client.submit("/signup", **{**MEI, "email": "lan@example.com"})
    assert first.path != second.path
    page = client.send(first, email="mei.wu@example.com")
    assert "mei.wu@example.com" in page.text
    assert "lan@example.com" in client.get(second.path).text
    assert outbox.last("mei.wu@example.com").link("/verify-email/")
