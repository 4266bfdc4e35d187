"""Changing the address: the new mailbox confirms, the old one may stop it and undo it; races and taken addresses."""

import threading

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import EmailChange, Person
from portal.kit.db import db

NEW = "ada.new@example.com"
DEAD = "This link no longer works"
PASSWORD = "seven green bobbins in a drawer"


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def ask(browser, email=NEW):
    return browser.submit("/settings/email", email=email)


def is_in(browser) -> bool:
    return browser.page("/settings/profile").path == "/settings/profile"


def email_of(unit, person) -> str:
    with unit():
        return accounts.get_person(person.account_id).email


def test_the_new_mailbox_confirms_and_both_are_told(ada, new_client, cast, outbox, unit):
    phone = cast.sign_in(cast.ada)
    page = ask(ada)
    assert "We’ve emailed your new and your current address" in page.text
    assert NEW in page.text
    assert email_of(unit, cast.ada) == cast.ada.email
    told = outbox.last(cast.ada.email)
    assert NEW in told.text and told.link("/email/veto/") and told.link("wasnt-me")
    confirm = outbox.last(NEW)
    assert cast.ada.name not in confirm.text and cast.ada.email not in confirm.text, "it may be a stranger's mailbox"
    page = ada.page(confirm.link("/email/confirm/"))
    assert email_of(unit, cast.ada) == cast.ada.email, "opening the link changes nothing"
    assert ada.send(page).path == "/settings/email"
    assert email_of(unit, cast.ada) == NEW
    assert is_in(ada) and not is_in(phone), "this session stays, the others end"
    assert outbox.last(cast.ada.email).link("/email/undo/")
    assert outbox.last(NEW).link("wasnt-me")
    elsewhere = new_client()
    elsewhere.submit("/login", email=NEW, password=cast.ada.password)
    assert is_in(elsewhere)
    assert new_client().submit("/login", email=cast.ada.email, password=cast.ada.password).status == 422


def test_it_asks_for_a_fresh_proof(ada, cast, clock):
    clock.forward(minutes=31)
    assert ada.page("/settings/email").path == "/confirm-identity"
    token = ada.page("/settings/security").fields("/settings/not-me")["csrf_token"]
    assert ada.post("/settings/email", email=NEW, csrf_token=token).path == "/confirm-identity"


def test_the_old_mailbox_stops_it(ada, client, outbox, cast, unit):
    ask(ada)
    confirm = outbox.last(NEW).link("/email/confirm/")
    page = client.page(outbox.last(cast.ada.email).link("/email/veto/"))
    assert ada.page(confirm).status == 200, "opening the veto stops nothing"
    assert client.send(page).title == "Your account is secured"
    assert ada.page(confirm).title == DEAD
    assert email_of(unit, cast.ada) == cast.ada.email
    assert client.send(page).status == 410
    assert not is_in(ada), "whoever asked for it was inside"
    client.submit(outbox.last(cast.ada.email).link("/reset-password/"), password=PASSWORD)
    client.submit("/login", email=cast.ada.email, password=PASSWORD)
    assert is_in(client)


def test_a_veto_of_a_change_that_another_one_replaced_stops_what_waits(ada, client, outbox, cast, unit):
    ask(ada, "first@example.com")
    veto = outbox.last(cast.ada.email).link("/email/veto/")
    ask(ada, "second@example.com")
    confirm = outbox.last("second@example.com").link("/email/confirm/")
    assert client.submit(veto).title == "Your account is secured"
    assert client.page(confirm).title == DEAD


def test_a_veto_is_dead_once_the_account_has_left_its_mailbox_by_another_change(ada, client, outbox, cast):
    ask(ada, "first@example.com")
    veto = outbox.last(cast.ada.email).link("/email/veto/")
    ask(ada, "second@example.com")
    ada.submit(outbox.last("second@example.com").link("/email/confirm/"))
    assert client.page(veto).status == 410
    assert outbox.last(cast.ada.email).link("/email/undo/"), "the newer email has the link that takes it back"


def test_a_veto_that_comes_too_late_leads_to_the_undo(ada, client, outbox, cast):
    ask(ada)
    veto = outbox.last(cast.ada.email).link("/email/veto/")
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    assert client.page(veto).title == "Undo the email change"


