"""Answering many tickets in a row: send, send and go on, send and close; and nothing is answered that has changed unseen."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.staff_reads import StaffRead
from portal.support.models import Author, Message, Ticket
from tests.admin.test_list import LIST, subjects

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(ada):
    """The path of a new ticket of Ada's in the console."""
    page = ada.submit("/contact", subject="Zips", message="Where are they?")
    return page.path.replace("/support", "/admin/tickets")


@pytest.fixture
def three(unit):
    """Three tickets that wait for us, A the longest."""
    made = {}
    with unit():
        for days, subject in ((3, "A"), (2, "B"), (1, "C")):
            at, email = clock.now() - timedelta(days=days), f"{subject}@example.com"
            made[subject] = uuid.uuid4()
            row = Ticket(id=made[subject], reference=f"R{subject}", name=subject, subject=subject, email=email,
                         email_key=email, opened_at=at, updated_at=at)  # fmt: skip
            db.session.add(row)
            db.session.flush()
            db.session.add(Message(ticket_id=row.id, author=Author.CUSTOMER, body=f"About {subject}", at=at))
    return made


def link(page, subject):
    """Return where the list links to for a subject."""
    (found,) = [each["href"] for each in page.soup.select("#list th a") if each.text == subject]
    return found


def send(browser, page, button, message):
    """Write a reply on an open page and use the button of that name."""
    (pressed,) = [each for each in page.soup.select("#reply button") if each.text.startswith(button) and _is(each, button)]
    form = page.soup.select_one("#reply form")
    target = pressed.get("formaction") or form["action"]
    return browser.post(target, **{**page.fields(form["action"]), "message": message})


def _is(button, name):
    return button.find(string=True, recursive=False).strip() == name


def states(unit):
    with unit():
        return dict(db.session.execute(select(Ticket.subject, Ticket.state)).all())


