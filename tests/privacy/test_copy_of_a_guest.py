"""The copy of somebody without an account is like an account's: built by the worker, sealed, and opened by link and code."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.models import EmailChange, EmailChangeState, Person
from portal.jobs.models import Job, JobState
from portal.kit import clock as time
from portal.kit.claims import Subject, register
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.sealed_files import is_sealed
from portal.privacy import service
from portal.privacy.models import Export, ExportState, Outcome, Reason, Request, RequestState
from tests.privacy.conftest import Copy, traces_of
from tests.privacy.desk import GUEST
from tests.privacy.guest_copies import MARK, Fetching, ready_copy, request_copy, write_ticket
from tests.privacy.test_asking import only, proven

pytestmark = pytest.mark.both_databases
__all__ = ["only"]


@pytest.fixture
def address(client, outbox):
    """Where a copy is that is ready."""
    return ready_copy(client, outbox)


@pytest.fixture
def at_copy(client, outbox, address):
    """The guest's browser at that address."""
    return Fetching(client, outbox, address)


@pytest.fixture
def stored(app):
    """Return the files of all copies."""

    def files():
        with app.app_context():
            return list(storage().keys("export", older_than=timedelta()))

    return files


def hold(unit):
    """Have the worker not come to the copy for a while."""
    with unit():
        later = time.now() + timedelta(hours=1)
        held = db.session.execute(update(Job).where(Job.kind == "privacy.build_export").values(run_at=later))
        assert held.rowcount == 1


@pytest.mark.parametrize("kind", ["copy", "access"])
def test_it_is_built_by_the_worker_and_opened_with_a_code_of_its_own(client, outbox, only, kind):
    page = request_copy(client, outbox, kind=kind)
    assert (only().state, bool(only().executed_at)) == (RequestState.OPEN, True)
    shown = client.get(page)
    assert "being prepared" in shown.text and shown.form(f"{page}/withdraw")
    address = outbox.last(GUEST).link("/privacy/request/")
    assert (only().state, only().outcome, only().reason) == (RequestState.CLOSED, Outcome.DONE, Reason.AS_ASKED)
    answer = client.client.get(Fetching(client, outbox, address).location())
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    copy = Copy.of(answer.data).verified()
    assert copy.json("data/ticket_message.json")[0]["body"] == MARK
    shown = client.get(page)
    assert "The link is in the email" in shown.text and "Did this answer you?" in shown.text


def test_the_key_is_in_the_email_alone_once_it_is_ready(app, client, outbox, address, clock, tick, run_jobs):
    secret = address.rpartition("/")[2]
    assert len(secret) == 43
    for _hour in range(2):
        clock.forward(hours=1)
        tick()
        run_jobs()
    with app.app_context():
        export = db.session.scalars(select(Export)).one()
        assert (export.secret_sealed, export.person_id, export.state) == (None, None, ExportState.READY)
        assert is_sealed(storage().open(export.file_key))
        assert MARK.encode() not in storage().open(export.file_key).read()
    assert [name for name in traces_of(app, secret.lower()) if "." in name] == []
    request_page = address.partition("/copy/")[0]
    assert secret not in client.get(request_page).response.text


def test_the_link_alone_opens_nothing_and_three_wrong_codes_end_the_right_one(new_client, outbox, address):
    thief = Fetching(new_client(), outbox, address)
    code = thief.code()
    for said in ("2 tries left", "1 try left", "no longer works", "no longer works"):
        assert said in thief.give("22222222").text
    assert "no longer works" in thief.give(code).text
    assert thief.browser.client.get(f"{address}/x").status_code == 410
    assert thief.browser.client.get(f"{address}/code").status_code == 410


def test_a_code_is_good_once_for_ten_minutes_and_for_one_copy(at_copy, new_client, outbox, clock):
    code = at_copy.code()
    mine = at_copy.give(code).headers["Location"]
    assert "no longer works" in at_copy.give(code).text
    theirs = ready_copy(new_client(), outbox, "other@example.com")
    assert at_copy.browser.client.get(f"{theirs}/{mine.rpartition('/')[2]}").status_code == 410
    late = at_copy.code()
    clock.forward(minutes=11)
    assert at_copy.browser.client.get(mine).status_code == 410, "the pass is of minutes too"
    assert "no longer works" in at_copy.give(late).text


def test_codes_flood_no_inbox_and_nobody_is_told_so(at_copy, outbox):
    before = len(outbox.to(GUEST))
    for _time in range(7):
        at_copy.browser.send(at_copy.browser.get(at_copy.address), action=f"{at_copy.address}/code")
        assert at_copy.browser.shown.status == 200
    assert len(outbox.to(GUEST)) - before == 5


