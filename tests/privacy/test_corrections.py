"""A correction beyond the profile is staged with before and after and evidence, decided with a reason, made once (P26)."""

from __future__ import annotations

import io
import uuid

import pytest
from sqlalchemy import func, select

from portal.accounts import service as accounts
from portal.accounts.events import PendingEnded
from portal.kit import events
from portal.kit.audit import AuditEntry
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.staff_reads import StaffRead
from portal.privacy import service
from portal.privacy.models import Correction, Outcome, Reason, Request, RequestFile, RequestState, Right
from portal.privacy.service.requests import corrections
from portal.support.models import Ticket
from tests.privacy.desk import open_of, plant, staff

pytestmark = pytest.mark.both_databases
WRONG, RIGHT = "My marker in the basement", "My marker in the attic"


@pytest.fixture
def ada(cast, unit):
    """Ada, with a ticket whose subject is wrong."""
    with unit():
        values = {"name": "Ada", "email": cast.ada.email, "email_key": cast.ada.email, "subject": WRONG}
        db.session.add(Ticket(id=TICKET, reference="AB-1", subject_id=cast.ada.account_id, **values))
    return cast.ada


TICKET = uuid.UUID("0a0a0a0a-0000-4000-8000-000000000001")
PATH = f"/settings/privacy/data/support/ticket/{TICKET}/correct"


def wanted(after: str = RIGHT, field: str = "subject", line: str = "ticket") -> service.Proposal:
    return service.Proposal(line, TICKET, field, after)


def ask(browser, **fields):
    """Ask for a correction, as the page does."""
    return browser.submit(PATH, **{"field": "subject", "after": RIGHT, "message": "See the plan.", **fields})


def subject_line(unit) -> str:
    with unit():
        return db.session.get(Ticket, TICKET).subject


def the_one(unit):
    with unit():
        return db.session.scalars(select(Request)).one()


def staged(person, unit, *, after: str = RIGHT, **columns) -> uuid.UUID:
    """Stage a correction within a proven request, and return the request's id."""
    with unit():
        request = plant(**open_of(person, Right.CORRECTION, **columns))
        corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted(after), by=person.id)
        return request.id


def decide(unit, request_id, by, *, apply: bool = True, reason=None, answer="So be it."):
    """Decide all of a request's corrections as somebody who has just seen them."""
    with unit():
        waiting = corrections.waiting(db.session.get(Request, request_id))
        seen, ids = corrections.mark_of(waiting), [each.id for each in waiting] if apply else []
        service.decide_corrections(request_id, applied=ids, seen=seen, reason=reason, answer=answer, by=by)


def test_what_we_hold_leads_to_it_and_the_account_to_the_profile(ada, cast):
    browser = cast.sign_in(ada)
    page = browser.get("/settings/privacy/data/support")
    assert PATH in [link["href"] for link in page.soup.select("#line-ticket a")]
    account = browser.get("/settings/privacy/data")
    assert "/settings/profile" in [link["href"] for link in account.soup.select("#line-person a")]
    assert not account.soup.select("#line-sign_in_event a[href$=correct]"), "a log is not corrected"


def test_it_is_asked_beside_the_field_with_before_after_and_evidence(ada, cast, unit, outbox):
    browser = cast.sign_in(ada)
    form = browser.get(PATH)
    assert WRONG in form.soup.find(id="now").text and "kept as it was noted" in form.text
    page = ask(browser, files=[(io.BytesIO(b"A plan"), "plan.txt")])
    request = the_one(unit)
    assert page.path == f"/settings/privacy/requests/{request.id}" and RIGHT in page.text
    assert (request.kind, request.state) == (Right.CORRECTION, RequestState.OPEN)
    assert (request.due_at - request.received_at).days == 30
    with unit():
        assert db.session.scalar(select(func.count()).select_from(RequestFile)) == 1
        assert WRONG not in str(vars(db.session.scalars(select(Correction)).one())), "an error is not kept twice"
    assert request.reference in outbox.last(ada.email).subject
    assert RIGHT not in outbox.last(ada.email).text
    assert subject_line(unit) == WRONG, "nothing changes by asking"


