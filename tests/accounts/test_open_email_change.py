"""A change of address that waits: from its notice the link is sent again, or the change is cancelled."""

import pytest

from portal.accounts import service as accounts

pytestmark = pytest.mark.both_databases

PATH = "/settings/email"
NEW = "ada.new@example.com"
AGAIN, CANCEL = "/settings/email/send-again", "/settings/email/cancel"
CONFIRM = "/email/confirm/"
WAITS_NO_MORE = "No change is waiting for confirmation any more."


@pytest.fixture
def ada(clock, cast):
    visitor = cast.sign_in(cast.ada)
    visitor.submit(PATH, email=NEW)
    return visitor


def test_the_notice_says_until_when_and_has_both_buttons(ada):
    page = ada.page(PATH)
    notice = page.soup.find(class_="notice").get_text()
    assert f"We’ve emailed a link to {NEW}. It works until" in notice
    assert ", 10:30 UTC." in notice, "asked at half past nine, it works for an hour"
    assert {form["action"] for form in page.soup.find(class_="notice").find_all("form")} == {AGAIN, CANCEL}


def test_the_very_link_is_sent_again_with_the_time_that_is_left(ada, outbox, clock):
    first = outbox.last(NEW)
    assert "The link works for 60 minutes." in first.text
    clock.forward(minutes=25)
    page = ada.submit(PATH, action=AGAIN)
    assert "Another email is on its way" in page.text
    again = outbox.last(NEW)
    assert again.link(CONFIRM) == first.link(CONFIRM)
    assert "The link works for 35 minutes." in again.text and "35 minutes" in again.html
    assert ada.submit(again.link(CONFIRM)).path == PATH


def test_sending_again_makes_the_link_live_no_longer(ada, outbox, clock):
    clock.forward(minutes=29)
    ada.submit(PATH, action=AGAIN)
    link = outbox.last(NEW).link(CONFIRM)
    clock.forward(minutes=32)
    assert ada.page(link).status == 410


def test_one_mailbox_is_not_flooded_and_the_limit_is_silent(ada, outbox):
    pages = [ada.submit(PATH, action=AGAIN) for _time in range(5)]
    assert len(outbox.to(NEW)) == 3
    assert len({page.text for page in pages}) == 1


def test_the_owner_of_a_taken_address_is_told_again_and_nobody_else_learns_of_it(cast, outbox):
    ben = cast.sign_in(cast.ben)
    ben.submit(PATH, email=cast.ada.email)
    free = cast.sign_in(cast.ada)
    free.submit(PATH, email=NEW)
    taken, other = ben.submit(PATH, action=AGAIN), free.submit(PATH, action=AGAIN)
    told = [email for email in outbox.to(cast.ada.email) if "another account asked" in email.text]
    assert len(told) == 2 and CONFIRM not in told[-1].text
    assert "Another email is on its way" in taken.text
    assert "Another email is on its way" in other.text
    assert taken.status == other.status


def test_it_is_cancelled_and_its_link_is_dead(ada, outbox, cast, unit):
    page = ada.submit(PATH, action=CANCEL)
    assert "Change cancelled. The link we emailed no longer works." in page.text
    assert page.path == PATH
    assert NEW not in page.text
    assert ada.page(outbox.last(NEW).link(CONFIRM)).status == 410
    with unit():
        assert accounts.get_person(cast.ada.account_id).email == cast.ada.email


def test_it_asks_for_a_fresh_proof_to_send_and_none_to_cancel(ada, clock):
    page = ada.page(PATH)
    clock.forward(minutes=31)
    token = page.fields(AGAIN)["csrf_token"]
    assert ada.post(AGAIN, csrf_token=token).path == "/confirm-identity"
    assert "Change cancelled" in ada.post(CANCEL, csrf_token=token).text


def test_a_second_tab_is_told_that_nothing_waits(ada, outbox):
    tab = ada.page(PATH)
    ada.submit(PATH, action=CANCEL)
    for action in (CANCEL, AGAIN):
        page = ada.post(action, csrf_token=tab.fields(action)["csrf_token"])
        assert WAITS_NO_MORE in page.text
    assert len(outbox.to(NEW)) == 1


def test_a_confirmed_change_is_not_cancelled(ada, outbox, cast, unit):
    tab = ada.page(PATH)
    ada.submit(outbox.last(NEW).link(CONFIRM))
    page = ada.post(CANCEL, csrf_token=tab.fields(CANCEL)["csrf_token"])
    assert WAITS_NO_MORE in page.text
    with unit():
        assert accounts.get_person(cast.ada.account_id).email == NEW


def test_nobody_cancels_or_repeats_somebody_elses(ada, cast, outbox, unit):
    ben = cast.sign_in(cast.ben)
    token = ben.page("/settings/security").fields("/settings/not-me")["csrf_token"]
    for action in (CANCEL, AGAIN):
        assert WAITS_NO_MORE in ben.post(action, csrf_token=token).text
    assert NEW in ada.page(PATH).text
    assert len(outbox.to(NEW)) == 1


def test_the_old_mailbox_can_stop_whoever_asked_also_after_it_was_cancelled(ada, client, outbox, cast):
    veto = outbox.last(cast.ada.email).link("/email/veto/")
    ada.submit(PATH, action=CANCEL)
    assert client.submit(veto).title == "Your account is secured"


def test_the_old_mailbox_gets_one_link_that_undoes_it(ada, outbox, cast):
    ada.submit(outbox.last(NEW).link(CONFIRM))
    email = outbox.last(cast.ada.email)
    assert email.text.count("/email/undo/") == 1
    assert email.html.count("Undo the change</a>") == 1
    assert "This wasn’t me" not in email.text + email.html
