"""Until when a deletion can be cancelled: one instant, in one phrase, in the zone of whoever reads it."""

from datetime import timedelta

import pytest

from portal.kit import clock as time

pytestmark = pytest.mark.both_databases

UNDO = "/settings/privacy/delete/undo/"


def test_until_when_it_can_be_cancelled_is_one_instant_in_one_phrase(cast, client, outbox, clock):
    mei = cast.make("Mei Lin", "mei@example.com", "seven quiet looms at dawn", zone="Asia/Shanghai")
    visitor = cast.sign_in(mei)
    instant = f"{time.now() + timedelta(days=14):%-d %b %Y}, 17:30 (Shanghai)"
    assert f"Until {instant}, if you confirm now" in visitor.get("/settings/privacy/delete").text
    closed = visitor.submit("/settings/privacy/delete", confirm="y")
    phrase = f"You can cancel until {instant}. After that, your data is deleted."
    email = outbox.last(mei.email)
    assert phrase in closed.text
    assert phrase in email.text
    assert phrase in email.html
    assert phrase in client.get(email.link(UNDO)).text


def test_whoever_asks_for_a_new_password_meanwhile_reads_the_same_phrase(cast, client, outbox, clock):
    mei = cast.make("Mei Lin", "mei@example.com", "seven quiet looms at dawn", zone="Asia/Shanghai")
    instant = f"{time.now() + timedelta(days=14):%-d %b %Y}, 17:30 (Shanghai)"
    cast.sign_in(mei).submit("/settings/privacy/delete", confirm="y")
    client.submit("/forgot-password", email=mei.email)
    assert f"You can cancel until {instant}. After that, your data is deleted." in outbox.last(mei.email).text


def test_the_browser_is_told_to_forget_when_the_account_closes(cast):
    visitor = cast.sign_in(cast.ada)
    page = visitor.get("/settings/privacy/delete")
    answer = visitor.client.post(page.path, data={**page.fields(page.path), "confirm": "y"})
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_the_page_of_a_closed_account_believes_nobody_but_us(client, clock):
    plain = client.get("/settings/privacy/delete/done")
    forged = client.get("/settings/privacy/delete/done?closing=WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwiVVRDIl0.x.y")
    assert plain.title == forged.title == "Your account is closed"
    assert "You can cancel until" not in plain.text + forged.text