class TestSending:
    """Three buttons, each an address of its own."""

    def test_send_stays_on_the_ticket_and_keeps_its_place_in_the_list(self, sam, three, unit):
        opened = sam.get(link(sam.get(LIST + "?sort=oldest"), "B"))
        page = send(sam, opened, "Send", "Here.")
        assert page.response.request.full_path.rstrip("?") == opened.response.request.full_path
        assert "sort=oldest" in page.response.request.full_path
        assert "Here." in page.text
        assert states(unit)["B"] == "waiting"

    def test_send_and_next_goes_through_the_list_in_its_order(self, sam, three, outbox, unit):
        page = sam.get(link(sam.get(LIST), "A"))
        seen = []
        for _each in range(3):
            seen.append(page.title)
            page = send(sam, page, "Send and next", f"Dear {page.title}")
        assert seen == ["A", "B", "C"]
        assert (page.path, page.title) == (LIST, "Tickets")
        assert "No more tickets in this list." in page.text
        assert states(unit) == dict.fromkeys("ABC", "waiting")
        assert [email.to for email in outbox.all() if "Dear" in email.text] == [f"{each}@example.com" for each in "ABC"]

    def test_what_was_passed_over_is_not_come_back_to(self, sam, three):
        page = send(sam, sam.get(link(sam.get(LIST), "B")), "Send and next", "Here.")
        assert page.title == "C"
        page = send(sam, page, "Send and next", "Here.")
        assert (page.path, subjects(page)) == (LIST, ["A"])

    def test_the_other_way_round_and_by_another_list(self, sam, three):
        page = sam.get(link(sam.get(LIST + "?sort=newest"), "C"))
        assert send(sam, page, "Send and next", "Here.").title == "B"

    def test_without_a_list_the_next_is_who_has_waited_longest(self, sam, three):
        page = sam.get(f"/admin/tickets/{three['A']}")
        assert send(sam, page, "Send and next", "Here.").title == "B"

    def test_going_on_is_a_read_on_record_like_any_other(self, sam, three, unit):
        send(sam, sam.get(link(sam.get(LIST), "A")), "Send and next", "Here.")
        with unit():
            reads = db.session.scalars(select(StaffRead.basis_id).where(StaffRead.basis == "ticket").order_by(StaffRead.at))
            assert list(reads) == [three["A"], three["B"]]

    def test_send_and_close_closes_and_goes_back_to_the_list(self, sam, three, unit):
        page = send(sam, sam.get(link(sam.get(LIST + "?sort=newest"), "B")), "Send and close", "Done.")
        assert page.path == LIST
        assert "Reply sent and ticket closed." in page.text
        assert (subjects(page), states(unit)["B"]) == (["C", "A"], "closed")
        with unit():
            found = select(AuditEntry.event).where(AuditEntry.event.like("support.ticket_%")).order_by(AuditEntry.event)
            assert list(db.session.scalars(found)) == ["support.ticket_answered", "support.ticket_closed"]

    def test_sent_twice_by_a_second_click_it_is_sent_once(self, sam, three, unit):
        page = sam.get(link(sam.get(LIST), "A"))
        answers = [send(sam, page, "Send and next", "Here.") for _each in range(2)]
        assert [each.title for each in answers] == ["B", "B"]
        with unit():
            said = select(func.count()).select_from(Message).where(Message.author == Author.STAFF)
            assert db.session.scalar(said) == 1

    @pytest.mark.parametrize("button", ["Send", "Send and next", "Send and close"])
    def test_an_empty_reply_comes_back_from_each_of_them(self, sam, desk, button):
        page = send(sam, sam.get(desk), button, "  ")
        assert page.status == 422
        assert page.soup.select("[role=alert]")
        assert "Where are they?" in page.text

    @pytest.mark.parametrize("button", ["Send", "Send and next", "Send and close"])
    def test_of_a_page_that_was_open_too_long_the_text_is_kept(self, sam, desk, button, cast, clock):
        page = sam.get(desk)
        clock.forward(minutes=31)
        turned_away = send(sam, page, button, "A long and careful reply.")
        assert turned_away.path == "/confirm-identity"
        back = sam.send(turned_away, password=cast.sam.password, code=cast.code(cast.sam))
        assert "A long and careful reply." in back.soup.select_one("#reply textarea").text
        assert send(sam, back, "Send", "A long and careful reply.").status == 200

    def test_a_strange_place_in_the_address_is_not_there(self, sam, desk):
        for words in ("queue=nonsense", "sort=nonsense"):
            assert sam.get(f"{desk}?{words}").status == 404


class TestMeanwhile:
    """Nothing is sent under a conversation that has changed unseen; the text stays."""

    @pytest.fixture
    def tess(self, cast):
        """Another member of the team."""
        tess = cast.make("Tess Tucker", "tess@example.com", "tess trims twelve tight threads")
        cast.give_role(tess, "senior")
        cast.give_factor(tess)
        return cast.sign_in_staff(tess)

    def refused(self, sam, page, outbox, button="Send"):
        before = len(outbox.all())
        again = send(sam, page, button, "My careful reply.")
        assert again.status == 422
        assert again.soup.select_one("#reply textarea").text.strip() == "My careful reply."
        assert len(outbox.all()) == before
        return again

    @pytest.mark.parametrize("button", ["Send", "Send and next", "Send and close"])
    def test_somebody_answered(self, sam, tess, desk, outbox, button):
        page = sam.get(desk)
        send(tess, tess.get(desk), "Send", "In the drawer.")
        again = self.refused(sam, page, outbox, button)
        assert "Tess replied while you were writing" in again.text
        assert "In the drawer." in again.text
        assert send(sam, again, button, "My careful reply.").status == 200
        assert outbox.last("ada@example.com").text.count("My careful reply.") == 1

    def test_the_customer_wrote(self, sam, ada, desk, outbox):
        page = sam.get(desk)
        ada.submit(desk.replace("/admin/tickets", "/support"), message="Found them!")
        again = self.refused(sam, page, outbox)
        assert "The customer wrote again while you were writing" in again.text
        assert "Found them!" in again.text

    def test_a_ticket_in_which_the_customer_wrote_is_not_closed_unread(self, sam, ada, desk):
        page = sam.get(desk)
        ada.submit(desk.replace("/admin/tickets", "/support"), message="It still leaks.")
        again = sam.send(page, action=desk + "/close")
        assert "This ticket has changed since you opened it" in again.text
        assert "Waiting for us" in again.text and "It still leaks." in again.text
        assert "Ticket closed." in sam.send(again, action=desk + "/close").text

    def test_the_customer_closed_it(self, sam, ada, desk, outbox, unit):
        page = sam.get(desk)
        path = desk.replace("/admin/tickets", "/support")
        ada.send(ada.get(path), action=path + "/close")
        assert "was closed or reopened while you were writing" in self.refused(sam, page, outbox).text
        assert states(unit)["Zips"] == "closed"

    def test_what_another_page_claims_to_have_seen_is_not_believed(self, sam, desk, outbox):
        page = sam.get(desk)
        fields = page.fields(page.soup.select_one("#reply form")["action"])
        for seen in ("", "open.", f"open.{uuid.uuid4().hex}", "nonsense", "\0"):
            answer = sam.post(desk, **{**fields, "seen": seen, "message": "Hello"})
            assert (answer.status, len(outbox.all())) == (422, 1)

    def test_of_a_removed_text_nothing_has_to_be_read_again(self, sam, desk, unit):
        page = sam.get(desk)
        with unit():
            db.session.scalars(select(Message)).one().body = ""
        assert send(sam, page, "Send", "Here.").status == 200


