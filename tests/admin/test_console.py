"""The console: for staff with a second factor alone; what they open is on record before they see it (P36, P37, P39)."""

import uuid

import pytest
from sqlalchemy import select

from portal.admin.routes import tickets
from portal.kit import staff_reads
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import StaffRead, StaffReadSubject
from portal.support import service
from portal.support.models import Ticket
from tests.support import samples

PAGES = ("/admin/", "/admin/tickets")


@pytest.fixture
def ticket(cast):
    """A ticket of Ada's with a file; returns (Ada's browser, its path for her, its path in the console)."""
    ada = cast.sign_in(cast.ada)
    sent = samples.chosen(("a.pdf", samples.pdf()))
    page = ada.submit("/contact", subject="Secret zips", message="My secret order", files=sent)
    return ada, page.path, page.path.replace("/support", "/admin/tickets")


@pytest.fixture
def audit(unit):
    """Return the entries of the audit trail for an event."""

    def read(event):
        with unit():
            return list(db.session.scalars(select(AuditEntry).where(AuditEntry.event == event)))

    return read


@pytest.fixture
def reads(unit):
    """Return what staff have read, oldest first, each with whom it was about."""

    def stored():
        with unit():
            about = db.session.execute(select(StaffReadSubject.read_id, StaffReadSubject.subject_id)).all()
            rows = db.session.scalars(select(StaffRead).order_by(StaffRead.at)).all()
            return [(row, [subject for read, subject in about if read == row.id]) for row in rows]

    return stored


class TestWhoMayEnter:
    """The gate."""

    def test_to_a_customer_the_console_does_not_exist(self, cast, ticket):
        _ada, _path, desk = ticket
        ben = cast.sign_in(cast.ben)
        absent = ben.get("/no-such-page").text
        for path in (*PAGES, desk):
            page = ben.get(path)
            assert (page.status, page.text) == (404, absent)

    def test_a_visitor_is_asked_to_sign_in(self, client):
        assert "/login" in client.client.get("/admin/").headers["Location"]

    def test_staff_without_their_second_factor_see_nothing(self, cast, ticket, reads):
        _ada, _path, desk = ticket
        sam = cast.sign_in(cast.sam)
        for path in (*PAGES, desk):
            answer = sam.client.get(path)
            assert answer.status_code == 303
            assert "second-factor" in answer.headers["Location"]
        assert reads() == []

    def test_staff_prove_themselves_again_after_a_while(self, cast, clock):
        sam = cast.sign_in_staff(cast.sam)
        assert sam.get("/admin/").title == "Console"
        clock.forward(minutes=31)
        assert "confirm-identity" in sam.client.get("/admin/").headers["Location"]

    @pytest.mark.parametrize("role", ["privacy", "research", "admin"])
    def test_other_roles_enter_but_read_no_ticket(self, cast, ticket, role):
        _ada, _path, desk = ticket
        cast.give_role(cast.ben, role)
        ben = cast.sign_in_staff(cast.ben)
        assert ben.get("/admin/").status == 200
        assert ben.get("/admin/tickets").status == 404
        assert ben.get(desk).status == 404

    def test_a_role_that_is_taken_away_is_gone_at_the_next_page(self, cast, sam, unit):
        from sqlalchemy import delete

        from portal.accounts.models import StaffRole

        assert sam.get("/admin/").status == 200
        with unit():
            db.session.execute(delete(StaffRole))
        assert sam.get("/admin/").status == 404

    def test_the_service_asks_again(self, cast, sam, ticket, unit):
        ticket_id = uuid.UUID(ticket[1].rpartition("/")[2])
        with unit(), pytest.raises(TypeError):
            service.read_ticket(ticket_id, by=cast.actor_in(sam))
        cast.give_role(cast.ben, "research")
        cast.give_factor(cast.ben)
        with unit(), pytest.raises(NotFound):
            service.read_ticket(ticket_id, by=cast.staff_in(cast.sign_in_staff(cast.ben)))
        with unit():
            assert service.read_ticket(ticket_id, by=cast.staff_in(sam)).ticket.id == ticket_id

    @pytest.mark.parametrize("act", ["close", "reopen"])
    def test_a_customer_cannot_act(self, ticket, act, unit):
        ada, path, desk = ticket
        token = ada.get(path).fields()["csrf_token"]
        assert ada.post(f"{desk}/{act}", csrf_token=token).status == 404
        assert ada.post(desk, csrf_token=token, message="I am staff").status == 404
        with unit():
            assert db.session.scalar(select(Ticket.state)) == "open"