def test_headers_alone_download_nothing_and_a_part_can_be_asked_for(at_copy, unit):
    location, client = at_copy.location(), at_copy.browser.client
    head = client.head(location)
    assert (head.status_code, head.data) == (200, b"")
    with unit():
        assert db.session.scalars(select(Export.fetched_at)).one() is None
    whole = client.get(location)
    assert whole.headers["Accept-Ranges"] == "bytes" and whole.headers["Referrer-Policy"].startswith("no-referrer")
    part = client.get(location, headers={"Range": "bytes=5-9", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.data) == (206, whole.data[5:10])
    with unit():
        assert db.session.scalars(select(Export.fetched_at)).one() is not None


def test_a_wrong_key_or_no_key_opens_nothing(client, address):
    base = address.rpartition("/")[0]
    for wrong in ("x", "A" * 43, address.rpartition("/")[2][:-1], "%00"):
        assert client.client.get(f"{base}/{wrong}").status_code == 410
    assert client.client.get(base).status_code == 404


def test_it_is_there_for_a_week_and_then_swept(app, client, outbox, address, clock, stored, unit):
    clock.forward(days=7, seconds=1)
    page = client.get(address)
    assert page.status == 410 and "Looking for your download?" in page.text
    assert "being prepared" not in client.get(address.partition("/copy/")[0]).text
    assert len(stored()) == 1
    with unit():
        service.sweep_batch()
    assert stored() == []


def test_its_person_deletes_it_before(client, address, stored):
    page = address.partition("/copy/")[0]
    client.send(client.get(address), action=f"{page}/copy/delete")
    assert "Download deleted." in client.shown.text
    assert stored() == [] and client.get(address).status == 410


def test_a_new_one_takes_the_place_of_the_old(client, outbox, address, stored):
    proven(client, outbox, kind="access")
    newer = outbox.last(GUEST).link("/privacy/request/")
    assert len(stored()) == 1
    assert client.get(address).status == 410 and client.get(newer).status == 200


def test_who_asks_twice_while_it_is_built_joins_the_first(client, outbox, unit):
    request_copy(client, outbox)
    hold(unit)
    assert "being prepared" in proven(client, outbox, kind="copy").text
    with unit():
        assert db.session.query(Export).count() == 1


def test_one_that_is_withdrawn_leaves_no_job_no_row_and_no_file(app, client, outbox, run_jobs, stored, only, unit):
    page = request_copy(client, outbox)
    client.send(client.get(page), action=f"{page}/withdraw")
    assert (only().outcome, only().reason) == (Outcome.WITHDRAWN, Reason.BY_PERSON)
    with unit():
        assert db.session.scalars(select(Job.kind).where(Job.kind == "privacy.build_export")).all() == []
    run_jobs()
    assert stored() == [] and not [each for each in outbox.to(GUEST) if "ready" in each.subject]


def test_one_that_was_given_up_is_begun_again_by_itself(client, outbox, unit, only, run_jobs):
    page = request_copy(client, outbox)
    with unit():
        db.session.execute(update(Job).where(Job.kind == "privacy.build_export").values(state=JobState.FAILED))
    assert "couldn’t be prepared" in client.get(page).text
    with unit():
        service.tend_copies()
    run_jobs()
    assert only().outcome == Outcome.DONE
    with unit():
        db.session.execute(update(Export).values(state=ExportState.WAITING, ready_at=None))
        db.session.delete(db.session.scalars(select(Export)).one())
        db.session.execute(
            update(Request).values(state=RequestState.OPEN, outcome=None, reason=None, closed_at=None, answered_in=None)
        )
    with unit():
        service.tend_copies()
        assert db.session.scalars(select(Export.state)).one() == ExportState.WAITING, "also one whose row was swept"


@pytest.mark.parametrize("how", ["an account", "an account that left it"])
@pytest.mark.parametrize("is_ready", [True, False])
def test_it_ends_when_the_address_is_an_accounts(app, client, outbox, cast, unit, stored, only, run_jobs, is_ready, how):
    page = request_copy(client, outbox)
    address = outbox.last(GUEST).link("/privacy/request/") if is_ready else ""
    ben = cast.ben
    with unit():
        if how == "an account":
            values = {"email": GUEST, "email_key": GUEST}
            db.session.execute(update(Person).where(Person.id == ben.account_id).values(values))
        else:
            db.session.add(
                EmailChange(
                    person_id=ben.id,
                    old_email=GUEST,
                    old_email_key=GUEST,
                    new_email=ben.email,
                    new_email_key=ben.email,
                    state=EmailChangeState.CONFIRMED,
                    confirmed_at=time.now(),
                )
            )
    if is_ready:
        assert client.get(address).status == 410
    else:
        run_jobs()
        assert (only().state, only().executed_at) == (RequestState.OPEN, None), "the officer decides"
        assert not [each for each in outbox.to(GUEST) if "ready" in each.subject]
    assert "ready" not in client.get(page).text
    with unit():
        service.tend_copies()
    with unit():
        assert db.session.query(Export).count() == 0
    assert stored() == []


def test_it_ends_at_once_when_somebodys_account_moves_to_the_address(client, new_client, outbox, cast, stored, address):
    ben = cast.sign_in(cast.ben)
    ben.submit("/settings/email", email=GUEST, password=cast.ben.password)
    mover = new_client()
    mover.get(outbox.last(GUEST).link("/settings/email/confirm/"))
    mover.fill_in()
    assert stored() == [] and client.get(address).status == 410


def test_a_deletion_of_all_takes_it_along(client, outbox, run_jobs, unit, stored, address, only):
    write_ticket(client)
    proven(client, outbox, kind="access")
    hold(unit)
    proven(client, outbox, kind="deletion")
    run_jobs()
    assert stored() == []
    with unit():
        assert db.session.query(Export).count() == 0
        assert register().residue(Subject.of(emails=[GUEST])) in ([], ["mailbox"])
        endings = {request.kind.value: request.reason for request in db.session.scalars(select(Request))}
    assert endings == {"copy": Reason.AS_ASKED, "access": Reason.ERASED, "deletion": Reason.AS_ASKED}


def test_the_progress_is_told_to_the_script_of_the_page(client, outbox):
    page = request_copy(client, outbox)
    said = client.client.get(f"{page}/copy/progress").json
    assert (said["state"], said["total"]) == ("waiting", 0)
    assert client.client.get("/privacy/request/x/copy/progress").status_code == 410


def test_a_copy_of_nobody_and_of_two_is_refused_by_the_database_itself(unit, cast):
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(IntegrityError), unit():
        db.session.add(Export(id=uuid.uuid4(), job_id=uuid.uuid4(), secret_hash="x"))
