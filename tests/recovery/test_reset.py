"""A forgotten password, from the sign-in page to the new one, and every way in which the link must be dead (P08)."""

import threading

import pytest

from tests.people import Somebody

NEW = "seven green bobbins in a drawer"
DEAD = "This link no longer works"


def ask(client, email):
    return client.submit("/forgot-password", email=email)


def link(outbox, person: Somebody) -> str:
    return outbox.last(person.email).link("reset-password")


def is_in(client) -> bool:
    """Tell whether somebody is signed in: a settings page opens."""
    return client.page("/settings/profile").path == "/settings/profile"


def sign_in(client, person, password):
    return client.submit("/login", email=person.email, password=password)


def test_a_forgotten_password_is_chosen_anew(client, cast, outbox):
    page = ask(client, cast.ada.email)
    assert page.title == "Check your email"
    page = client.page(link(outbox, cast.ada))
    assert page.title == "Choose a new password"
    page = client.send(page, password=NEW)
    assert page.path == "/login"
    assert "Password changed." in page.text
    assert not is_in(client), "a reset signs nobody in"
    assert sign_in(client, cast.ada, cast.ada.password).status == 422
    sign_in(client, cast.ada, NEW)
    assert is_in(client)
    email = outbox.last(cast.ada.email)
    assert "password" in email.subject.casefold()
    assert email.link("wasnt-me")


def test_the_page_tells_nobody_where_it_came_from_and_is_not_kept(client, cast, outbox):
    ask(client, cast.ada.email)
    page = client.page(link(outbox, cast.ada))
    assert page.response.headers["Referrer-Policy"] == "no-referrer, same-origin"
    assert page.response.headers["Cache-Control"] == "no-store"


def test_two_tabs_each_change_the_password_of_their_own_link(client, new_client, cast, outbox):
    ask(client, cast.ada.email)
    ask(client, cast.ben.email)
    of_ada = client.page(link(outbox, cast.ada))
    of_ben = client.page(link(outbox, cast.ben))
    assert cast.ben.email in of_ben.text
    assert client.send(of_ada, password=NEW).path == "/login"
    browsers = [new_client() for _each in range(3)]
    sign_in(browsers[0], cast.ada, NEW)
    sign_in(browsers[1], cast.ben, cast.ben.password)
    assert [is_in(each) for each in browsers] == [True, True, False], "Ben's password is what it was"
    assert client.send(of_ben, password=f"{NEW} for ben").path == "/login"
    sign_in(browsers[2], cast.ben, f"{NEW} for ben")
    assert is_in(browsers[2])
    assert not is_in(browsers[1]), "and his link served him alone"


def test_the_link_alone_can_be_posted_to(client, cast, outbox):
    ask(client, cast.ada.email)
    address = link(outbox, cast.ada)
    token = client.page(address).fields()["csrf_token"]
    assert client.post(address, csrf_token=token, password=NEW).path == "/login"


def test_opening_the_link_does_not_spend_it(client, new_client, cast, outbox):
    ask(client, cast.ada.email)
    address = link(outbox, cast.ada)
    for _scanner in range(3):
        new_client().page(address)
        new_client().client.head(address)
    assert client.send(client.page(address), password=NEW).path == "/login"


def test_a_link_serves_once(client, new_client, cast, outbox):
    ask(client, cast.ada.email)
    address = link(outbox, cast.ada)
    second = new_client()
    waiting = second.page(address)
    client.send(client.page(address), password=NEW)
    assert second.send(waiting, password="somebody else's words in a row").title == DEAD
    assert new_client().page(address).title == DEAD
    sign_in(second, cast.ada, NEW)
    assert is_in(second)


def test_a_link_expires(client, cast, outbox, clock):
    ask(client, cast.ada.email)
    address = link(outbox, cast.ada)
    waiting = client.page(address)
    clock.forward(minutes=31)
    assert client.send(waiting, password=NEW).status == 410
    assert client.page(address).title == DEAD


def test_a_newer_link_kills_the_older(client, new_client, cast, outbox, clock):
    ask(client, cast.ada.email)
    older = link(outbox, cast.ada)
    clock.forward(minutes=16)
    ask(client, cast.ada.email)
    newer = link(outbox, cast.ada)
    assert older != newer
    assert new_client().page(older).title == DEAD
    assert new_client().page(newer).title == "Choose a new password"


def test_a_link_dies_when_the_password_is_changed_elsewhere(client, cast, outbox):
    ask(client, cast.ada.email)
    address = link(outbox, cast.ada)
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/password", current_password=cast.ada.password, password=NEW)
    assert client.page(address).title == DEAD


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: t[:-1] + ("A" if t[-1] != "A" else "B")])
def test_a_forged_link_is_dead(client, cast, outbox, change):
    ask(client, cast.ada.email)
    token = link(outbox, cast.ada).rsplit("/", 1)[1]
    assert client.page(f"/reset-password/{change(token)}").title == DEAD


