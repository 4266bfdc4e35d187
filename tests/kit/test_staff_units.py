"""Who works for staff: an endpoint, a job and a command of theirs meet the guard, and nobody else does (P09)."""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Response
from sqlalchemy import false, insert, null, select, text, update

from portal.accounts import service as accounts
from portal.accounts.models import Person, TotpFactor
from portal.jobs import service as jobs
from portal.jobs.models import Job
from portal.kit import audit, staff_writes
from portal.kit.actor import Role, System
from portal.kit.audit import AuditEntry
from portal.kit.claims import Register, register, staff_may
from portal.kit.commands import AdminCommand
from portal.kit.db import db
from portal.kit.job_kinds import JobKind, job_kinds
from portal.kit.staff_writes import StaffMayNotWrite
from portal.kit.unit import acting_as, unit_of_work
from portal.support.models import Message, Ticket

pytestmark = pytest.mark.both_databases

PLANTED = "planted-by-staff"


def set_password(person_id: uuid.UUID) -> None:
    """What no code of staff may do, with an entry beside it that they may make."""
    audit.record("test.planted", subject_id=person_id)
    accounts.get_person(person_id).password_hash = PLANTED


@pytest.fixture
def is_untouched(app):
    """Tell whether neither the password nor what was written beside it is there."""

    def look(person) -> bool:
        with app.app_context():
            planted = db.session.scalar(select(AuditEntry.id).where(AuditEntry.event == "test.planted"))
            return planted is None and accounts.get_person(person.account_id).password_hash != PLANTED

    return look


@pytest.fixture
def plant(app, monkeypatch):
    """Put a view of the test's own in the place of an endpoint, with that one's tag."""

    def put(endpoint, view):
        view.access_tag = app.view_functions[endpoint].access_tag
        monkeypatch.setitem(app.view_functions, endpoint, view)

    return put


def a_password(person):
    def view(**_names):
        set_password(person.account_id)
        return Response("done", mimetype="text/plain")

    return view


def test_a_staff_endpoint_that_sets_a_password_is_stopped_and_nothing_of_it_stays(cast, plant, is_untouched, capsys):
    sam, ada = cast.sign_in_staff(cast.sam), cast.ada
    token = sam.get("/admin/tickets").fields()["csrf_token"]
    plant("admin.reopen", a_password(ada))
    page = sam.post(f"/admin/tickets/{uuid.uuid4()}/reopen", csrf_token=token)
    assert page.status == 500
    assert is_untouched(ada)
    said = capsys.readouterr().out
    assert "staff.write_refused" in said
    assert "person.password_hash" in said
    assert PLANTED not in said


def test_the_same_at_a_customers_endpoint_is_the_persons_own(cast, plant, is_untouched):
    ada = cast.ada
    browser = cast.sign_in(ada)
    token = browser.get("/settings/security").fields()["csrf_token"]
    plant("accounts.profile", a_password(ada))
    assert browser.post("/settings/profile", csrf_token=token).status == 200
    assert not is_untouched(ada)


def test_staff_edit_themselves_as_customers(cast, app):
    sam = cast.sign_in_staff(cast.sam)
    sam.submit("/settings/profile", name="Samuel Helper")
    with app.app_context():
        assert accounts.get_person(cast.sam.id).name == "Samuel Helper"


@pytest.mark.parametrize("role", [None, Role.PRIVACY])
def test_a_job_of_staff_writes_no_more_than_they_may(app, cast, monkeypatch, run_jobs, is_untouched, role):
    ada = cast.ada
    kind = JobKind("test.plant", lambda person_id: set_password(uuid.UUID(person_id)), tries=1, role=role)
    monkeypatch.setitem(app.extensions, "portal.job_kinds", {**job_kinds_of(app), kind.name: kind})
    with app.app_context(), unit_of_work():
        jobs.enqueue(kind.name, person_id=str(ada.account_id))
    run_jobs()
    assert is_untouched(ada) is (role is not None)
    with app.app_context():
        failed = db.session.scalars(select(Job.error).where(Job.kind == kind.name)).all()
    assert failed == ([] if role is None else ["StaffMayNotWrite"])


