"""A conversation by email: one thread, under the customer's own words, that no second ticket breaks."""

import pytest
from sqlalchemy import select, update

from portal.kit.db import db
from portal.mail.models import Email
from portal.mail.plain_text import text_of
from portal.support import mail
from portal.support.models import Message, Ticket

pytestmark = pytest.mark.both_databases

GUEST = {"name": "Gus Bobbin", "email": "gus@example.com", "subject": "Zips", "message": "Where are they?\nThe <long> ones."}
NOT_YET = "we can’t read replies by email yet"


@pytest.fixture
def tickets(unit):
    """Return every ticket with what was said in it, oldest first."""

    def read():
        with unit():
            found = []
            for ticket in db.session.scalars(select(Ticket).order_by(Ticket.opened_at)):
                of_ticket = select(Message.body).where(Message.ticket_id == ticket.id)
                found.append((ticket, list(db.session.scalars(of_ticket.order_by(Message.at, Message.id)))))
            return found

    return read


@pytest.fixture
def answer(cast, tickets):
    """Let our team answer the first ticket."""
    staff = cast.sign_in_staff(cast.sam)
    return lambda text: staff.submit(f"/admin/tickets/{tickets()[0][0].id}", message=text)


def test_all_emails_about_a_ticket_are_one_thread_whose_root_is_the_receipt(client, outbox, answer):
    client.submit("/contact", **GUEST)
    (receipt,) = outbox.to(GUEST["email"])
    root = receipt.headers["Message-ID"]
    assert "References" not in receipt.headers
    answer("In the drawer.")
    client.submit(receipt.link("/ticket/"), message="Which drawer?")
    answer("The upper one.")
    _receipt, first, second = outbox.to(GUEST["email"])
    assert (first.headers["In-Reply-To"], first.headers["References"]) == (root, root)
    assert second.headers["In-Reply-To"] == first.headers["Message-ID"]
    assert second.headers["References"].split() == [root, first.headers["Message-ID"]]
    assert len({root, first.headers["Message-ID"], second.headers["Message-ID"]}) == 3
    assert first.subject == second.subject == "Re: Zips"


def test_a_very_long_thread_keeps_its_headers_short(client, outbox, answer):
    client.submit("/contact", **GUEST)
    for number in range(12):
        answer(f"Answer {number}")
    emails = outbox.to(GUEST["email"])
    references = emails[-1].headers["References"].split()
    assert references[0] == emails[0].headers["Message-ID"]
    assert references[1:] == [email.headers["Message-ID"] for email in emails[-9:-1]]
    assert len("References: " + emails[-1].headers["References"]) < 998


def test_an_answer_quotes_the_question_says_that_replies_are_not_read_and_leads_to_the_ticket(client, outbox, answer):
    client.submit("/contact", **GUEST)
    answer("In the drawer.\n\n  The upper <one>.")
    email = outbox.last(GUEST["email"])
    assert "In the drawer.\n\n  The upper <one>.\n" in email.text
    assert "> Where are they?\n> The <long> ones.\n" in email.text
    assert email.text.index("In the drawer") < email.text.index("You wrote on") < email.text.index("> Where")
    assert NOT_YET in email.text and NOT_YET in email.html
    assert NOT_YET in outbox.to(GUEST["email"])[0].text
    assert email.headers["Auto-Submitted"] == "no"
    assert outbox.to(GUEST["email"])[0].headers["Auto-Submitted"] == "auto-generated"
    assert "quote the reference" not in email.text
    assert email.text == text_of(email.html)


def test_the_newest_question_is_quoted_and_none_that_was_removed(client, outbox, answer, unit):
    client.submit("/contact", **GUEST)
    link = outbox.last(GUEST["email"]).link("/ticket/")
    client.submit(link, message="My password is hunter2")
    answer("Noted.")
    assert "> My password" in outbox.last(GUEST["email"]).text
    with unit():
        db.session.execute(update(Message).where(Message.body.contains("hunter2")).values(body=""))
    answer("It is gone.")
    assert "hunter2" not in outbox.last(GUEST["email"]).text
    assert "> Where are they?" in outbox.last(GUEST["email"]).text
    with unit():
        db.session.execute(update(Message).values(body=""))
        db.session.execute(update(Ticket).values(subject=""))
    answer("All gone.")
    email = outbox.last(GUEST["email"])
    assert "You wrote on" not in email.text and "Zips" not in email.subject
    assert "Our reply to your ticket" in email.subject


def test_an_answer_to_a_report_of_misuse_repeats_nothing_of_it_to_whom_it_names(client, cast, outbox, answer):
    client.submit("/report-misuse", email=cast.ben.email, message="Ben’s thief lives in Mill Street.")
    client.submit("/report-misuse", email=cast.ben.email, message="Again.")
    answer("We are looking into it.")
    email = next(email for email in reversed(outbox.to(cast.ben.email)) if "looking into it" in email.text)
    for said in (email.text, email.html, email.subject):
        assert "Mill Street" not in said and "Again." not in said and "You wrote" not in said
    assert "/support/" not in email.text and "/ticket/" not in email.text
    assert email.link("/contact") == "/contact" and NOT_YET in email.text


def test_a_long_question_is_quoted_in_part(client, outbox, answer):
    client.submit("/contact", **{**GUEST, "message": "word " * 1900})
    answer("Shorter, please.")
    text = outbox.last(GUEST["email"]).text
    assert mail.QUOTED_MOST < len(text) < mail.QUOTED_MOST + 1500
    assert "…" in text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Re: Zips", "Re: Zips"),
        ("RE : re:Zips", "Re: Zips"),
        ("Return of zips", "Re: Return of zips"),
        ("x" * 150, "Re: " + "x" * 150),
    ],
)
def test_the_subject_is_the_customers_own(client, outbox, answer, typed, shown):
    client.submit("/contact", **{**GUEST, "subject": typed})
    assert typed not in outbox.last(GUEST["email"]).subject, "the address may be a stranger's"
    answer("Here.")
    assert outbox.last(GUEST["email"]).subject == shown


