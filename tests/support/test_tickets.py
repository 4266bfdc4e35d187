"""A customer's own tickets: seen by nobody else, answered, settled, kept until erased (P14), and raised by the portal."""

import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from portal.accounts import service as accounts
from portal.accounts.events import AccountFrozen
from portal.app import AREAS
from portal.kit import events
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.staff_reads import StaffRead, StaffReadSubject
from portal.recovery.events import MisuseReported
from portal.support.models import Attachment, Message, Ticket
from tests.support import samples

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ada(cast):
    """Ada's browser."""
    return cast.sign_in(cast.ada)


@pytest.fixture
def ben(cast):
    """Ben's browser."""
    return cast.sign_in(cast.ben)


def ask(browser, subject="Zips", message="Where are they?", **more):
    page = browser.submit("/contact", subject=subject, message=message, **more)
    assert page.status == 200, page.text
    return page


@contextmanager
def counting(app):
    """Count the statements that reach the database."""
    statements: list[str] = []

    def hear(_connection, _cursor, sql, *_rest):
        statements.append(sql)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield statements
    event.remove(engine, "before_cursor_execute", hear)


class TestWhose:
    """Who sees a ticket."""

    def test_another_customers_ticket_is_as_absent_as_none(self, ada, ben):
        theirs = ask(ada).path
        none = f"/support/{uuid.uuid4()}"
        assert ben.get(theirs).status == ben.get(none).status == 404
        assert ben.get(theirs).text == ben.get(none).text
        assert "Zips" not in ben.get("/support").text

    def test_another_customer_can_neither_add_to_it_nor_close_it(self, ada, ben, unit):
        theirs = ask(ada).path
        token = ben.get("/contact").fields()["csrf_token"]
        assert ben.post(theirs, csrf_token=token, message="Hello").status == 404
        assert ben.post(theirs + "/close", csrf_token=token).status == 404
        with unit():
            assert db.session.scalar(select(func.count()).select_from(Message)) == 1
            assert db.session.scalar(select(Ticket.state)) == "open"

    def test_what_a_stranger_wrote_with_a_proven_address_belongs_to_its_owner(self, client, cast, ada, ben):
        client.submit("/contact", name="Ada", email="ADA@example.com", subject="Buttons", message="Which?")
        assert "Buttons" in ada.get("/support").text
        assert "Buttons" not in ben.get("/support").text

    def test_what_another_account_wrote_under_ones_address_stays_theirs(self, ada, ben):
        ask(ben, subject="Mine", email="ada@example.com")
        assert "Mine" not in ada.get("/support").text
        assert "Mine" in ben.get("/support").text

    def test_what_another_account_wrote_under_ones_address_goes_into_no_copy_and_no_deletion_of_ones_own(
        self, ada, ben, cast, unit
    ):
        ask(ben, subject="Mine", email="ada@example.com")
        with unit():
            subject = accounts.subject_of(accounts.get_person(cast.ada.account_id))
            assert [list(each) for each in register().export(subject) if each.name == "ticket"] == [[]]
            while register().erase(subject):
                pass
        assert "Mine" in ben.get("/support").text

    def test_tickets_go_along_to_a_new_address_written_signed_in_or_not(self, ada, ben, client, cast, outbox, unit):
        client.submit("/contact", name="Ada", email="ada@example.com", subject="Before", message="Which?")
        ask(ada, subject="Since")
        ask(ben, subject="Ben's", email="ada@example.com")
        ada.submit("/settings/email", email="new@example.com")
        ada.submit(outbox.last("new@example.com").link("/email/confirm/"))
        assert {"Before", "Since"} <= set(ada.get("/support").text.split())
        with unit():
            whose = {one.subject: (one.subject_id, one.email) for one in db.session.scalars(select(Ticket))}
        assert whose == {
            "Before": (cast.ada.id, "new@example.com"),
            "Since": (cast.ada.id, "new@example.com"),
            "Ben's": (cast.ben.id, "ada@example.com"),
        }

    def test_an_undone_change_takes_nothing_from_the_mailbox_it_takes_away(self, ada, client, cast, outbox, unit):
        ask(ada, subject="Hers")
        client.submit("/contact", name="Eve", email="eve@example.com", subject="Eve's", message="Which?")
        ada.submit("/settings/email", email="eve@example.com")
        ada.submit(outbox.last("eve@example.com").link("/email/confirm/"))
        client.submit(outbox.last("ada@example.com").link("/email/undo/"))
        with unit():
            whose = {one.subject: (one.subject_id, one.email) for one in db.session.scalars(select(Ticket)) if one.subject}
        assert whose == {"Hers": (cast.ada.id, "ada@example.com"), "Eve's": (None, "eve@example.com")}

    def test_a_visitor_is_sent_to_sign_in(self, client, ada):
        path = ask(ada).path
        assert client.client.get(path).status_code == 303
        assert client.client.get("/support").status_code == 303