@pytest.mark.parametrize(
    "fields",
    [
        {"after": WRONG}, {"after": ""}, {"after": " "}, {"after": "x" * 151}, {"after": "x" * 600}, {"after": "a\x00b"},
        {"field": "email"}, {"field": ""}, {"field": "id"}, {"message": ""},
    ],
    ids=["same", "empty", "blank", "over the column", "over the form", "control", "email", "no field", "id", "no reason"],
)  # fmt: skip
def test_what_cannot_be_so_is_said_by_its_field(ada, cast, unit, fields):
    page = ask(cast.sign_in(ada), **fields)
    assert page.status == 422
    with unit():
        assert not db.session.scalars(select(Request)).all()


def test_nobody_asks_for_a_change_of_what_is_somebody_elses(ada, cast, unit):
    ben = cast.sign_in(cast.ben)
    token = ben.get("/settings/privacy/requests/new").fields()["csrf_token"]
    assert ben.get(PATH).status == 404
    assert ben.post(PATH, csrf_token=token, field="subject", after=RIGHT, message="Mine.").status == 404
    for line in ("ticket-named", "sign_in_event", "ticket_message", "nothing"):
        assert ben.get(PATH.replace("/ticket/", f"/{line}/")).status == 404
    with unit():
        assert not db.session.scalars(select(Request)).all()


def test_asking_again_for_the_same_field_replaces_and_for_another_adds(ada, cast, unit):
    browser = cast.sign_in(ada)
    first = ask(browser).path
    assert ask(browser, after="My marker in the hall").path == first
    assert ask(browser, field="name", after="Ada Lovelace").path == first
    with unit():
        found = {each.field: each.after for each in db.session.scalars(select(Correction))}
    assert found == {"subject": "My marker in the hall", "name": "Ada Lovelace"}


def test_the_officer_sees_before_and_after_and_makes_it(ada, cast, unit, outbox):
    ask(cast.sign_in(ada))
    request = the_one(unit)
    officer = cast.sign_in_staff(cast.pia)
    page = officer.get(f"/admin/requests/{request.id}")
    panel = page.soup.find(id="corrections").get_text(" ", strip=True)
    assert WRONG in panel and RIGHT in panel
    assert not page.soup.find(id="decision"), "it is closed by deciding"
    with unit():
        correction = db.session.scalars(select(Correction)).one()
        assert db.session.scalar(select(func.count()).select_from(StaffRead).where(StaffRead.table_name == "ticket"))
    answer = officer.submit(
        f"/admin/requests/{request.id}/corrections", applied=[str(correction.id)], answer="The plan shows it."
    )
    assert answer.path == f"/admin/requests/{request.id}"
    assert subject_line(unit) == RIGHT
    request = the_one(unit)
    assert (request.outcome, request.reason) == (Outcome.DONE, Reason.AS_ASKED)
    assert request.executed_at and request.closed_at <= request.due_at
    told = outbox.last(ada.email).text
    assert "The plan shows it." in told and WRONG not in told and RIGHT not in told


def test_declined_it_says_why_and_nothing_is_written(ada, cast, unit, outbox):
    request_id, officer = staged(ada, unit), staff(cast, "privacy")
    with pytest.raises(corrections.ReasonMissing):
        decide(unit, request_id, officer, apply=False)
    decide(unit, request_id, officer, apply=False, reason=Reason.NOT_SHOWN, answer="The plan is of 1990.")
    assert subject_line(unit) == WRONG
    request = the_one(unit)
    assert (request.outcome, request.reason, request.executed_at) == (Outcome.REFUSED, Reason.NOT_SHOWN, None)
    assert "didn’t show" in outbox.last(ada.email).text and "The plan is of 1990." in outbox.last(ada.email).text


def test_one_of_two_is_done_in_part(ada, cast, unit):
    request_id, officer = staged(ada, unit), staff(cast, "privacy")
    with unit():
        request = db.session.get(Request, request_id)
        corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted("Ada L.", "name"), by=None)
    with unit():
        waiting = corrections.waiting(db.session.get(Request, request_id))
        (name,) = [each.id for each in waiting if each.field == "name"]
        decided = {"seen": corrections.mark_of(waiting), "reason": Reason.NOT_SHOWN, "answer": "Half."}
        service.decide_corrections(request_id, applied=[name], **decided, by=officer)
    with unit():
        ticket = db.session.get(Ticket, TICKET)
        assert (ticket.name, ticket.subject) == ("Ada L.", WRONG)
    assert the_one(unit).outcome == Outcome.PARTLY


