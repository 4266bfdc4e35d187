"""A guest's link to their one ticket: what it opens, for how long, and for nobody else."""

import re
import uuid
from urllib.parse import urlsplit

import pytest
from sqlalchemy import delete, select, update

from portal.kit import tokens
from portal.kit.db import db
from portal.legal.policy import PERIODS
from portal.support.models import Attachment, Message, RemovedFile, Ticket, TicketKind
from portal.support.service import guest_links
from portal.traffic.models import Visit
from portal.traffic.routes import recorder
from tests.support import samples

pytestmark = pytest.mark.both_databases

GUEST = {"name": "Gus Bobbin", "email": "gus@example.com", "subject": "Zips", "message": "Where are they?"}
ENDED = "This link no longer works"


@pytest.fixture
def write(client, outbox):
    """Write to us as a guest; return the path of the link that comes by email."""

    def send(**more):
        page = client.submit("/contact", **{**GUEST, **more})
        assert page.path == "/contact/received"
        return outbox.last(more.get("email", GUEST["email"])).link("/ticket/")

    return send


@pytest.fixture
def ticket(unit):
    """`ticket()` is the one ticket there is, with its messages."""

    def read():
        with unit():
            (row,) = db.session.scalars(select(Ticket)).all()
            said = db.session.scalars(select(Message).order_by(Message.at, Message.id)).all()
            return row, [message.body for message in said]

    return read


@pytest.fixture
def staff(cast):
    return cast.sign_in_staff(cast.sam)


def a_pdf():
    return samples.chosen(("label.pdf", samples.pdf()))


def desk(ticket):
    return f"/admin/tickets/{ticket()[0].id}"


def close(browser, link):
    return browser.submit(link, action=f"{link}/close")


def test_by_links_alone_a_guest_reads_replies_and_closes(client, new_client, write, ticket, staff, outbox):
    link = write()
    gus = new_client()
    page = gus.get(link)
    assert page.title == "Zips"
    assert "Where are they?" in page.text and ticket()[0].reference in page.text
    assert GUEST["email"] not in page.response.text and GUEST["name"] not in page.response.text, "the link may be passed on"
    page = gus.submit(link, message="The long ones.")
    assert page.path == link and "Reply sent." in page.text
    staff.submit(desk(ticket), message="In the drawer.")
    answered = outbox.last(GUEST["email"])
    page = gus.get(answered.link("/ticket/"))
    assert "In the drawer." in page.text and "We’ve replied" in page.text
    page = gus.submit(page.path, message="Thank you.")
    assert ticket()[0].state == "open"
    page = close(gus, link)
    assert page.path == link and "Ticket closed." in page.text
    assert ticket()[0].state == "closed"
    assert ticket()[1] == ["Where are they?", "The long ones.", "In the drawer.", "Thank you."]


def test_the_link_ends_when_the_ticket_has_been_closed_for_thirty_days(client, write, ticket, clock):
    assert PERIODS["guest_link"].length.days == 30
    link = write()
    clock.forward(days=800)
    assert client.get(link).status == 200, "an open ticket waits as long as it takes"
    close(client, link)
    clock.forward(days=29, hours=23)
    page = client.get(link)
    assert page.status == 200 and "The link to this page works until" in page.text
    clock.forward(hours=2)
    page = client.get(link)
    assert (page.status, page.title) == (410, ENDED)
    assert "30 days" in page.text
    assert page.soup.select_one("main a[href='/contact']") and page.soup.select_one("main a[href='/support']")


def test_closing_again_gives_the_link_no_further_day(client, write, ticket, clock):
    link = write()
    page = client.get(link)
    close(client, link)
    clock.forward(days=20)
    fresh = client.get("/contact").fields()["csrf_token"]
    again = client.post(f"{link}/close", **{**page.fields(), "csrf_token": fresh})
    assert again.path == link
    clock.forward(days=11)
    assert client.get(link).status == 410


def test_a_reply_that_races_a_close_opens_the_ticket_again(client, new_client, write, ticket, staff, clock):
    link = write()
    two_tabs = [client.get(link), client.get(link)]
    close(client, link)
    page = client.send(two_tabs[0], message="One more thing.")
    assert page.status == 200 and ticket()[0].state == "open"
    staff.submit(desk(ticket), action=f"{desk(ticket)}/close")
    page = client.send(two_tabs[1], message="And another.")
    assert page.status == 200 and ticket()[0].state == "open"
    clock.forward(days=40)
    assert client.get(link).status == 200
    assert ticket()[1] == [GUEST["message"], "One more thing.", "And another."]


