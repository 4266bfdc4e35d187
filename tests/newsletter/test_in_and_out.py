"""Into the newsletter and out of it, without an account: as a person, as a mail program, as a scanner."""

import base64
import re
import threading
import zlib
from email import message_from_bytes
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from portal.kit import tokens
from portal.kit.db import Base, db
from portal.kit.scopes import across
from portal.kit.unit import unit_of_work
from portal.mail.message import build
from portal.mail.models import Email
from portal.newsletter.models import Subscriber, Suppression

ADDRESS = "Ida.Hem@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def ask(client, address=ADDRESS):
    """Ask for the newsletter."""
    return client.submit("/newsletter", email=address)


def confirm(client, outbox, address=ADDRESS):
    """Ask, press the link in the email, and return the email that welcomes."""
    ask(client, address)
    client.submit(outbox.last(address).link("/newsletter/confirm/"))
    return outbox.last(address)


@pytest.fixture
def count(unit):
    """`count(Subscriber)` says how many rows a table has."""

    def rows(model):
        with unit():
            return db.session.scalar(select(func.count()).select_from(model))

    return rows


def way_out(email):
    return email.link("/newsletter/unsubscribe/")


def test_from_the_form_onto_the_list_and_off_again(client, outbox, count, unit):
    page = ask(client)
    assert page.status == 200
    assert page.title == "Check your email"
    assert count(Subscriber) == 0
    link = outbox.last(ADDRESS).link("/newsletter/confirm/")
    page = client.get(link)
    assert ADDRESS in page.text
    assert page.response.headers["Referrer-Policy"] == "no-referrer, same-origin"
    page = client.send(page)
    assert page.title == "You’re subscribed"
    with unit():
        subscriber = db.session.scalars(select(Subscriber)).one()
        assert (subscriber.email, subscriber.source, subscriber.language) == (ADDRESS, "form", "en")
        assert subscriber.subject_id is None
    welcome = outbox.last(ADDRESS)
    page = client.send(client.get(way_out(welcome)))
    assert page.status == 200
    assert page.title == "You’re unsubscribed"
    assert count(Subscriber) == 0
    assert count(Suppression) == 1
    assert [email.subject for email in outbox.to(ADDRESS)][2:] == []


def test_the_form_asks_for_an_address_and_links_the_policy(client):
    page = client.get("/newsletter")
    shown = [field["name"] for field in page.form().find_all("input") if field.get("type") != "hidden"]
    assert shown == ["email"]
    assert page.form().find("a", href="/privacy")


@pytest.mark.parametrize("address", ["", "ida", "ida@", "ida@example.com\r\nBcc: x@example.com", "a" * 250 + "@example.com"])
def test_a_wrong_address_gets_a_sentence_and_no_email(client, outbox, address):
    page = ask(client, address)
    assert page.status == 422
    assert page.soup.find(class_="error")
    assert outbox.all() == []


def test_before_confirming_nothing_is_held_once_the_email_has_left(client, outbox, unit):
    ask(client)
    assert len(outbox.to(ADDRESS)) == 1
    with unit(), across("the test looks at every row"):
        held = {
            table.name
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
            if "ida.hem" in repr(tuple(row)).casefold()
        }
    assert held == set()


def test_the_answer_is_the_same_on_the_list_off_it_and_never_on_it(client, outbox, new_client):
    strangers = ask(new_client(), "nobody@example.com")
    welcome = confirm(client, outbox)
    on_it = ask(new_client())
    client.post(way_out(welcome), **ONE_CLICK)
    off_it = ask(new_client())
    assert strangers.path == on_it.path == off_it.path
    assert strangers.text == on_it.text == off_it.text


def test_confirming_twice_makes_one_subscriber_and_one_welcome(client, outbox, count):
    ask(client)
    link = outbox.last(ADDRESS).link("/newsletter/confirm/")
    first, second = client.submit(link), client.submit(link)
    assert first.text == second.text
    assert count(Subscriber) == 1
    assert len(outbox.to(ADDRESS)) == 2


def test_two_spellings_of_an_address_are_one_subscriber(client, outbox, count):
    confirm(client, outbox)
    confirm(client, outbox, "ida.hem@EXAMPLE.com")
    assert count(Subscriber) == 1