class TestReading:
    """Logged first, and shown to the customer."""

    def test_a_list_shows_neither_what_was_written_nor_an_address(self, ticket, sam):
        for path in ("/admin/", "/admin/tickets", "/admin/tickets?queue=closed"):
            text = sam.get(path).response.text
            for secret in ("secret order", "ada@example.com", "a.pdf"):
                assert secret not in text

    def test_the_read_is_on_record_with_who_and_whose(self, ticket, sam, cast, reads):
        _ada, _path, desk = ticket
        page = sam.get(desk)
        assert "My secret order" in page.text
        ((read, subjects),) = reads()
        assert (subjects, read.staff_id, read.role) == ([cast.ada.id], cast.sam.id, "support")
        assert (read.basis, str(read.basis_id), read.table_name) == ("ticket", desk.rpartition("/")[2], "ticket")

    def test_it_is_on_record_even_when_showing_fails(self, ticket, sam, reads, monkeypatch):
        def fail(*_args, **_kw):
            raise RuntimeError("no page")

        monkeypatch.setattr(tickets, "render", fail)
        assert sam.get(ticket[2]).status == 500
        assert len(reads()) == 1

    def test_without_a_record_nothing_is_shown(self, ticket, sam, monkeypatch):
        def fail(*_args, **_kw):
            raise RuntimeError("no audit trail")

        monkeypatch.setattr(staff_reads, "record", fail)
        page = sam.get(ticket[2])
        assert page.status == 500
        assert "secret" not in page.text

    def test_a_file_is_logged_too_and_inert(self, ticket, sam, cast, reads):
        link = sam.get(ticket[2]).soup.select_one("ul.files a")["href"]
        answer = sam.client.get(link)
        assert answer.data == samples.pdf()
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        (read, subjects) = reads()[-1]
        assert (subjects, read.staff_id, read.table_name) == ([cast.ada.id], cast.sam.id, "ticket_attachment")

    def test_asking_for_the_headers_alone_tells_nothing_and_is_no_read(self, ticket, sam, reads):
        link = sam.get(ticket[2]).soup.select_one("ul.files a")["href"]
        before = len(reads())
        for path in (ticket[2], link):
            answer = sam.client.head(path)
            assert (answer.status_code, answer.data) == (200, b"")
            assert "Content-Disposition" not in answer.headers
            assert answer.headers.get("Content-Length", "0") == "0"
        assert len(reads()) == before

    def test_a_ticket_that_is_not_there_is_not_logged(self, sam, reads):
        assert sam.get(f"/admin/tickets/{uuid.uuid4()}").status == 404
        assert reads() == []

    def test_a_stranger_with_a_proven_address_sees_the_read_too(self, client, cast, sam, reads, unit):
        client.submit("/contact", name="Ben", email=cast.ben.email, subject="S", message="M")
        with unit():
            ticket_id = db.session.scalar(select(Ticket.id))
        sam.get(f"/admin/tickets/{ticket_id}")
        assert [subjects for _read, subjects in reads()] == [[cast.ben.id]]


class TestActing:
    """Answer, close; each on record."""

    def test_an_answer_goes_out_and_stands_on_the_page(self, ticket, sam, outbox, audit):
        ada, path, desk = ticket
        sam.submit(desk, message="Dear Ada,\n\nthe zips are <b>here</b>.")
        email = outbox.last("ada@example.com")
        assert "the zips are <b>here</b>." in email.text
        assert "&lt;b&gt;here" in email.html
        assert email.link("/support/") == path
        assert "the zips are <b>here</b>." in ada.get(path).text
        assert len(audit("support.ticket_answered")) == 1

    def test_an_empty_answer_is_sent_back(self, ticket, sam, outbox):
        before = len(outbox.all())
        assert sam.submit(ticket[2], message=" ").status == 422
        assert len(outbox.all()) == before

    def test_an_answer_follows_a_customer_who_has_moved(self, ticket, sam, outbox):
        ada, _path, desk = ticket
        ada.submit("/settings/email", email="new@example.com")
        ada.submit(outbox.last("new@example.com").link("/email/confirm/"))
        sam.submit(desk, message="Here.")
        assert [email.to for email in outbox.all()][-1] == "new@example.com"

    def test_without_a_second_factor_any_more_the_console_is_shut_at_once(self, ticket, sam, cast):
        sam.submit("/settings/second-factor/remove", password=cast.sam.password)
        assert sam.get("/admin/").path == "/settings/second-factor"
        token = sam.get("/settings/profile").fields()["csrf_token"]
        assert sam.post(ticket[2], csrf_token=token, message="Hello").path == "/settings/second-factor"

    def test_closing_it_in_a_second_tab_does_not_close_it_again(self, ticket, sam, unit, audit):
        desk = ticket[2]
        first, second = sam.get(desk), sam.get(desk)
        sam.send(first, action=desk + "/close")
        with unit():
            closed_at = db.session.scalar(select(Ticket.updated_at))
        assert "Closed" in sam.send(second, action=desk + "/close").text
        with unit():
            assert db.session.scalar(select(Ticket.updated_at)) == closed_at
        assert len(audit("support.ticket_closed")) == 1

    def test_close_and_open_again(self, ticket, sam, unit, audit):
        desk = ticket[2]
        page = sam.get(desk)
        assert "Closed" in sam.send(page, action=desk + "/close").text
        assert "Waiting for us" in sam.send(sam.get(desk), action=desk + "/reopen").text
        assert len(audit("support.ticket_closed")) == len(audit("support.ticket_reopened")) == 1