def test_what_has_changed_since_is_not_overwritten(ada, cast, unit):
    request_id = staged(ada, unit)
    with unit():
        db.session.get(Ticket, TICKET).subject = "Something new"
        (correction_id,) = db.session.scalars(select(Correction.id)).all()
    officer = cast.sign_in_staff(cast.pia)
    assert "Changed since" in officer.get(f"/admin/requests/{request_id}").text
    path = f"/admin/requests/{request_id}/corrections"
    page = officer.submit(path, applied=[str(correction_id)], answer="Done.")
    assert page.status == 422 and "has changed since" in page.text
    assert subject_line(unit) == "Something new" and the_one(unit).state == RequestState.OPEN
    with unit():
        assert db.session.scalars(select(Correction)).one().decision is None
    page = officer.submit(path, applied=[], reason="changed", answer="It says something else by now.")
    assert page.status == 200 and the_one(unit).reason == Reason.CHANGED


def test_two_tabs_decide_once(ada, cast, unit):
    request_id, officer = staged(ada, unit), staff(cast, "privacy")
    with unit():
        waiting = corrections.waiting(db.session.get(Request, request_id))
        seen, ids = corrections.mark_of(waiting), [each.id for each in waiting]
    decide(unit, request_id, officer)
    with unit(), pytest.raises(service.NotExecutable):
        service.decide_corrections(request_id, applied=ids, seen=seen, reason=None, answer="Again.", by=officer)
    with unit():
        made = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "privacy.correction_applied")
        assert db.session.scalar(made) == 1


def test_what_was_added_while_the_page_was_open_is_not_decided_unseen(ada, cast, unit):
    request_id, officer = staged(ada, unit), staff(cast, "privacy")
    with unit():
        request = db.session.get(Request, request_id)
        waiting = corrections.waiting(request)
        seen, ids = corrections.mark_of(waiting), [each.id for each in waiting]
        corrections.propose(request, subject=corrections.subject_of(request), wanted=wanted("Send it to Eve"), by=ada.id)
    with unit(), pytest.raises(corrections.ProposedMeanwhile):
        service.decide_corrections(request_id, applied=ids, seen=seen, reason=None, answer="Yes.", by=officer)
    assert subject_line(unit) == WRONG


def test_it_is_not_closed_past_its_corrections(ada, cast, unit):
    request_id = staged(ada, unit)
    officer = staff(cast, "privacy")
    with unit(), pytest.raises(corrections.CorrectionsPending):
        service.close(request_id, outcome=Outcome.DONE, reason=Reason.AS_ASKED, answer="Done.", by=officer)


def test_a_no_stages_what_was_declined_again_for_somebody_else(ada, cast, unit):
    request_id, officer = staged(ada, unit), staff(cast, "privacy")
    decide(unit, request_id, officer, apply=False, reason=Reason.NOT_SHOWN)
    cast.sign_in(ada).submit(f"/settings/privacy/requests/{request_id}", verdict="no")
    with unit():
        second = db.session.scalars(select(Request.id).where(Request.first_id == request_id)).one()
    decide(unit, second, staff(cast, "senior", "Sena"))
    assert subject_line(unit) == RIGHT


def test_whoever_secures_the_account_ends_what_was_asked(ada, cast, unit):
    ask(cast.sign_in(ada))
    with unit():
        events.publish(PendingEnded(ada.account_id))
    request = the_one(unit)
    assert (request.state, request.reason) == (RequestState.CLOSED, Reason.SECURED)
    with pytest.raises(service.NotExecutable):
        decide(unit, request.id, staff(cast, "privacy"))
    assert subject_line(unit) == WRONG


def test_an_erasure_takes_what_was_asked(ada, cast, unit):
    staged(ada, unit)
    with unit():
        subject = accounts.subject_of(accounts.get_person(ada.account_id))
        while register().erase(subject):
            pass
    with unit():
        assert db.session.scalars(select(Correction)).all() == []


def test_the_trail_names_the_correction_and_says_no_value(ada, cast, unit):
    decide(unit, staged(ada, unit), staff(cast, "privacy"))
    with unit():
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.event.like("privacy.correction%"))).all()
    assert {each.event for each in entries} == {"privacy.correction_proposed", "privacy.correction_applied"}
    assert all(each.facts["correction"] and each.subject_id == ada.account_id for each in entries)
    assert WRONG not in str([each.facts for each in entries]) and RIGHT not in str([each.facts for each in entries])