def test_many_presses_at_the_same_moment_make_one_subscriber(app, client, outbox, new_client, count):
    ask(client)
    link = outbox.last(ADDRESS).link("/newsletter/confirm/")
    pages = [(visitor, visitor.get(link)) for visitor in (new_client() for _ in range(8))]
    start, statuses = threading.Barrier(len(pages)), []

    def press(visitor, page):
        start.wait()
        statuses.append(visitor.client.post(link, data=page.fields()).status_code)

    threads = [threading.Thread(target=press, args=pair) for pair in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 8
    assert count(Subscriber) == 1
    assert len(outbox.to(ADDRESS)) == 2


def test_a_scanner_that_opens_every_link_changes_nothing(client, new_client, outbox, count):
    ask(client)
    scanner = new_client()

    def open_links(email):
        for url in re.findall(r"https?://[^\s<>\"]+", email.text + email.html):
            path = urlsplit(url).path
            assert scanner.client.get(path).status_code in (200, 404)
            assert scanner.client.head(path).status_code in (200, 404)
            scanner.client.options(path)

    open_links(outbox.last(ADDRESS))
    assert count(Subscriber) == 0
    client.submit(outbox.last(ADDRESS).link("/newsletter/confirm/"))
    open_links(outbox.last(ADDRESS))
    assert (count(Subscriber), count(Suppression)) == (1, 0)


def test_a_confirmation_works_for_a_day_and_not_longer(client, outbox, count, clock):
    ask(client)
    link = outbox.last(ADDRESS).link("/newsletter/confirm/")
    clock.forward(hours=23, minutes=59)
    assert client.get(link).status == 200
    clock.forward(minutes=2)
    assert client.get(link).status == 410
    assert client.post(link, csrf_token=client.get("/newsletter").fields()["csrf_token"]).status == 410
    assert count(Subscriber) == 0


def test_who_left_is_not_put_back_by_an_older_confirmation(client, outbox, count):
    ask(client)
    link = outbox.last(ADDRESS).link("/newsletter/confirm/")
    client.submit(link)
    client.post(way_out(outbox.last(ADDRESS)), **ONE_CLICK)
    assert client.get(link).status == 410
    assert count(Subscriber) == 0


def test_who_comes_back_is_on_the_list_and_the_oldest_link_still_leads_out(client, outbox, count, clock):
    first = confirm(client, outbox)
    client.post(way_out(first), **ONE_CLICK)
    clock.forward(days=400)
    confirm(client, outbox)
    assert (count(Subscriber), count(Suppression)) == (1, 0)
    assert client.post(way_out(first), **ONE_CLICK).status == 200
    assert (count(Subscriber), count(Suppression)) == (0, 1)


def test_one_click_needs_no_cookie_no_token_and_is_not_redirected(app, client, outbox, count):
    path = way_out(confirm(client, outbox))
    program = app.test_client(use_cookies=False)
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.net"}
    answer = program.post(path, data=ONE_CLICK, headers=headers)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert count(Subscriber) == 0
    again = program.post(path, data=ONE_CLICK, content_type="multipart/form-data")
    assert again.status_code == 200
    assert count(Suppression) == 1


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "Two-Clicks"}, {"csrf_token": "forged"}, {"x": "One-Click"}])
def test_a_post_that_is_neither_our_button_nor_one_click_changes_nothing(app, client, outbox, count, body):
    path = way_out(confirm(client, outbox))
    answer = app.test_client().post(path, data=body)
    assert answer.status_code == 422
    assert "Unsubscribe" in answer.text
    assert count(Subscriber) == 1


def test_our_own_button_works_in_a_browser_without_cookies(app, client, outbox, count):
    path = way_out(confirm(client, outbox))
    page = client.get(path)
    assert app.test_client(use_cookies=False).post(path, data=page.fields()).status_code == 200
    assert count(Subscriber) == 0


@pytest.mark.parametrize("forge", ["x", lambda token: token[:-6] + "AAAAAA", lambda token: token[:20] + "." + token[20:]])
def test_a_forged_link_leads_nowhere(client, outbox, count, forge):
    base, _, token = way_out(confirm(client, outbox)).rpartition("/")
    path = f"{base}/{forge(token) if callable(forge) else forge}"
    assert client.get(path).status == 410
    assert client.post(path, **ONE_CLICK).status == 410
    assert count(Subscriber) == 1


