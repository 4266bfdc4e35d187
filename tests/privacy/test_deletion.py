"""Deleting an account: told beforehand, undone for a while, then gone, with proof."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import EmailChange, EmailChangeState, Person
from portal.jobs import worker
from portal.kit import claims, tokens
from portal.kit import clock as time
from portal.kit.actor import Actor
from portal.kit.claims import Blocker, DataClaim, Register, Subject, register
from portal.kit.db import db
from portal.mail.models import Email
from portal.privacy import service
from portal.privacy.models import Deletion, DeletionState
from portal.privacy.service import deletions, receipts

pytestmark = pytest.mark.both_databases

UNDO = "/settings/privacy/delete/undo/"


@pytest.fixture
def close(cast, outbox):
    """Close somebody's account and return the undo link from the email."""

    def close_account(person):
        page = cast.sign_in(person).submit("/settings/privacy/delete", confirm="y")
        assert page.title == "Your account is closed"
        return outbox.last(person.email).link(UNDO)

    return close_account


@pytest.fixture
def carry_out(app, run_jobs):
    """Let the hourly schedule begin what is due, and the worker finish it."""

    def run():
        with app.app_context(), worker.unit_of_work():
            service.begin_due()
        run_jobs()

    return run


@pytest.fixture
def left(app):
    """Name what the register still finds of a person."""

    def look(person):
        with app.app_context():
            return register().residue(Subject(person.id, frozenset({person.email})))

    return look


def deletions_in(app):
    """Return every deletion."""
    with app.app_context():
        return db.session.scalars(select(Deletion).order_by(Deletion.requested_at)).all()


def test_the_page_tells_beforehand_what_goes_what_stays_and_until_when(cast, clock):
    page = cast.sign_in(cast.ada).get("/settings/privacy/delete")
    assert "Your User Account: 1 entry" in page.soup.find(id="goes").get_text(" ")
    assert "You can’t sign in any more." in page.text
    assert "Audit trail" in page.soup.find(id="stays").get_text(" ")
    assert "2 years" in page.soup.find(id="stays").get_text(" ")
    assert "Within another 60 days" in page.text
    assert "Download your data first." in page.text


def test_a_customer_deletes_the_account_and_gets_a_receipt(app, cast, outbox, clock, close, carry_out, left):
    ada = cast.ada
    close(ada)
    clock.forward(days=14, minutes=1)
    assert left(ada), "nothing goes before its time"
    carry_out()
    assert [name for name in left(ada) if name != "mailbox"] == []
    email = outbox.last(ada.email)
    assert email.subject == "Receipt: your data is deleted"
    assert "Your User Account: 1 entry" in email.text
    assert "Audit trail" in email.text
    assert clock.day(days=60) in email.text
    (deletion,) = deletions_in(app)
    assert deletion.number in email.text
    assert (deletion.state, deletion.person_id, deletion.sealed, deletion.job_id) == (DeletionState.DONE, None, None, None)
    assert {line.line: line.rows for line in receipts.read(deletion.receipt).deleted}["person"] == 1


def test_the_receipt_can_be_opened_by_its_link_and_names_nobody(cast, outbox, clock, close, carry_out, client):
    close(cast.ada)
    clock.forward(days=15)
    carry_out()
    page = client.get(outbox.last(cast.ada.email).link("/privacy/receipt/"))
    assert page.title == "Deletion receipt"
    assert "Your User Account" in page.text
    assert page.soup.find("progress")["value"] == "0"
    assert page.response.headers["Referrer-Policy"] == "no-referrer, same-origin"
    for secret in (cast.ada.email, cast.ada.name, str(cast.ada.id)):
        assert secret not in page.response.text
    clock.forward(days=61)
    assert not client.get(page.path).soup.find("progress")


def test_a_forged_receipt_opens_nothing(app, client):
    with app.app_context():
        other_purpose = tokens.sign("undo_deletion", "00000000-0000-0000-0000-000000000000")
        nobody = tokens.sign("deletion_receipt", "00000000-0000-0000-0000-000000000000")
    for token in ("x", other_purpose, nobody):
        assert client.get(f"/privacy/receipt/{token}").status == 410


def test_every_session_ends_at_once(cast, outbox):
    laptop, phone = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    laptop.submit("/settings/privacy/delete", confirm="y")
    assert laptop.get("/settings/privacy").path == "/login"
    assert phone.get("/settings/privacy").path == "/login"
    assert "Keep my account" in outbox.last(cast.ada.email).html


def test_nothing_happens_without_the_tick(app, cast):
    page = cast.sign_in(cast.ada).submit("/settings/privacy/delete")
    assert page.status == 422
    assert "Tick the box to confirm." in page.text
    assert deletions_in(app) == []


def test_nothing_happens_by_looking_or_without_our_token(app, cast):
    ada = cast.sign_in(cast.ada)
    ada.get("/settings/privacy/delete")
    assert ada.client.head("/settings/privacy/delete").status_code == 200
    assert ada.post("/settings/privacy/delete", confirm="y").status == 422
    assert deletions_in(app) == []


