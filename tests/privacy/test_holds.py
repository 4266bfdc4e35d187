"""Holds: a restricted copy of some fields, for a reason and until a date, which its person sees (P30, P31)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import StaffRead
from portal.privacy import service
from portal.privacy.models import Hold, HoldGround
from portal.privacy.service.held_records import HeldForOther
from portal.support.models import Attachment, Message, Ticket
from tests.privacy.conftest import traces_of
from tests.support import samples

pytestmark = pytest.mark.both_databases

MARK = "zipwhirl"


@pytest.fixture
def ada(cast):
    """Ada, signed in."""
    return cast.sign_in(cast.ada)


@pytest.fixture
def officer(cast):
    """The privacy officer at work, as a browser and as staff."""
    visitor = cast.sign_in_staff(cast.pia)
    return visitor, cast.staff_in(visitor)


@pytest.fixture
def told(ada, unit):
    """A ticket of Ada's with the mark in it; returns its message's id."""
    ada.submit("/contact", subject="Zips", message=f"The {MARK} is open")
    with unit():
        return db.session.scalar(select(Message.id))


def click(visitor, page, text):
    """Follow the link of that text on an open page."""
    (link,) = [each for each in page.soup.select("main a") if each.text.strip() == text]
    return visitor.get(link["href"])


def terms(**changed):
    given = {"ground": HoldGround.LEGAL_CLAIM, "reason": "Case 12", "until": time.today() + timedelta(days=100)}
    return service.Terms(**{**given, **changed})


def subject_of(person):
    return accounts.subject_of(accounts.get_person(person.account_id))


def hold(unit, cast, officer, record_id, *, line="ticket_message", fields=("body",), **changed):
    """Have the officer hold fields of one of Ada's records."""
    with unit():
        return service.set_hold(
            subject_of(cast.ada), line=line, record_id=record_id, fields=fields, terms=terms(**changed), by=officer[1]
        )


def test_the_officer_holds_a_record_by_pages_alone_and_its_person_is_told(cast, officer, told, ada, outbox, unit):
    desk, _staff = officer
    assert "Nothing is held" in click(desk, desk.get("/admin/"), "Holds").text
    page = desk.submit("/admin/holds", email=cast.ada.email)
    assert MARK not in page.text and cast.ada.name not in page.text
    page = click(desk, page, "Messages in your tickets")
    assert MARK not in page.text
    (record,) = page.soup.select("main .ways a")
    until = (time.today() + timedelta(days=30)).isoformat()
    page = desk.submit(
        record["href"], action=record["href"], fields="body", ground="legal_claim", reason="Case 12", until=until
    )
    assert "told by email" in page.text
    email = outbox.last(cast.ada.email)
    assert "Case 12" in email.text
    assert MARK not in email.text
    seen = ada.get("/settings/privacy/holds").text
    assert "Case 12" in seen and "It’s needed for a legal claim" in seen
    assert "What must be kept of your data for longer" in ada.get("/settings/privacy/who-looked").text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"until": ""}, "Choose a day."),
        ({"until": "2001-01-01"}, "Choose a day after today."),
        ({"until": "far"}, "This ground allows 1 year at most"),
        ({"ground": "statute"}, "Name the law that requires it."),
        ({"fields": []}, "Choose at least one field."),
        ({"reason": ""}, "Please fill this in."),
    ],
)
def test_without_a_date_a_reason_a_law_or_a_field_there_is_no_hold(changed, said, officer, told, cast, unit):
    desk, _staff = officer
    page = click(desk, desk.submit("/admin/holds", email=cast.ada.email), "Messages in your tickets")
    href = page.soup.select_one("main .ways a")["href"]
    fields = {"fields": "body", "ground": "legal_claim", "reason": "Case", "until": str(time.today() + timedelta(days=9))}
    if changed.get("until") == "far":
        changed = {"until": str(time.today() + timedelta(days=400))}
    page = desk.submit(href, action=href, **{**fields, **changed})
    assert page.status == 422
    assert said in page.text
    with unit():
        assert db.session.scalar(select(Hold.id)) is None


def test_erasure_leaves_the_held_fields_alone_and_they_go_by_themselves(
    app, cast, officer, told, ada, unit, clock, run_jobs, outbox
):
    hold_id = hold(unit, cast, officer, told)
    delete = ada.get("/settings/privacy/delete").text
    assert "Messages in your tickets (Text): we keep a restricted copy until" in delete
    address, account_id = cast.ada.email, cast.ada.account_id
    ada.submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    with unit():
        service.begin_due()
    run_jobs()
    (receipt,) = [each for each in outbox.to(address) if each.subject.startswith("Receipt")]
    assert "we keep a restricted copy until" in receipt.text
    assert traces_of(app, MARK) == {}
    with unit():
        assert register().residue(Subject(account_id)) == []
        assert service.read_kept(hold_id, purpose=HoldGround.LEGAL_CLAIM, by=officer[1]) == {"Text": f"The {MARK} is open"}
    clock.forward(days=90)
    with unit():
        service.sweep_batch()
    with unit():
        assert db.session.get(Hold, hold_id) is None