def test_a_link_serves_its_own_purpose_only(client, outbox, count):
    ask(client)
    confirmation = outbox.last(ADDRESS).link("/newsletter/confirm/").rpartition("/")[2]
    client.submit(f"/newsletter/confirm/{confirmation}")
    out = way_out(outbox.last(ADDRESS)).rpartition("/")[2]
    assert client.post(f"/newsletter/unsubscribe/{confirmation}", **ONE_CLICK).status == 410
    assert client.get(f"/newsletter/confirm/{out}").status == 410
    assert count(Subscriber) == 1


def unwrapped(text, depth=4):
    """Return a text and whatever lies in it under layers of base64 and compression."""
    found = [text]
    for part in re.findall(rb"[A-Za-z0-9_+/-]{8,}", text) if depth else ():
        try:
            inner = base64.urlsafe_b64decode(part.replace(b"+", b"-").replace(b"/", b"_") + b"=" * (-len(part) % 4))
        except ValueError:
            continue
        found += unwrapped(inner, depth - 1)
        try:
            found += unwrapped(zlib.decompress(inner), depth - 1)
        except zlib.error:
            pass
    return found


def test_no_address_of_a_link_holds_the_address_of_a_person(client, outbox):
    welcome = confirm(client, outbox)
    emails = outbox.to(ADDRESS)
    urls = {url for email in emails for url in re.findall(r"https?://[^\s<>\"]+", email.text + email.html)}
    urls.add(welcome.headers["List-Unsubscribe"])
    assert len(urls) >= 3
    for url in urls:
        for layer in unwrapped(url.encode()):
            # The three emails alone turn up in a random token now and then.
            assert b"ida@" not in layer.lower()
            assert b"ida%40" not in layer.lower()
            assert b"@" not in layer or b"example" not in layer.lower()


def test_an_address_of_fifty_characters_makes_a_link_no_longer_than_any_other(client, outbox):
    for length in (50, 200):
        address = "i" * (length - len("@example.com")) + "@example.com"
        if length > 64:
            address = "ida@" + "long-name." * ((length - 10) // 10) + "example.com"
        ask(client, address)
        link = outbox.last(address).link("/newsletter/confirm/")
        assert (len(link.rpartition("/")[2]) <= tokens.MOST_CHARACTERS) == (length == 50)
        assert client.submit(link).title == "You’re subscribed"


def test_the_unwrapping_sees_what_it_should(app):
    with app.app_context():
        assert any(b"ida@example.com" in layer for layer in unwrapped(tokens.sign("x", "ida@example.com").encode()))


def test_the_welcome_carries_both_headers_of_rfc_8058_unbroken_on_the_wire(client, app, count):
    ask(client)
    with app.app_context(), unit_of_work():
        email = db.session.scalars(select(Email)).one()
        link = urlsplit(re.search(r"https?://\S+/newsletter/confirm/\S+", email.text)[0]).path
    client.submit(link)
    with app.app_context(), unit_of_work():
        email = db.session.scalars(select(Email).where(Email.kind == "newsletter/welcome")).one()
        wire = build(email).as_bytes()
        body = email.text
    message = message_from_bytes(wire)
    header = message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://localhost/newsletter/unsubscribe/[\w.-]+>", header)
    assert header.encode() in wire
    assert header.strip("<>") in body


def test_after_leaving_only_a_keyed_hash_is_left(client, outbox, unit):
    client.post(way_out(confirm(client, outbox)), **ONE_CLICK)
    with unit(), across("the test looks at every row"):
        left = db.session.scalars(select(Suppression)).one()
        assert len(left.address_hash) == 64
        everything = [repr(tuple(row)) for table in Base.metadata.sorted_tables for row in db.session.execute(select(table))]
    assert [row for row in everything if "ida" in row.casefold()] == []


def test_the_fourth_email_to_one_address_is_left_out_without_a_word(client, new_client, outbox, clock):
    pages = [ask(new_client()) for _ in range(4)]
    assert len({page.text for page in pages}) == 1
    assert len(outbox.to(ADDRESS)) == 3
    clock.forward(hours=7)
    ask(client)
    assert len(outbox.to(ADDRESS)) == 4


def test_a_client_that_asks_for_very_many_is_told_to_wait(client, outbox):
    page = client.get("/newsletter")
    for number in range(60):
        assert client.send(page, email=f"reader{number}@example.com").status == 200
    page = client.send(page, email="one-more@example.com")
    assert page.status == 429
    assert "Wait " in page.text
    assert page.fields()["email"] == "one-more@example.com"
    assert outbox.to("one-more@example.com") == []