def test_a_link_of_another_purpose_is_dead(client, cast, outbox):
    ask(client, cast.ada.email)
    email = outbox.last(cast.ada.email)
    alarm = email.link("wasnt-me").rsplit("/", 1)[1]
    assert client.page(f"/reset-password/{alarm}").title == DEAD
    reset = email.link("reset-password").rsplit("/", 1)[1]
    assert client.page(f"/wasnt-me/{reset}").title == DEAD


def test_a_stranger_sees_the_same_page_and_gets_no_email(client, new_client, cast, outbox):
    known = ask(client, cast.ada.email)
    unknown = ask(new_client(), cast.mallory.email)
    assert (known.path, known.status, known.text) == (unknown.path, unknown.status, unknown.text)
    assert outbox.to(cast.mallory.email) == []


def test_a_stranger_costs_the_same_work(app, client, new_client, cast, run_jobs):
    from sqlalchemy import event

    from portal.kit.db import db

    counts = []
    for email in (cast.ada.email, cast.mallory.email):
        visitor = new_client()
        page = visitor.page("/forgot-password")
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c, _cursor, statement, *_rest, seen=seen):
            seen.append(statement.split()[0])

        event.listen(engine, "before_cursor_execute", note)
        visitor.send(page, email=email)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(seen)
    assert counts[0] == counts[1]


def test_every_session_ends(client, cast, outbox):
    laptop, phone = cast.sign_in(cast.ada), cast.sign_in(cast.ada, remember=True)
    ben = cast.sign_in(cast.ben)
    ask(client, cast.ada.email)
    client.send(client.page(link(outbox, cast.ada)), password=NEW)
    assert [is_in(browser) for browser in (laptop, phone, ben)] == [False, False, True]


def test_the_second_factor_is_still_asked(client, cast, outbox):
    cast.give_factor(cast.ada)
    ask(client, cast.ada.email)
    client.send(client.page(link(outbox, cast.ada)), password=NEW)
    page = sign_in(client, cast.ada, NEW)
    assert page.title == "Two-step verification"
    assert not is_in(client)
    client.send(page, code=cast.code(cast.ada))
    assert is_in(client)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "at least 15"), ("passwordpassword", "easy to guess"), ("Ada Threadgold1", "based on your name")],
)
def test_a_weak_password_is_refused_and_spends_nothing(client, cast, outbox, password, sentence):
    ask(client, cast.ada.email)
    page = client.send(client.page(link(outbox, cast.ada)), password=password)
    assert page.status == 422
    assert sentence in page.text
    assert client.send(page, password=NEW).path == "/login"


def test_the_limit_of_an_address_is_silent(client, cast, outbox):
    texts = {ask(client, cast.ada.email).text for _ in range(7)}
    assert len(texts) == 1
    assert len(outbox.to(cast.ada.email)) == 1


def test_the_limit_of_a_client_is_loud(client, cast):
    for number in range(20):
        assert ask(client, f"nobody{number}@example.com").status == 200
    page = ask(client, cast.ada.email)
    assert page.status == 429
    assert page.fields()["email"] == cast.ada.email, "nothing typed is lost"


@pytest.mark.parametrize(
    "email", ["", "no address", "a@example.com\r\nBcc: b@example.com", "x" * 300 + "@example.com", "<svg>@x", "a\x00@b.c"]
)
def test_what_is_no_address_is_refused(client, email):
    page = client.submit("/forgot-password", email=email)
    assert page.status == 422


def test_an_address_is_found_however_it_is_spelled(client, cast, outbox):
    ask(client, cast.ada.email.upper())
    assert link(outbox, cast.ada)


def test_two_domains_that_look_alike_are_two_addresses(client, cast, outbox):
    fass = cast.make("Fass", "ada@fass.example.com", "fass keeps nine brown barrels")
    ask(client, "ada@faß.example.com")
    assert outbox.to(fass.email) == []
    ask(client, "ADA@FASS.example.com")
    assert link(outbox, fass)


def test_a_closed_account_gets_the_way_back_in_the_place_of_the_link(client, cast, outbox):
    ada = cast.ada
    cast.sign_in(ada).submit("/settings/privacy/delete", confirm="y")
    ask(client, ada.email)
    email = outbox.last(ada.email)
    assert "/reset-password/" not in email.text
    assert client.submit(email.link("/delete/undo/")).path == "/login"


def test_of_two_who_use_one_link_at_once_one_is_too_late(client, new_client, cast, outbox):
    ask(client, cast.ada.email)
    address = link(outbox, cast.ada)
    browsers = [new_client() for _ in range(3)]
    pages = [browser.page(address) for browser in browsers]
    titles: list[str] = []
    start = threading.Barrier(len(browsers))

    def press(browser, page, password):
        start.wait()
        titles.append(browser.send(page, password=password).title)

    passwords = [f"{NEW} number {number}" for number in range(len(browsers))]
    threads = [threading.Thread(target=press, args=args) for args in zip(browsers, pages, passwords, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles.count(DEAD) == len(browsers) - 1, titles