def test_the_old_mailbox_takes_it_back(ada, client, outbox, cast, unit):
    ask(ada)
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    undo = outbox.last(cast.ada.email).link("/email/undo/")
    page = client.page(undo)
    assert email_of(unit, cast.ada) == NEW, "opening the link changes nothing"
    assert client.send(page).title == "Your account is secured"
    assert email_of(unit, cast.ada) == cast.ada.email
    assert not is_in(ada)
    assert "undone" in outbox.last(NEW).subject
    assert client.page(undo).title == DEAD
    reset = outbox.last(cast.ada.email).link("reset-password")
    client.send(client.page(reset), password=PASSWORD)
    client.submit("/login", email=cast.ada.email, password=PASSWORD)
    assert is_in(client)


def test_the_undo_lives_for_its_period(ada, client, outbox, cast, clock):
    ask(ada)
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    undo = outbox.last(cast.ada.email).link("/email/undo/")
    clock.forward(days=6, hours=23)
    page = client.page(undo)
    assert page.status == 200
    clock.forward(hours=2)
    assert client.send(page).status == 410


def test_the_alarm_of_an_older_email_takes_it_back_too(ada, client, outbox, cast, unit):
    client.submit("/forgot-password", email=cast.ada.email)
    alarm = outbox.last(cast.ada.email).link("wasnt-me")
    ask(ada)
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    assert client.submit(alarm).title == "Your account is secured"
    assert email_of(unit, cast.ada) == cast.ada.email
    assert outbox.last(cast.ada.email).link("reset-password")


def test_an_intruder_who_changes_it_twice_is_undone_as_a_whole(ada, client, outbox, cast, unit):
    ask(ada, "first@example.com")
    ada.submit(outbox.last("first@example.com").link("/email/confirm/"))
    ask(ada, "second@example.com")
    ada.submit(outbox.last("second@example.com").link("/email/confirm/"))
    client.submit(outbox.last(cast.ada.email).link("/email/undo/"))
    assert email_of(unit, cast.ada) == cast.ada.email
    assert client.page(outbox.last("first@example.com").link("/email/undo/")).title == DEAD


def test_only_addresses_that_were_really_the_persons_count_as_theirs(ada, cast, outbox, unit):
    def theirs():
        with unit():
            subject = accounts.subject_of(accounts.get_person(cast.ada.account_id))
            return subject.email_keys | {former.key for former in subject.former_emails}

    for address in ("first@example.com", "second@example.com"):
        ask(ada, address)
        ada.submit(outbox.last(address).link("/email/confirm/"))
    assert theirs() == {cast.ada.email, "first@example.com", "second@example.com"}
    ask(ada, "never@example.com")
    ada.submit(outbox.last(cast.ada.email).link("/email/undo/"))
    assert theirs() == {cast.ada.email}


def test_the_new_mailbox_cannot_take_it_back_to_itself(ada, client, outbox, cast, unit):
    ask(ada)
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    client.submit(outbox.last(NEW).link("wasnt-me"))
    assert email_of(unit, cast.ada) == NEW


def test_an_alarm_stops_a_change_that_waits(ada, client, outbox, cast):
    ask(ada)
    confirm = outbox.last(NEW).link("/email/confirm/")
    client.submit(outbox.last(cast.ada.email).link("wasnt-me"))
    assert client.page(confirm).title == DEAD


def test_the_confirm_link_expires(ada, outbox, clock):
    ask(ada)
    confirm = outbox.last(NEW).link("/email/confirm/")
    page = ada.page(confirm)
    clock.forward(minutes=61)
    assert ada.send(page).status == 410
    assert ada.page(confirm).status == 410


def test_a_newer_change_takes_the_place_of_the_older(ada, outbox):
    ask(ada, "first@example.com")
    ask(ada, "second@example.com")
    assert ada.page(outbox.last("first@example.com").link("/email/confirm/")).title == DEAD
    assert ada.page(outbox.last("second@example.com").link("/email/confirm/")).status == 200


def test_a_confirmed_link_serves_once(ada, outbox):
    ask(ada)
    confirm = outbox.last(NEW).link("/email/confirm/")
    page = ada.page(confirm)
    ada.send(page)
    assert ada.send(page).status == 410


def test_a_taken_address_looks_the_same_and_its_owner_is_told(ada, cast, outbox, unit):
    free, taken = ask(ada, NEW), ask(ada, cast.ben.email)
    assert free.text.replace(NEW, "") == taken.text.replace(cast.ben.email, "")
    email = outbox.last(cast.ben.email)
    assert "/email/confirm/" not in email.text
    assert cast.ada.email not in email.text
    assert cast.ben.email in outbox.last(cast.ada.email).text
    assert email_of(unit, cast.ben) == cast.ben.email