def test_a_session_that_is_not_fresh_must_prove_itself_first(app, cast, clock):
    ada = cast.sign_in(cast.ada)
    page = ada.get("/settings/privacy/delete")
    clock.forward(minutes=31)
    assert ada.get("/settings/privacy/delete").path == "/confirm-identity"
    assert ada.send(page, confirm="y").path == "/confirm-identity"
    assert deletions_in(app) == []


def test_undoing_brings_everything_back(app, cast, client, outbox, close, carry_out, clock):
    ada = cast.ada
    link = close(ada)
    clock.forward(days=13, hours=23)
    assert client.get(link).title == "Keep your account?"
    page = client.submit(link)
    assert page.path == "/login"
    assert "Your account is open again" in page.text
    assert outbox.last(ada.email).subject == "Your account is open again"
    clock.forward(days=30)
    carry_out()
    assert cast.sign_in(ada).get("/settings/privacy").status == 200
    assert "The deletion was cancelled" in cast.sign_in(ada).get("/settings/privacy/requests").text


def test_opening_the_undo_link_undoes_nothing(app, cast, client, close):
    link = close(cast.ada)
    for _time in range(3):
        assert client.get(link).status == 200
    assert client.client.head(link).status_code == 200
    with app.app_context():
        assert db.session.get(Person, cast.ada.id).deactivated_at


def test_who_changed_the_address_cannot_delete_the_account_unseen(cast, outbox, client, unit):
    intruder = cast.sign_in(cast.ada)
    intruder.submit("/settings/email", email="intruder@example.com")
    intruder.submit(outbox.last("intruder@example.com").link("/email/confirm/"))
    take_back = outbox.last(cast.ada.email).link("/email/undo/")
    intruder.submit("/settings/privacy/delete", confirm="y")
    assert outbox.last("intruder@example.com").link(UNDO)
    client.submit(outbox.last(cast.ada.email).link(UNDO))
    client.submit(take_back)
    with unit():
        ada = accounts.get_person(cast.ada.account_id)
        assert (ada.email, ada.deactivated_at) == (cast.ada.email, None)
        assert ada.frozen_at


def test_the_undo_link_serves_once(cast, client, new_client, close):
    link = close(cast.ada)
    second_tab = new_client()
    open_page = second_tab.get(link)
    client.submit(link)
    assert client.get(link).status == 410
    assert second_tab.send(open_page).status == 410


def test_an_old_undo_link_does_not_undo_a_later_deletion(app, cast, client, close):
    first = close(cast.ada)
    client.submit(first)
    second = close(cast.ada)
    assert client.get(first).status == 410
    assert client.get(second).status == 200


def test_the_undo_link_dies_with_its_time_and_stays_dead_afterwards(cast, client, close, clock, carry_out):
    link = close(cast.ada)
    clock.forward(days=14, seconds=2)
    assert client.get(link).status == 410
    carry_out()
    assert client.get(link).status == 410


def test_a_forged_undo_link_is_dead(app, cast, client, close):
    close(cast.ada)
    with app.app_context():
        guess = tokens.sign("undo_deletion", str(cast.ada.id), stamp="2026-11-23T09:30:00+00:00")
        unstamped = tokens.sign("undo_deletion", str(cast.ada.id))
        for_ben = tokens.sign("undo_deletion", str(cast.ben.id))
        closed_at = db.session.get(Person, cast.ada.id).deactivated_at.isoformat()
        of_a_strangers_mailbox = tokens.sign("undo_deletion", str(cast.ada.id), "0" * 32, stamp=closed_at)
    for token in (guess, unstamped, for_ben, of_a_strangers_mailbox, "x"):
        assert client.get(UNDO + token).status == 410


def test_the_sign_in_page_can_make_the_same_link(app, cast, client, close, clock):
    close(cast.ada)
    clock.forward(days=3)
    with app.app_context():
        person = db.session.get(Person, cast.ada.id)
        token = accounts.undo_deletion_token(person, to=person.email)
    assert client.submit(UNDO + token).path == "/login"
    assert cast.sign_in(cast.ada).get("/home").status == 200


def test_two_tabs_ask_for_one_deletion(app, cast, outbox):
    tab, other = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    open_page = other.get("/settings/privacy/delete")
    tab.submit("/settings/privacy/delete", confirm="y")
    assert other.send(open_page, confirm="y").path == "/login"
    assert len(deletions_in(app)) == 1
    assert len(outbox.to(cast.ada.email)) == 1


def test_asking_twice_in_the_same_moment_is_one_deletion(app, cast, unit):
    actor = Actor(person_id=cast.ada.id)
    with unit():
        first = service.request_deletion(actor)
    with unit():
        assert service.request_deletion(actor) == first
    assert len(deletions_in(app)) == 1


def test_what_must_be_handed_over_first_stands_in_the_way(app, cast, monkeypatch):
    blocked = DataClaim(area="organisations", blockers=lambda subject: [Blocker("Name another Owner first.")])
    monkeypatch.setitem(app.extensions, "portal.register", Register([*register_of(app).claims, blocked]))
    ada = cast.sign_in(cast.ada)
    page = ada.get("/settings/privacy/delete")
    assert "Name another Owner first." in page.text
    assert not page.soup.find(id="confirm")
    token = ada.get("/settings/privacy").fields()["csrf_token"]
    refused = ada.post("/settings/privacy/delete", csrf_token=token, confirm="y")
    assert refused.status == 422
    assert "can’t be deleted yet" in refused.text
    assert deletions_in(app) == []
    assert ada.get("/home").status == 200


