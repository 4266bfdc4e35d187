"""People without an account have the same rights: their deletion and objection need a code and no staff."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from portal.accounts.models import EmailChange, EmailChangeState, SignUp
from portal.kit import clock as time
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.newsletter.models import Subscriber
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState, Outcome, Reason, Request, RequestState, Right
from portal.support.models import Ticket
from tests.conftest import Visitor
from tests.privacy.desk import GUEST, open_of, plant, staff
from tests.privacy.test_asking import ask, code_in, only, proven, subscriber

pytestmark = pytest.mark.both_databases
__all__ = ["only", "subscriber"]
MARK = "Where is my zip of May"


def write_ticket(browser: Visitor, email: str = GUEST) -> None:
    """Write to the helpdesk without an account."""
    browser.submit("/contact", name="Gus", email=email, subject="Zips", message=MARK)


def test_a_guest_is_deleted_and_gets_a_receipt(client, outbox, run_jobs, unit, subscriber, only):
    write_ticket(client)
    page = proven(client, outbox, kind="deletion", message="All of it.")
    assert "being deleted" in page.text
    run_jobs()
    receipt = outbox.last(GUEST)
    assert "/privacy/receipt/" in receipt.text
    with unit():
        assert register().residue(Subject.of(emails=[GUEST])) in ([], ["mailbox"]), "the receipt itself was mailed"
        for model in (Ticket, Subscriber):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0
        request = db.session.scalars(select(Request)).one()
        assert (request.state, request.outcome) == (RequestState.CLOSED, Outcome.DONE)
        assert (request.email, request.email_key, request.message) == (None, None, "")
        assert db.session.scalars(select(Deletion.state)).all() == [DeletionState.DONE]
    assert client.get(page.path).status == 410, "of nobody any more"
    assert client.get(receipt.link("/privacy/receipt/")).status == 200


def test_an_erased_person_comes_by_the_receipts_link(client, new_client, outbox, run_jobs, only, unit):
    write_ticket(client)
    proven(client, outbox, kind="deletion")
    run_jobs()
    browser = new_client()
    page = browser.get(outbox.last(GUEST).link("/privacy/receipt/"))
    (link,) = [a["href"] for a in page.soup.find_all("a") if "/privacy/request" in a.get("href", "")]
    browser.submit(link, kind="copy", email="later@example.com")
    page = browser.fill_in(code=code_in(outbox, "later@example.com"))
    with unit():
        number = db.session.scalars(select(Request.receipt_number).where(Request.receipt_number.is_not(None))).one()
    assert "We hold nothing about you" in page.text and number in page.text


def test_a_sign_up_that_was_never_confirmed_is_deleted_too(client, outbox, run_jobs, unit):
    client.submit("/signup", name="Gus", email=GUEST, password="gus hums at nine looms", accept_terms="y")
    proven(client, outbox, kind="deletion")
    run_jobs()
    with unit():
        assert db.session.scalar(select(func.count()).select_from(SignUp)) == 0


def test_an_objection_ends_the_newsletter(client, outbox, unit, subscriber, only):
    proven(client, outbox, kind="objection")
    assert only().outcome == Outcome.DONE
    with unit():
        assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


@pytest.mark.parametrize("kind", ["objection", "restriction", "correction", "complaint"])
def test_what_a_machine_cant_do_waits_for_the_officer_and_is_not_begun(client, outbox, only, kind):
    write_ticket(client)
    proven(client, outbox, kind=kind)
    assert (only().state, only().executed_at) == (RequestState.OPEN, None)


@pytest.mark.parametrize("kind", ["copy", "deletion"])
def test_a_mailbox_alone_opens_no_account(client, outbox, cast, unit, only, run_jobs, kind):
    """Whoever reads Ada's mail has neither her password nor her phone."""
    officer, ada = staff(cast, "privacy"), cast.ada
    assert proven(client, outbox, ada.email, kind=kind).path == "/login"
    run_jobs()
    assert (only().state, only().executed_at) == (RequestState.OPEN, None)
    with unit(), pytest.raises(service.NothingToExecute):
        service.execute(only().id, by=officer)
    with unit():
        assert db.session.scalar(select(func.count()).select_from(Deletion)) == 0


@pytest.mark.parametrize("kind", ["copy", "deletion"])
def test_an_address_that_an_account_has_left_is_decided_by_the_officer(client, outbox, cast, unit, only, kind):
    """The mailbox may have another reader by now; what is held by it may be the account's."""
    ada = cast.ada
    write_ticket(client)
    with unit():
        db.session.add(
            EmailChange(person_id=ada.id, old_email=GUEST, old_email_key=GUEST, new_email=ada.email, new_email_key=ada.email,
                        state=EmailChangeState.CONFIRMED, confirmed_at=time.now())
        )  # fmt: skip
    proven(client, outbox, kind=kind)
    assert (only().state, only().executed_at) == (RequestState.OPEN, None)


def test_what_is_open_of_somebody_is_closed_when_their_data_goes(client, outbox, run_jobs, unit):
    write_ticket(client)
    proven(client, outbox, kind="complaint")
    proven(client, outbox, kind="deletion")
    run_jobs()
    with unit():
        endings = {request.kind: (request.outcome, request.reason) for request in db.session.scalars(select(Request))}
    assert endings == {
        Right.COMPLAINT: (Outcome.WITHDRAWN, Reason.ERASED),
        Right.DELETION: (Outcome.DONE, Reason.AS_ASKED),
    }


def test_two_tabs_delete_once(client, new_client, outbox, run_jobs, unit):
    write_ticket(client)
    page = ask(client, kind="deletion")
    code = code_in(outbox)
    client.fill_in(code=code)
    assert client.send(page, code=code).status == 410
    run_jobs()
    with unit():
        assert db.session.scalar(select(func.count()).select_from(Deletion)) == 1


def test_what_is_being_carried_out_is_neither_withdrawn_nor_closed(unit, cast, client, outbox):
    officer, ada = staff(cast, "privacy"), cast.ada
    with unit():
        request = plant(Right.DELETION, state=RequestState.OPEN, verified_at=time.now(), executed_at=time.now(),
                        result_id=uuid.uuid4())  # fmt: skip
        with pytest.raises(service.RequestMovedOn):
            service.close(request.id, outcome=Outcome.DONE, reason=Reason.ANSWERED, by=officer)
        other = plant(**open_of(ada))
        assert other.executed_at is None