def test_what_is_held_is_what_stood_there_whatever_becomes_of_the_record(cast, officer, told, unit):
    hold_id = hold(unit, cast, officer, told)
    with unit():
        db.session.get(Message, told).body = "Something else"
    with unit():
        assert service.read_kept(hold_id, purpose=HoldGround.LEGAL_CLAIM, by=officer[1])["Text"] == f"The {MARK} is open"


def test_it_is_read_for_its_own_reason_alone_and_each_look_is_on_record(cast, officer, told, unit):
    desk, staff = officer
    hold_id = hold(unit, cast, officer, told)
    looks = select(func.count()).select_from(StaffRead).where(StaffRead.basis_id == hold_id, StaffRead.table_name == "hold")
    with unit():
        with pytest.raises(HeldForOther):
            service.read_kept(hold_id, purpose=HoldGround.BUG, by=staff)
        assert db.session.scalar(looks) == 0
        assert service.read_kept(hold_id, purpose=HoldGround.LEGAL_CLAIM, by=staff) == {"Text": f"The {MARK} is open"}
    with unit():
        assert db.session.scalar(looks) == 1
    path = f"/admin/holds/{hold_id}/read"
    page = desk.submit(path, purpose="bug")
    assert page.status == 422
    assert MARK not in page.text
    assert MARK in desk.submit(path, purpose="legal_claim").text


def test_a_legal_claim_lasts_a_year_and_is_renewed_with_a_reason(cast, officer, told, unit, clock, outbox):
    desk, _staff = officer
    hold_id = hold(unit, cast, officer, told)
    clock.forward(days=50)
    desk = cast.sign_in_staff(cast.pia)
    path = f"/admin/holds/{hold_id}"
    far = str(time.today() + timedelta(days=366))
    assert "allows 1 year at most" in desk.submit(path, action=path, until=far, reason="Appeal").text
    page = desk.submit(path, action=path, until=str(time.today() + timedelta(days=365)), reason="Appeal")
    assert "Renewed." in page.text
    assert "Appeal" in outbox.last(cast.ada.email).text
    with unit():
        events = db.session.scalars(select(AuditEntry.event).where(AuditEntry.event.startswith("privacy.hold")))
        assert sorted(events) == ["privacy.hold_renewed", "privacy.hold_set"]


def test_a_released_hold_takes_its_copy_along(cast, officer, ada, unit, app):
    ada.submit("/contact", subject="Zips", message="Look", files=samples.chosen(("a.pdf", samples.pdf())))
    with unit():
        attachment_id = db.session.scalar(select(Attachment.id))
        file = next(name for name in service.fields_of(service.find_line("ticket_attachment")) if "key" in name)
    hold_id = hold(unit, cast, officer, attachment_id, line="ticket_attachment", fields=("name", file))
    with unit():
        key = db.session.get(Hold, hold_id).file_key
        assert storage().open(key).read().startswith(b"%PDF")
    page = officer[0].submit(f"/admin/holds/{hold_id}", action=f"/admin/holds/{hold_id}/release")
    assert "Released" in page.text
    with unit():
        assert not storage().exists(key)
        assert db.session.get(Hold, hold_id) is None


def test_nobody_holds_a_record_of_somebody_else_or_a_field_that_is_not_shown(cast, officer, told, unit):
    with unit():
        ben = subject_of(cast.ben)
        for whom, fields, record_id in (
            (ben, ("body",), told),
            (subject_of(cast.ada), ("ticket_id", "nonsense"), told),
            (subject_of(cast.ada), ("body",), uuid.uuid4()),
            (subject_of(cast.ada), (), told),
        ):
            with pytest.raises(NotFound):
                service.set_hold(
                    whom, line="ticket_message", record_id=record_id, fields=fields, terms=terms(), by=officer[1]
                )


def test_a_guest_is_found_by_the_address_and_holds_of_it_too(client, officer, unit, outbox):
    client.submit("/contact", name="Eve", email="eve@example.com", subject="Zips", message="Open")
    desk, staff = officer
    with unit():
        guest = service.subject_of(service.handle_of("Eve@Example.com", by=staff))
        ticket_id = db.session.scalar(select(Ticket.id))
        service.set_hold(guest, line="ticket", record_id=ticket_id, fields=["subject"], terms=terms(), by=staff)
    with unit():
        assert [each.reason for each in service.holds_on(Subject.of(emails=["eve@example.com"]))] == ["Case 12"]
        assert service.holds_on(Subject.of(emails=["ben@example.com"])) == []
        assert "eve" not in str(vars(db.session.scalar(select(Hold)))).lower()
    assert "Case 12" in outbox.last("eve@example.com").text
    with unit():
        hold_id = db.session.scalar(select(Hold.id))
        service.renew_hold(hold_id, reason="Appeal", until=time.today() + timedelta(days=200), by=staff)
    assert "Appeal" in outbox.last("eve@example.com").text
    assert desk.get("/admin/holds/of/nonsense").status == 404