class TestConversation:
    """You and our team are told apart, on either side; a long conversation folds."""

    def say(self, unit, cast, count):
        sam_id = cast.sam.id
        with unit():
            ticket = db.session.scalars(select(Ticket)).one()
            for number in range(count):
                who = {"author": "customer"} if number % 2 else {"author": "staff", "staff_id": sam_id}
                at = clock.now() + timedelta(minutes=number)
                db.session.add(Message(ticket_id=ticket.id, body=f"Message {number}", at=at, **who))

    def heads(self, page):
        """Return whose face and name stand over each message."""
        return [
            f"{each.select_one('.avatar').get_text(strip=True)} {each.select_one('h2').get_text(strip=True)}"
            for each in page.soup.select(".said")
        ]

    def test_a_new_ticket_waits_for_our_reply(self, ada, desk):
        page = ada.get(desk.replace("/admin/tickets", "/support"))
        assert "Waiting for our reply" in page.text
        assert self.heads(page) == ["AT You"]

    def test_who_answers_is_called_by_first_name_and_by_no_other(self, ada, sam, desk, unit, cast):
        self.say(unit, cast, 2)
        page = ada.get(desk.replace("/admin/tickets", "/support"))
        assert self.heads(page) == ["AT You", "S Sam, our team", "AT You"]
        assert "Helper" not in page.text
        assert "sam@example.com" not in page.response.text
        assert [each["class"][-1] for each in page.soup.select(".said")] == ["theirs", "ours", "theirs"]
        assert self.heads(sam.get(desk)) == ["A Ada Threadgold", "S Sam", "A Ada Threadgold"]

    def test_whose_account_was_erased_is_our_team(self, ada, desk, unit, cast):
        self.say(unit, cast, 1)
        with unit():
            db.session.execute(Message.__table__.update().values(staff_id=None))
        assert self.heads(ada.get(desk.replace("/admin/tickets", "/support")))[1].endswith("Our team")

    @pytest.mark.parametrize(("further", "folded"), [(1, 0), (3, 0), (4, 2), (24, 21)])
    def test_the_middle_of_a_long_conversation_is_folded_and_the_newest_is_jumped_to(
        self, ada, sam, desk, unit, cast, further, folded
    ):
        self.say(unit, cast, further + (further == 4))
        for page in (ada.get(desk.replace("/admin/tickets", "/support")), sam.get(desk)):
            count = further + (further == 4) + 1
            assert len(page.soup.select(".said")) == count
            assert len(page.soup.select("details.older .said")) == folded
            assert page.soup.select(".said")[-1]["id"] == "newest"
            assert bool(page.soup.select("a[href='#newest']")) == bool(folded)
            if folded:
                assert page.soup.select_one("details.older summary").text == f"{folded} older messages"
                assert not page.soup.select_one("details.older").has_attr("open")