def test_to_an_address_that_an_account_has_proved_the_receipt_goes_under_the_same_subject(cast, outbox):
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Zips", message="Where?")
    assert outbox.last(cast.ada.email).subject == "Re: Zips"
    assert "/ticket/" not in outbox.last(cast.ada.email).text
    ada.submit("/contact", subject="Zips", message="Where?", email="eve@example.com")
    assert "Zips" not in outbox.last("eve@example.com").subject


class TestQuoting:
    """A reference that is quoted leads to its ticket."""

    @pytest.fixture
    def reference(self, client, tickets):
        client.submit("/contact", **GUEST)
        return tickets()[0][0].reference

    def test_a_mailbox_is_not_flooded_by_quoting_under_other_addresses(self, cast, outbox, tickets, monkeypatch):
        from portal.support.service import tickets as verbs

        monkeypatch.setattr(verbs, "TICKETS", "100 per hour")
        mallory = cast.sign_in(cast.ada)
        mallory.submit("/contact", name="Ada", email="victim@example.com", subject="Zips", message="Where?")
        ((ticket, _said),) = tickets()
        for number in range(7):
            typed = {"email": f"other{number}@example.com", "subject": "Zips", "message": f"{ticket.reference} again"}
            mallory.submit("/contact", name="Ada", **typed)
        assert len(tickets()) == 1
        assert len(outbox.to("victim@example.com")) == 5

    @pytest.mark.parametrize("where", ["subject", "message"])
    def test_a_guest_who_quotes_the_reference_opens_no_second_ticket(
        self, client, new_client, outbox, tickets, reference, where, clock
    ):
        client.submit(outbox.last(GUEST["email"]).link("/ticket/"), action=None, message="One more.")
        clock.forward(days=100)
        more = {**GUEST, "subject": "Again", "message": "Still lost.", "email": "Gus@Example.com"}
        more[where] = f"About {reference.lower()}: still lost."
        page = new_client().submit("/contact", **more)
        assert page.path == "/contact/received" and reference in page.text
        ((ticket, said),) = tickets()
        assert said == [GUEST["message"], "One more.", f"{more['subject']}\n\n{more['message']}"]
        assert ticket.state == "open"
        receipts = outbox.to(GUEST["email"])
        assert receipts[-1].headers["In-Reply-To"] == receipts[0].headers["Message-ID"]

    def test_it_opens_a_closed_ticket_again_and_its_link_with_it(self, client, outbox, tickets, reference, clock):
        link = outbox.last(GUEST["email"]).link("/ticket/")
        client.submit(link, action=f"{link}/close")
        clock.forward(days=31)
        assert client.get(link).status == 410
        client.submit("/contact", **{**GUEST, "message": f"{reference} again"})
        assert client.get(link).status == 200
        assert len(tickets()) == 1

    def test_whoever_has_another_address_opens_a_ticket_of_their_own(self, new_client, cast, tickets, reference):
        new_client().submit("/contact", **{**GUEST, "email": "eve@example.com", "message": reference})
        cast.sign_in(cast.ben).submit("/contact", subject="Mine", message=reference, email=GUEST["email"])
        assert [len(said) for _ticket, said in tickets()] == [1, 1, 1]

    def test_a_ticket_of_an_account_takes_no_word_from_outside_and_its_owners_own(self, new_client, cast, tickets):
        ada = cast.sign_in(cast.ada)
        ada.submit("/contact", subject="Zips", message="Where?")
        reference = tickets()[0][0].reference
        new_client().submit("/contact", **{**GUEST, "email": cast.ada.email, "message": reference})
        cast.sign_in(cast.ben).submit("/contact", subject="Mine", message=reference)
        assert [said for _ticket, said in tickets()][0] == ["Where?"]
        page = ada.submit("/contact", subject="More", message=f"As in {reference}.")
        assert page.path == f"/support/{tickets()[0][0].id}"
        assert tickets()[0][1] == ["Where?", f"More\n\nAs in {reference}."]

    @pytest.mark.parametrize("text", ["{}A", "A{}", "-{}", "{}-X", "ABCDE-FGHJK"])
    def test_what_only_looks_like_it_is_no_reference(self, client, tickets, reference, text):
        client.submit("/contact", **{**GUEST, "message": text.format(reference)})
        assert len(tickets()) == 2

    def test_a_full_ticket_goes_on_in_a_new_one(self, client, tickets, reference, monkeypatch):
        from portal.support.service import messages

        monkeypatch.setattr(messages, "MOST_MESSAGES", 1)
        client.submit("/contact", **{**GUEST, "message": f"More about {reference}"})
        assert [len(said) for _ticket, said in tickets()] == [1, 1]


def test_of_an_email_that_was_delivered_no_id_leads_to_its_ticket(client, outbox, answer, unit, tickets):
    client.submit("/contact", **GUEST)
    answer("Here.")
    outbox.all()
    ids = [str(tickets()[0][0].id)]
    with unit():
        rows = [repr((row.id, row.message_id, row.headers)) for row in db.session.scalars(select(Email))]
        ids += map(str, db.session.scalars(select(Message.id)))
    assert len(rows) == 2
    assert not [row for row in rows for each in ids if each in row]