def register_of(app):
    """Return the app's register outside of a request."""
    with app.app_context():
        return claims.register()


def test_everybody_else_stays_as_they_were(cast, close, clock, carry_out, left):
    before = left(cast.ben)
    close(cast.ada)
    clock.forward(days=15)
    carry_out()
    assert left(cast.ben) == before
    assert cast.sign_in(cast.ben).get("/settings/privacy").status == 200


def test_a_long_standstill_or_a_jump_of_the_clock_carries_out_once(app, cast, close, clock, carry_out, outbox):
    close(cast.ada)
    clock.forward(days=90)
    carry_out()
    clock.forward(days=-80)
    carry_out()
    carry_out()
    receipts = [email for email in outbox.to(cast.ada.email) if email.subject.startswith("Receipt")]
    assert len(receipts) == 1
    assert [deletion.state for deletion in deletions_in(app)] == [DeletionState.DONE]


def test_nothing_begins_early(app, cast, close, clock, carry_out):
    close(cast.ada)
    clock.forward(days=13, hours=23, minutes=59)
    carry_out()
    assert [deletion.state for deletion in deletions_in(app)] == ["waiting"]


@pytest.mark.parametrize("place", ["erase_anchor", "residue", "stays_besides", "erase"])
def test_killed_at_any_place_it_goes_on_from_there(app, cast, close, clock, carry_out, left, monkeypatch, outbox, place):
    close(cast.ada)
    clock.forward(days=15)
    with monkeypatch.context() as broken:
        broken.setattr(Register, place, lambda *args, **kw: 1 / 0)
        carry_out()
        assert [deletion.state for deletion in deletions_in(app)] == [DeletionState.RUNNING]
        assert left_is_named(app, cast)
    clock.forward(minutes=5)
    carry_out()
    assert [name for name in left(cast.ada) if name != "mailbox"] == []
    assert outbox.last(cast.ada.email).subject.startswith("Receipt")


def left_is_named(app, cast):
    """Tell whether the account is still there: it goes with the last piece only."""
    with app.app_context():
        return db.session.get(Person, cast.ada.id) is not None


def test_killed_after_each_single_piece_it_still_ends(app, cast, close, clock, monkeypatch, left):
    close(cast.ada)
    clock.forward(days=15)
    monkeypatch.setattr(deletions, "BATCH", 1)
    for _session in range(5):
        cast.sign_in(cast.ada)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    pieces = 0
    with app.app_context():
        while worker.run_next():
            pieces += 1
    assert pieces > 5
    assert [name for name in left(cast.ada) if name != "mailbox"] == []
    (deletion,) = deletions_in(app)
    assert sum(line.rows for line in receipts.read(deletion.receipt).deleted) >= 5


def test_a_job_that_was_given_up_is_taken_up_again(app, cast, close, clock, carry_out, monkeypatch, left):
    close(cast.ada)
    clock.forward(days=15)
    with monkeypatch.context() as broken:
        broken.setattr(Register, "residue", lambda *args: ["somewhere"])
        for _try in range(9):
            carry_out()
            clock.forward(hours=6)
        assert [deletion.state for deletion in deletions_in(app)] == [DeletionState.RUNNING]
    carry_out()
    assert [deletion.state for deletion in deletions_in(app)] == [DeletionState.DONE]


def test_what_is_still_there_at_the_end_is_never_called_deleted(app, cast, close, clock, carry_out, monkeypatch, outbox):
    close(cast.ada)
    clock.forward(days=15)
    monkeypatch.setattr(Register, "residue", lambda *args: ["somewhere"])
    carry_out()
    assert [deletion.state for deletion in deletions_in(app)] == [DeletionState.RUNNING]
    assert outbox.to(cast.ada.email) == []
    with app.app_context():
        assert service.count_late(grace=timedelta(hours=3)) == 1


def test_old_addresses_are_erased_too_though_their_rows_go_first(app, cast, unit, close, clock, carry_out):
    ada = cast.ada
    close(ada)
    with unit():
        db.session.add(
            EmailChange(
                person_id=ada.id, old_email="Before@Example.com", old_email_key="before@example.com",
                new_email=ada.email, new_email_key=ada.email,
                state=EmailChangeState.CONFIRMED, confirmed_at=time.now(),
            )
        )  # fmt: skip
        db.session.add(
            Email(
                kind="x/y", subject_id=None, to_address="BEFORE@example.com", to_key="before@example.com",
                subject_line="s", text="t", html="h",
                headers={}, message_id="<1@x>", created_at=time.now() - timedelta(hours=1),
            )
        )  # fmt: skip
    clock.forward(days=14, minutes=1)
    carry_out()
    with app.app_context():
        assert db.session.scalars(select(Email).where(Email.to_key == "before@example.com")).all() == []