def test_what_one_holds_does_not_tell_whether_the_address_was_free(cast, outbox, clock):
    told = []
    for name, wanted in (("carl", NEW), ("dora", cast.ben.email)):
        browser = cast.sign_in(cast.make(name, f"{name}@example.com", f"{name} irons on sunday nights"))
        ask(browser, wanted)
        outbox.all()
        told.append(
            [heading.get_text(" ", strip=True) for heading in browser.page("/settings/privacy").soup.select("#held h3")]
        )
    assert told[0] == told[1]


def test_an_address_that_was_taken_meanwhile_is_not_taken_twice(ada, cast, outbox, unit):
    ask(ada)
    confirm = outbox.last(NEW).link("/email/confirm/")
    page = ada.page(confirm)
    cast.make("Nora New", NEW, PASSWORD)
    assert ada.send(page).title == DEAD
    assert email_of(unit, cast.ada) == cast.ada.email


def test_of_two_who_race_for_an_address_one_wins(app, ada, cast, outbox, new_client):
    ben = cast.sign_in(cast.ben)
    ask(ada)
    ask(ben)
    links = [email.link("/email/confirm/") for email in outbox.to(NEW)]
    browsers = [new_client(), new_client()]
    pages = [browser.page(link) for browser, link in zip(browsers, links, strict=True)]
    statuses: list[str] = []
    start = threading.Barrier(2)

    def press(browser, page):
        start.wait()
        statuses.append(browser.send(page).title)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, pages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(DEAD) == 1, statuses
    with app.app_context():
        assert len(db.session.scalars(select(Person).where(Person.email == NEW)).all()) == 1


def test_two_presses_at_once_change_it_once(app, ada, outbox, new_client):
    ask(ada)
    link = outbox.last(NEW).link("/email/confirm/")
    browsers = [new_client() for _ in range(4)]
    pages = [browser.page(link) for browser in browsers]
    titles: list[str] = []
    start = threading.Barrier(len(browsers))

    def press(browser, page):
        start.wait()
        titles.append(browser.send(page).title)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, pages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles.count(DEAD) == len(browsers) - 1, titles


def test_somebody_elses_links_change_nothing_of_mine(ada, cast, outbox, unit):
    ben = cast.sign_in(cast.ben)
    ask(ada)
    ben.submit(outbox.last(NEW).link("/email/confirm/"))
    assert email_of(unit, cast.ben) == cast.ben.email
    assert email_of(unit, cast.ada) == NEW


def test_links_of_one_purpose_open_no_other_door(ada, outbox, cast):
    ask(ada)
    token = outbox.last(NEW).link("/email/confirm/").rsplit("/", 1)[1]
    for door in ("veto", "undo"):
        assert ada.page(f"/settings/email/{door}/{token}").status == 410
    assert ada.page(f"/settings/email/confirm/{token}x").status == 410


def test_the_same_address_is_no_change(ada, cast):
    page = ask(ada, cast.ada.email.upper())
    assert page.status == 422
    assert "That’s already your email address" in page.text


def test_asking_is_limited(ada, cast, outbox):
    for number in range(5):
        assert ask(ada, f"new{number}@example.com").status == 200
    assert ask(ada).status == 429


def test_one_mailbox_is_not_flooded(cast, outbox):
    for number in range(5):
        somebody = cast.make("Some Body", f"some{number}@example.com", PASSWORD + str(number))
        ask(cast.sign_in(somebody), "victim@example.com")
    assert len(outbox.to("victim@example.com")) == 3


def test_a_frozen_account_cannot(app, ada, cast, unit):
    page = ada.page("/settings/email")
    with unit():
        # As if the freeze came between the gate and the verb: sessions end with it otherwise.
        accounts.get_person(cast.ada.account_id).frozen_at = accounts.get_person(cast.ada.account_id).created_at
    refused = ada.send(page, email=NEW)
    assert refused.status == 422
    assert "Choose a new password first" in refused.text
    with app.app_context():
        assert db.session.scalars(select(EmailChange)).all() == []


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@example.com\nBcc: x@example.com", "<script>alert(1)</script>@example.com", "a@b@c", "ü@example.com"],
)
def test_what_is_no_address_is_refused(ada, email):
    assert ask(ada, email).status == 422
