"""Who asks in words, with an account or without: the officer finds the entry and enters what it should say (P26)."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from portal.kit import clock as time
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import StaffRead
from portal.privacy import service
from portal.privacy.checks.corrections import CHECKS
from portal.privacy.models import Correction, CorrectionDecision, Request, RequestState, Right
from portal.support.models import Ticket
from tests.privacy.desk import GUEST, open_of, plant, staff

pytestmark = pytest.mark.both_databases
OURS, THEIRS = (uuid.UUID(f"0c0c0c0c-0000-4000-8000-00000000000{number}") for number in (1, 2))


@pytest.fixture
def guest(unit, cast):
    """A guest's proven request, with a ticket of theirs and one of somebody else."""
    with unit():
        for ticket_id, email in ((OURS, GUEST), (THEIRS, cast.ben.email)):
            of = {"name": "Gus", "email": email, "email_key": email, "subject": "The basement"}
            db.session.add(Ticket(id=ticket_id, reference=str(ticket_id)[-4:], **of))
        proven = {"state": RequestState.OPEN, "verified_at": time.now(), "message": "It was the attic."}
        return plant(Right.CORRECTION, **proven).id


def test_the_officer_enters_it_for_a_guest_and_makes_it(guest, cast, unit, outbox):
    officer = cast.sign_in_staff(cast.pia)
    page = officer.get(f"/admin/requests/{guest}")
    assert f"/admin/requests/{guest}/correct" in [link["href"] for link in page.soup.select("#corrections a")]
    page = officer.get(f"/admin/requests/{guest}/correct")
    (entry,) = [link["href"] for link in page.soup.select("main .ways a")]
    assert str(OURS) in entry and "basement" not in page.text, "entries are chosen by their dates"
    with unit():
        before = db.session.scalar(select(func.count()).select_from(StaffRead).where(StaffRead.table_name == "ticket"))
    page = officer.get(entry)
    assert "The basement" in page.text
    with unit():
        looks = db.session.scalar(select(func.count()).select_from(StaffRead).where(StaffRead.table_name == "ticket"))
        assert looks == before + 1
    page = officer.submit(entry, action=entry, field="subject", after="The attic")
    assert page.path == f"/admin/requests/{guest}" and "The attic" in page.text
    with unit():
        assert db.session.get(Ticket, OURS).subject == "The basement"
        correction_id = str(db.session.scalars(select(Correction.id)).one())
    officer.submit(f"/admin/requests/{guest}/corrections", applied=[correction_id], answer="You’re right.")
    with unit():
        assert db.session.get(Ticket, OURS).subject == "The attic"
        assert db.session.get(Ticket, THEIRS).subject == "The basement"
    assert "You’re right." in outbox.last(GUEST).text


def test_nothing_of_somebody_else_can_be_entered(guest, cast, unit):
    officer = cast.sign_in_staff(cast.pia)
    for wrong in (
        f"ticket?record={THEIRS}",
        "ticket?record=x",
        "ticket",
        f"ticket_message?record={OURS}",
        f"x?record={OURS}",
    ):
        assert officer.get(f"/admin/requests/{guest}/correct/{wrong}").status == 404, wrong


@pytest.mark.parametrize(
    "columns",
    [
        {"verified_at": None, "state": RequestState.AWAITING_IDENTITY},
        {"state": RequestState.PAUSED, "pause_reason": "details"},
        {"duplicate_of_id": uuid.UUID(int=1)},
        {"kind": Right.COMPLAINT},
    ],
    ids=["unproven", "paused", "duplicate", "another right"],
)
def test_nothing_is_entered_for_what_is_not_open_and_proven(guest, cast, unit, columns):
    officer = staff(cast, "privacy")
    with unit():
        request = db.session.get(Request, guest)
        for name, value in columns.items():
            setattr(request, name, value)
    wanted = service.Proposal("ticket", OURS, "subject", "The attic")
    for verb in (
        lambda: service.list_correctable(guest, by=officer),
        lambda: service.read_correctable(guest, line="ticket", record_id=OURS, by=officer),
        lambda: service.stage_correction(guest, wanted=wanted, by=officer),
    ):
        with unit(), pytest.raises((service.NotExecutable, NotFound)):
            verb()
    with unit():
        assert db.session.scalars(select(Correction)).all() == []


def test_a_second_look_is_staged_by_the_officer_alone(cast, unit):
    senior = staff(cast, "senior", "Sena")
    with unit():
        request_id = plant(**open_of(cast.ada, Right.CORRECTION)).id
    with unit(), pytest.raises(NotFound):
        service.list_correctable(request_id, by=senior)


def test_the_check_tells_what_was_left_and_what_has_no_reason(guest, unit):
    (check,) = CHECKS
    place = {"line": "ticket", "record_id": OURS, "field": "subject", "before_hash": "x", "after": "y"}
    with unit():
        assert [each.code for each in check.run().statements] == ["no_correction"]
        declined = {"decision": CorrectionDecision.DECLINED, "decided_at": time.now()}
        db.session.add(Correction(request_id=guest, **place, **declined))
        db.session.flush()
        assert "unsaid" in [each.code for each in check.run().statements]