def test_the_same_reply_sent_twice_is_one_message(client, write, ticket):
    link = write()
    page = client.get(link)
    for _click in range(2):
        assert client.send(page, message="Only once.").path == link
    assert ticket()[1] == [GUEST["message"], "Only once."]


def test_what_was_typed_on_a_page_whose_link_has_ended_is_handed_back(client, write, ticket, clock):
    link = write()
    close(client, link)
    page = client.get(link)
    clock.forward(days=30, minutes=1)
    fresh = client.get("/contact").fields()["csrf_token"]
    page = client.post(link, **{**page.fields(), "csrf_token": fresh, "message": "Half a page of <b>thoughts</b>"})
    assert (page.status, page.title) == (410, ENDED)
    assert "Your reply wasn’t sent" in page.text and "Half a page of <b>thoughts</b>" in page.text
    assert len(ticket()[1]) == 1


def test_once_an_account_has_the_address_the_ticket_is_read_there(client, new_client, write, ticket, outbox, staff):
    link = write()
    new_client().submit("/signup", name="Gus", email=GUEST["email"], password="nine green looms at noon", accept_terms="y")
    assert client.get(link).status == 200, "nobody has proved the address yet"
    gus = new_client()
    gus.submit(outbox.last(GUEST["email"]).link("/verify-email/"))
    assert client.get(link).title == ENDED
    staff.submit(desk(ticket), message="In the drawer.")
    answer = outbox.last(GUEST["email"])
    assert "/ticket/" not in answer.text
    path = answer.link("/support/")
    assert client.get(path).path == "/login"
    gus.submit("/login", email=GUEST["email"], password="nine green looms at noon")
    assert "In the drawer." in gus.get(path).text


def test_nobody_learns_why_a_link_opens_nothing(client, write, ticket, unit, clock, cast):
    link = write()
    token = link.rpartition("/")[2]
    with unit():
        (row,) = db.session.scalars(select(Ticket)).all()
        of_nobody = tokens.sign(guest_links.LINK, str(uuid.uuid4()), stamp="x")
        unstamped = tokens.sign(guest_links.LINK, str(row.id))
        of_another_address = tokens.sign(guest_links.LINK, str(row.id), stamp=f"{row.id} eve@example.com")
        no_id = tokens.sign(guest_links.LINK, "not-an-id", stamp="x")
    dead = [token[:-1] + ("A" if token[-1] != "A" else "E"), "x", of_nobody, unstamped, of_another_address]
    pages = [client.get(f"/ticket/{each}") for each in dead]
    close(client, link)
    clock.forward(days=31)
    pages.append(client.get(link))
    with unit():
        db.session.execute(delete(Ticket))
    pages.append(client.get(link))
    pages.append(client.get(f"/ticket/{no_id}"))
    assert {(page.status, page.soup.main.get_text()) for page in pages} == {(410, pages[0].soup.main.get_text())}


@pytest.mark.parametrize(
    "changed",
    [
        {"subject_id": uuid.uuid4()},
        {"kind": TicketKind.MISUSE_REPORTED},
        {"email": "", "email_key": ""},
        {"email_key": "eve@x.org"},
    ],
)
def test_a_ticket_that_is_no_guests_or_has_another_address_by_now_is_not_opened(client, write, unit, changed):
    link = write()
    with unit():
        db.session.execute(update(Ticket).values(changed))
    page = client.get(link)
    for path in (link, f"{link}/close", f"{link}/files/{uuid.uuid4()}/delete"):
        fields = {"csrf_token": client.get("/contact").fields()["csrf_token"], "message": "Mine now"}
        assert client.post(path, **fields).status == 410
    assert (page.status, page.title) == (410, ENDED)
    with unit():
        assert len(db.session.scalars(select(Message)).all()) == 1


