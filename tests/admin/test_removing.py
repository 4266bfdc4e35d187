"""Removing a text or a file for good: behind a menu, shown before it goes, with a reason that the customer is told."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from portal.admin.forms import RemoveFile
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.staff_reads import StaffRead
from portal.support.models import Message, RemovalReason, RemovedFile, Ticket
from tests.support import samples

pytestmark = pytest.mark.both_databases


@pytest.fixture
def path(ada):
    """The path of a ticket of Ada's with a file, as she sees it."""
    sent = samples.chosen(("a.pdf", samples.pdf()))
    return ada.submit("/contact", subject="Secret zips", message="My password is hunter2", files=sent).path


@pytest.fixture
def desk(path):
    """The same ticket in the console."""
    return path.replace("/support", "/admin/tickets")


@pytest.fixture
def facts(unit):
    """Return what the audit trail says of an event."""

    def read(event):
        with unit():
            return [entry.facts for entry in db.session.scalars(select(AuditEntry).where(AuditEntry.event == event))]

    return read


def menu(page):
    """Return what the menus offer to remove: its words and where they lead."""
    return {each.get_text(strip=True): each["href"] for each in page.soup.select("details.menu a")}


def test_a_menu_takes_the_place_of_big_buttons(sam, desk):
    page = sam.get(desk)
    assert list(menu(page)) == ["This text", "The file “a.pdf”"]
    assert page.soup.select(".said .button") == []


def test_a_text_is_shown_before_it_goes_and_that_is_on_record(sam, desk, unit, cast):
    page = sam.get(menu(sam.get(desk))["This text"])
    assert "My password is hunter2" in page.text
    with unit():
        read = db.session.scalars(select(StaffRead).order_by(StaffRead.at.desc())).first()
        assert (read.table_name, read.staff_id, str(read.basis_id)) == (
            "ticket_message",
            cast.sam.id,
            desk.rpartition("/")[2],
        )


def test_a_removed_text_is_gone_says_why_and_its_customer_is_told(sam, ada, path, desk, outbox, unit, facts):
    page = sam.submit(menu(sam.get(desk))["This text"], reason="credentials")
    assert page.path == desk
    for shown in (page, ada.get(path)):
        assert "Our team removed this text" in shown.text
        assert "It contained a password, or card or bank details." in shown.text
        assert "hunter2" not in shown.text
        assert shown.title == "Secret zips"
    email = outbox.last("ada@example.com")
    assert "It contained a password, or card or bank details." in email.text
    assert email.link("/support/") == path
    for secret in ("hunter2", "Secret zips", "a.pdf"):
        assert secret not in email.text + email.html + email.subject
    with unit():
        assert db.session.execute(select(Message.body, Message.redacted_why)).one() == ("", RemovalReason.CREDENTIALS)
    ((said),) = facts("support.message_redacted")
    assert (said["reason"], said["subject"]) == ("credentials", False)


def test_the_subject_goes_only_when_it_is_ticked(sam, desk, unit):
    sam.submit(menu(sam.get(desk))["This text"], reason="asked", subject="y")
    with unit():
        assert db.session.scalar(select(Ticket.subject)) == ""


def test_only_the_first_message_takes_the_subject_along(sam, ada, path, desk, unit):
    ada.submit(path, message="One more thing")
    with unit():
        second = db.session.scalar(select(Message.id).where(Message.body == "One more thing"))
    page = sam.get(f"/admin/messages/{second}/redact")
    assert page.soup.select("[name=subject]") == []
    sam.send(page, reason="asked", subject="y")
    with unit():
        assert db.session.scalar(select(Ticket.subject)) == "Secret zips"


def test_a_removed_file_is_gone_says_why_and_its_customer_is_told(sam, ada, path, desk, outbox, unit, facts):
    asked = sam.get(menu(sam.get(desk))["The file “a.pdf”"])
    assert "a.pdf" in asked.text
    page = sam.send(asked, reason="harmful")
    assert page.path == desk
    for shown in (page, ada.get(path)):
        assert "Our team removed it" in shown.text
        assert "It was abusive, spam or dangerous to open." in shown.text
        assert "a.pdf" not in shown.text
    email = outbox.last("ada@example.com")
    assert "It was abusive, spam or dangerous to open." in email.text
    assert "a.pdf" not in email.text + email.html + email.subject
    with unit():
        assert list(storage().keys("attachment")) == []
        assert db.session.execute(select(RemovedFile.why, RemovedFile.reason)).one() == ("staff", RemovalReason.HARMFUL)
    assert [each["reason"] for each in facts("support.file_redacted")] == ["harmful"]


@pytest.mark.parametrize("reason", ["", "nonsense", "CREDENTIALS"])
@pytest.mark.parametrize("what", ["This text", "The file “a.pdf”"])
def test_without_a_reason_nothing_goes(sam, desk, outbox, unit, what, reason):
    before = len(outbox.all())
    page = sam.submit(menu(sam.get(desk))[what], reason=reason)
    assert page.status == 422
    assert page.soup.select("[role=alert]")
    assert len(outbox.all()) == before
    with unit():
        assert db.session.scalar(select(Message.body)) == "My password is hunter2"
        assert db.session.scalar(select(func.count()).select_from(RemovedFile)) == 0


def test_what_is_gone_cannot_be_removed_again(sam, desk, outbox):
    offered = menu(sam.get(desk))
    for address in offered.values():
        page = sam.get(address)
        sam.send(page, reason="asked")
        before = len(outbox.all())
        assert sam.send(page, reason="asked").status == 404
        assert sam.get(address).status == 404
        assert len(outbox.all()) == before
    assert menu(sam.get(desk)) == {}


def test_what_is_not_there_cannot_be_removed(sam, desk):
    token = sam.get(desk).fields()["csrf_token"]
    for what in ("messages", "files"):
        address = f"/admin/{what}/{uuid.uuid4()}/redact"
        assert sam.post(address, csrf_token=token, reason="asked").status == sam.get(address).status == 404


def test_of_a_report_of_misuse_the_account_that_it_names_is_told_nothing(sam, client, cast, outbox, unit):
    client.submit("/report-misuse", email=cast.ada.email, message="She is not herself")
    with unit():
        message = db.session.scalar(select(Message.id))
    before = len(outbox.to(cast.ada.email))
    sam.submit(f"/admin/messages/{message}/redact", reason="asked")
    assert len(outbox.to(cast.ada.email)) == before


def test_a_customer_can_remove_nothing_here(ada, sam, desk, unit):
    offered = menu(sam.get(desk))
    token = ada.get("/settings/profile").fields()["csrf_token"]
    for address in offered.values():
        assert ada.get(address).status == ada.post(address, csrf_token=token, reason="asked").status == 404


def test_the_form_offers_every_reason_that_there_is(app):
    with app.test_request_context():
        assert [value for value, _words in RemoveFile().reason.choices] == list(RemovalReason)