def test_a_job_of_staff_that_writes_what_they_may_ends_as_any_job(app, monkeypatch, run_jobs):
    kind = JobKind("test.note", lambda: audit.record("test.noted"), role=Role.PRIVACY, schedule="* * * * *")
    monkeypatch.setitem(app.extensions, "portal.job_kinds", {**job_kinds_of(app), kind.name: kind})
    with app.app_context(), unit_of_work():
        jobs.enqueue(kind.name)
    run_jobs()
    with app.app_context():
        assert db.session.scalar(select(AuditEntry.event)) == "test.noted"
        assert db.session.scalar(select(Job.id)) is None


def job_kinds_of(app):
    with app.app_context():
        return job_kinds()


@pytest.mark.parametrize(("kind", "may"), [("accounts.reset_staff_factor", True), ("accounts.delete_history", False)])
def test_what_staff_may_not_write_no_job_of_the_portals_own_writes_for_them(app, kind, may):
    outcome = nullcontext() if may else pytest.raises(StaffMayNotWrite)
    with app.app_context(), acting_as(System("a test", Role.ADMIN)), outcome, unit_of_work():
        jobs.enqueue(kind, person_id=str(uuid.uuid4()), until="2026-01-01")
    with app.app_context():
        assert db.session.scalars(select(Job.kind)).all() == ([kind] if may else [])


def test_a_command_of_staff_writes_no_more_than_they_may(app, cast, is_untouched):
    ada = cast.ada

    def run() -> None:
        with unit_of_work():
            set_password(ada.account_id)

    result = CliRunner().invoke(AdminCommand("plant", callback=run), obj=lambda: app)
    assert result.exit_code == 1
    assert "StaffMayNotWrite" in result.output
    assert is_untouched(ada)


@pytest.mark.parametrize(
    "write",
    [
        lambda: db.session.execute(text("UPDATE person SET password_hash = 'x'")),
        lambda: db.session.connection().exec_driver_sql("UPDATE person SET password_hash = 'x'"),
        lambda: db.session.connection().exec_driver_sql("DROP TABLE totp_factor"),
        lambda: db.session.bulk_update_mappings(Person, [{"id": uuid.uuid4(), "password_hash": "x"}]),
        lambda: db.session.bulk_save_objects([TotpFactor(person_id=uuid.uuid4(), secret_sealed=b"x")]),
        lambda: db.session.execute(update(Person), [{"id": uuid.uuid4(), "password_hash": "x"}]),
        lambda: db.session.execute(update(Person).ordered_values((Person.password_hash, "x"))),
        lambda: TotpFactor.__table__.drop(db.session.connection()),
        lambda: db.session.execute(insert(AuditEntry).prefix_with("OR REPLACE").values(event="x", facts={})),
    ],
    ids=["text", "driver", "drop", "mappings", "objects", "by key", "in order", "ddl", "replace"],
)
def test_no_other_way_to_write_goes_round_it(app, write):
    with app.app_context(), acting_as(System("a test", Role.ADMIN)), pytest.raises(StaffMayNotWrite), unit_of_work():
        write()


def test_a_connection_of_its_own_goes_not_round_it_either(app):
    with app.app_context(), acting_as(System("a test", Role.ADMIN)), pytest.raises(StaffMayNotWrite):  # noqa: SIM117
        with db.engine.begin() as connection:
            connection.execute(update(Person).values(password_hash="x"))


@pytest.mark.parametrize(("outer", "inner"), [(Role.ADMIN, None), (None, Role.ADMIN)])
def test_a_unit_of_staff_stays_theirs_whoever_is_said_to_act_within_it(app, outer, inner):
    with app.app_context(), acting_as(System("a test", outer)), pytest.raises(StaffMayNotWrite), unit_of_work():  # noqa: SIM117
        with acting_as(System("somebody else", inner)):
            db.session.execute(update(Person).values(password_hash="x"))