class TestTalking:
    """One matter from the first message to the last."""

    def test_a_further_message_makes_it_our_turn_again(self, ada, cast, unit):
        page = ask(ada)
        cast.sign_in_staff(cast.sam).submit("/admin" + page.path.replace("support", "tickets"), message="In the drawer.")
        assert "We’ve replied" in ada.get(page.path).text
        after = ada.submit(page.path, message="Not there.", files=samples.chosen(("a.png", samples.png())))
        assert "Not there." in after.text
        assert "Waiting for our reply" in after.text
        assert after.soup.select("ul.files a")

    def test_settled_and_opened_anew_by_writing(self, ada):
        page = ask(ada)
        settled = ada.send(page, action=page.path + "/close")
        assert "Closed" in settled.text
        assert "Waiting for our reply" in ada.submit(page.path, message="One more thing.").text

    def test_staff_are_told_whether_the_address_is_the_accounts(self, ada, cast, client):
        sam = cast.sign_in_staff(cast.sam)
        own = ask(ada, name="Ada", email=cast.ada.email)
        assert "Yes, it’s their account’s" in sam.get(own.path.replace("/support", "/admin/tickets")).text
        lent = ask(ada, name="Ada", email=cast.ben.email)
        assert "No, their account has another" in sam.get(lent.path.replace("/support", "/admin/tickets")).text

    def test_closing_it_in_a_second_tab_does_not_close_it_again(self, ada, clock, unit):
        first = ask(ada)
        second = ada.get(first.path)
        ada.send(first, action=first.path + "/close")
        with unit():
            closed_at = db.session.scalar(select(Ticket.updated_at))
        clock.forward(minutes=5)
        assert "Closed" in ada.send(second, action=first.path + "/close").text
        with unit():
            assert db.session.scalar(select(Ticket.updated_at)) == closed_at

    def test_an_empty_message_is_sent_back(self, ada):
        page = ask(ada)
        assert ada.submit(page.path, message="").status == 422

    def test_many_messages_in_a_row_have_to_wait(self, ada, monkeypatch):
        from portal.support.service import customer_replies

        monkeypatch.setattr(customer_replies, "REPLIES", "2 per hour")
        page = ask(ada)
        assert [ada.submit(page.path, message="x").status for _each in range(3)] == [200, 200, 429]

    def test_a_very_long_conversation_goes_on_in_a_new_one(self, ada, monkeypatch):
        from portal.support.service import messages

        monkeypatch.setattr(messages, "MOST_MESSAGES", 2)
        page = ask(ada)
        assert ada.submit(page.path, message="Second").status == 200
        third = ada.submit(page.path, message="Third")
        assert (third.status, third.fields()["message"].strip()) == (422, "Third")
        assert "very long" in third.text

    def test_a_long_list_comes_in_pages_with_a_constant_number_of_queries(self, app, ada, cast, unit):
        ask(ada)
        with counting(app) as few:
            ada.get("/support")
        with unit():
            for number in range(50):
                db.session.add(
                    Ticket(reference=f"R{number}", subject_id=cast.ada.id, name="Ada", email="ada@example.com",
                           email_key="ada@example.com", subject=f"Matter {number}")
                )  # fmt: skip
        with counting(app) as many:
            page = ada.get("/support")
        assert len(many) == len(few)
        seen: set[str] = set()
        while True:
            seen |= {link["href"] for link in page.soup.select("th a")}
            more = page.soup.select_one("p.actions a.secondary")
            if more is None:
                break
            page = ada.get(more["href"])
        assert len(seen) == 51
        assert ada.get("/support?after=nonsense").status == 404

    def test_a_ticket_costs_the_same_however_much_was_said(self, app, ada):
        page = ask(ada)
        with counting(app) as few:
            ada.get(page.path)
        for _each in range(4):
            ada.submit(page.path, message="More.", files=samples.chosen(("a.png", samples.png())))
        with counting(app) as many:
            ada.get(page.path)
        assert len(many) == len(few)