def test_a_file_of_the_ticket_comes_and_goes_by_its_link_and_no_other_tickets_does(client, new_client, write, unit, cast):
    mine, theirs = (write(email=email, files=a_pdf()) for email in (GUEST["email"], "eve@example.com"))
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Mine", message="Look", files=a_pdf())
    with unit():
        every = {str(each) for each in db.session.scalars(select(Attachment.id))}
    page = client.get(mine)
    (shown,) = [link["href"] for link in page.soup.select("main a[href*='/files/']")]
    own = shown.rpartition("/")[2]
    assert shown == f"{mine}/files/{own}"
    answer = client.client.get(shown)
    assert answer.data == samples.pdf()
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    for other in (every - {own}) | {str(uuid.uuid4()), "x", "..", "%00", own.upper() + "0"}:
        assert client.client.get(f"{mine}/files/{other}").status_code in (404, 308)
        assert client.post(f"{mine}/files/{other}/delete", csrf_token=page.fields()["csrf_token"]).status in (404, 308)
    assert client.client.get(f"/support/files/{own}").status_code == 303, "its own address asks for a sign-in"
    assert client.client.get(f"{theirs}/files/{own}").status_code == 404
    page = client.submit(mine, action=f"{shown}/delete")
    assert page.path == mine and "Its owner deleted it" in page.text
    with unit():
        assert len(db.session.scalars(select(Attachment)).all()) == 2
        assert [note.why for note in db.session.scalars(select(RemovedFile))] == ["owner"]


def test_a_file_that_is_sent_with_a_reply_is_there_and_a_wrong_one_loses_nothing(client, write, unit):
    link = write()
    page = client.submit(link, message="Here.", files=samples.chosen(("a.exe", b"MZ")))
    assert page.status == 422 and page.fields()["message"].strip() == "Here."
    page = client.submit(link, message="Here.", files=a_pdf())
    assert "label.pdf" in page.text


def test_its_address_goes_nowhere_is_kept_nowhere_and_is_found_nowhere(app, client, write, unit, capfd):
    link = write(files=a_pdf())
    token = link.rpartition("/")[2]
    page = client.get(link)
    capfd.readouterr()
    paths = [link, *(each["href"] for each in page.soup.select("main a[href*='/files/']"))]
    answers = [client.client.get(path) for path in [*paths, "/ticket/x"]]
    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer, same-origin"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert answer.headers["Cache-Control"] == "no-store"
    close(client, link)
    assert page.soup.find("a", href=re.compile("^https?:")) is None, "no way to another site from here"
    assert token not in capfd.readouterr().out
    recorder(app).flush()
    with unit():
        rows = [repr(tuple(row)) for row in db.session.execute(select(Visit.__table__))]
    assert rows and not [row for row in rows if token in row]


def test_another_site_can_make_nobodys_browser_reply_or_close(client, write, ticket):
    link = write()
    page = client.get(link)
    foreign = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}
    for path, fields in ((link, {"message": "Mine"}), (f"{link}/close", {})):
        assert client.client.post(path, data=fields).status_code in (303, 422)
        sent = {**fields, "csrf_token": page.fields()["csrf_token"]}
        assert client.client.post(path, data=sent, headers=foreign).status_code == 403
    assert (ticket()[0].state, len(ticket()[1])) == ("open", 1)


def test_whoever_replies_very_often_has_to_wait_and_loses_nothing(client, new_client, write, ticket, clock):
    link = write()
    for number in range(20):
        assert client.submit(link, message=f"Reply {number}").status == 200
    page = new_client().submit(link, message="Reply 20")
    assert page.status == 429 and page.fields()["message"].strip() == "Reply 20"
    clock.forward(hours=1, minutes=1)
    assert new_client().submit(link, message="Reply 20").status == 200


def test_the_link_opens_one_ticket_and_no_other_of_the_same_guest(client, write):
    one, two = write(), write(subject="Buttons", message="Which?")
    assert urlsplit(one).path != urlsplit(two).path
    assert (client.get(one).title, client.get(two).title) == ("Zips", "Buttons")
    assert "Which?" not in client.get(one).text
    close(client, one)
    assert "Close ticket" in client.get(two).text


def test_markup_and_hostile_words_stay_words(client, write):
    words = '<script>alert(1)</script> {{ 7*7 }} " onmouseover="x'
    page = client.get(write(subject=words, message=words))
    assert page.soup.select("main script, main [onmouseover]") == []
    assert page.title == words and "{{ 7*7 }}" in page.text