@pytest.mark.parametrize(
    ("values", "passes"),
    [
        ({"body": ""}, True),
        ({"body": "I agree to pay more."}, False),
        ({"body": Message.author}, False),
        ({"body": null()}, False),
        ({"body": "", "author": "customer"}, False),
    ],
)
def test_support_staff_may_empty_a_text_and_put_no_other_in_its_place(app, values, passes):
    written = update(Message).where(false()).values(values).execution_options(synchronize_session=False)
    outcome = nullcontext() if passes else pytest.raises(StaffMayNotWrite)
    with app.app_context(), acting_as(System("a test", Role.SUPPORT)), outcome, unit_of_work():
        db.session.execute(written)


def test_so_it_is_at_the_flush(app, cast):
    ticket = Ticket(
        id=uuid.uuid4(), reference="AAAA-BBBB", name="Ada", email="a@example.com", email_key="a@example.com", subject="Help"
    )
    with app.app_context():
        with unit_of_work():
            db.session.add(ticket)
        for subject, said in (("Another", pytest.raises(StaffMayNotWrite)), ("", nullcontext())):
            with acting_as(System("a test", Role.SUPPORT)), said, unit_of_work():
                db.session.get(Ticket, ticket.id).subject = subject
        assert db.session.get(Ticket, ticket.id, populate_existing=True).subject == ""


def declared(model, **changed) -> Register:
    """Return the register with one table declared otherwise."""
    return Register(
        [
            replace(each, tables=[replace(t, **changed) if t.model is model else t for t in each.tables])
            for each in register().claims
        ]
    )


@pytest.mark.parametrize(
    ("model", "right", "fault"),
    [
        (Person, staff_may(Role.ADMIN, why="x", changes=["password_hash"]), "may change password_hash, which is never"),
        (Person, staff_may(Role.ADMIN, why="x", adds=True), "may add or delete rows that hold what is never theirs"),
        (Person, staff_may(Role.ADMIN, why="x", deletes=True), "rows of totp_factor go with what staff may delete"),
        (TotpFactor, staff_may(Role.ADMIN, why="x", deletes=True), "may add or delete rows that hold"),
        (Ticket, staff_may(Role.SUPPORT, why="x", changes=["price"]), "may change price, which is not stored"),
        (Ticket, staff_may(why="x", changes=["state"]), "without a word who or why"),
        (Ticket, staff_may(Role.SUPPORT, why="", changes=["state"]), "without a word who or why"),
    ],
)
def test_a_right_that_must_not_be_stops_the_boot(app, monkeypatch, model, right, fault):
    with app.app_context():
        monkeypatch.setitem(app.extensions, "portal.register", declared(model, by_staff=[right]))
        with pytest.raises(RuntimeError, match=fault):
            staff_writes.init_app(app)


def test_whoever_writes_what_is_not_stored_is_named(app):
    with app.app_context():
        faults = declared(Message, by_person=["mood"]).faults(db.metadata)
    assert faults == ["ticket_message: somebody writes mood, which is not stored"]


def test_the_register_says_of_each_column_who_writes_it(app):
    with app.app_context():
        said = {row.table: row.writers for row in register().rows()}
        assert all(writers for columns in said.values() for writers in columns.values())
    assert said["person"]["password_hash"] == ["person"]
    assert said["person"]["frozen_at"] == ["system"]
    assert said["person"]["name"] == ["person", "staff.senior", "staff.privacy"], "a correction that was decided"
    assert said["ticket"]["state"] == ["person", "staff.support", "staff.senior"]
    assert said["staff_role"]["role"] == ["system", "staff.admin"]
    assert said["totp_factor"]["secret_sealed"] == ["system"]