class TestTheEnd:
    """Until erased (P14)."""

    def test_no_sweep_touches_a_ticket(self, clock, ada, unit):
        ask(ada)
        clock.forward(days=20 * 365)
        with unit():
            register().sweep()
            assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1

    def test_an_erasure_takes_tickets_by_account_and_by_address_with_their_files(self, ada, ben, client, cast, unit):
        ask(ada, files=samples.chosen(("a.png", samples.png())))
        client.submit("/contact", name="A", email="Ada@Example.com", subject="S", message="M")
        ask(ben, files=samples.chosen(("b.png", samples.png())))
        subject = Subject(cast.ada.id, frozenset({"ada@example.com"}))
        with unit():
            assert len(list(register().files(subject))) == 1
            names = {dataset.name: len(list(dataset)) for dataset in register().export(subject)}
            assert names["ticket"] == names["ticket_message"] == 2
            assert names["ticket_attachment"] == 1
        with unit():
            while register().erase(subject, batch=2):
                pass
            left = [name for name in register().residue(subject) if name.startswith("ticket")]
            assert left == []
        with unit():
            assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1
            assert [storage().exists(row.file_key) for row in db.session.scalars(select(Attachment))] == [True]
            assert len(list(storage().keys("attachment"))) == 1

    def test_every_promise_is_kept_and_a_broken_one_is_seen(self, app, ada, unit):
        ask(ada, files=samples.chosen(("a.png", samples.png())))
        mine = [check for area in AREAS for check in area.checks if check.promise in ("P13", "P14", "P16", "P36")]
        assert {check.promise for check in mine} >= {"P13", "P14", "P16", "P36"}
        with unit():
            assert [check.name for check in mine if not check.run().ok] == []
        with unit():
            db.session.execute(Attachment.__table__.update().values(expires_at=_years_ahead()))
        with unit():
            assert [check.name for check in mine if not check.run().ok] == ["files_expire"]


def _years_ahead():
    from datetime import timedelta

    from portal.kit import clock

    return clock.now() + timedelta(days=900)


class TestRaised:
    """Tickets that the portal itself raises (P10)."""

    def test_this_wasnt_me_raises_an_urgent_ticket(self, cast, unit, ada):
        with unit():
            events.publish(AccountFrozen(person_id=cast.ada.id))
        with unit():
            ticket = db.session.scalars(select(Ticket)).one()
            assert (ticket.urgent, ticket.kind, ticket.subject_id) == (True, "account_frozen", cast.ada.id)
        assert "Everyone was signed out" in ada.get(f"/support/{ticket.id}").text

    def test_a_report_of_misuse_is_urgent_and_hidden_from_whoever_holds_the_account(self, cast, unit, ada):
        with unit():
            events.publish(MisuseReported(email="ada@example.com", message="Somebody else reads my orders."))
        with unit():
            ticket = db.session.scalars(select(Ticket)).one()
            assert ticket.urgent
        assert ada.get(f"/support/{ticket.id}").status == 404
        assert "misused" not in ada.get("/support").text
        sam = cast.sign_in_staff(cast.sam)
        assert "Somebody else reads my orders." in sam.get(f"/admin/tickets/{ticket.id}").text
        with unit():
            assert db.session.scalars(select(StaffRead.basis_id)).one() == ticket.id
            assert db.session.scalars(select(StaffReadSubject)).all() == []
