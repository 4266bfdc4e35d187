"""What staff have read: on record before it is shown, in rows that nobody changes and only the sweep deletes."""

import uuid

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from portal.kit import audit, staff_reads
from portal.kit.actor import Role
from portal.kit.audit import AuditEntry
from portal.kit.claims import register
from portal.kit.db import Base, db
from portal.kit.immutable import RowIsImmutable
from portal.kit.staff_reads import Basis, StaffRead, StaffReadSubject
from portal.kit.unit import WrittenAlready
from portal.legal.policy import PERIODS
from portal.support.models import Ticket

pytestmark = pytest.mark.both_databases


@pytest.fixture
def sam(people):
    """Sam at work."""
    return people.staff_in(people.sign_in_staff(people.sam))


@pytest.fixture
def reads(lab):
    """Return the reads that are on record, each with whom it was about."""

    def stored():
        with lab.app_context():
            about = db.session.execute(select(StaffReadSubject.read_id, StaffReadSubject.subject_id)).all()
            rows = db.session.scalars(select(StaffRead).order_by(StaffRead.at)).all()
            return [(row, {subject for read, subject in about if read == row.id}) for row in rows]

    return stored


def look(by, *subjects, **more):
    """Record a read of a ticket."""
    staff_reads.record(Ticket, by=by, subjects=subjects, basis=Basis.TICKET, basis_id=uuid.uuid4(), **more)


def test_a_read_is_on_record_before_anything_is_shown(lab_unit, sam, reads):
    with pytest.raises(ZeroDivisionError), lab_unit(write=False):
        look(sam)
        raise ZeroDivisionError
    assert len(reads()) == 1


def test_it_says_who_in_which_role_whose_what_and_what_gave_the_right(lab_unit, sam, reads, people):
    ticket_id, organisation_id = uuid.uuid4(), uuid.uuid4()
    with lab_unit(write=False):
        staff_reads.record(
            Ticket,
            by=sam,
            subjects=[people.ada.id, people.ben.id, people.ada.id],
            basis=Basis.TICKET,
            basis_id=ticket_id,
            how_many=3,
            organisation_id=organisation_id,
        )
    ((read, subjects),) = reads()
    assert subjects == {people.ada.id, people.ben.id}
    assert (read.staff_id, read.role, read.organisation_id) == (people.sam.id, "support", organisation_id)
    assert (read.basis, read.basis_id) == ("ticket", ticket_id)
    assert (read.claim, read.table_name, read.how_many) == ("support", "ticket", 3)


def test_each_read_has_a_salt_of_its_own(lab_unit, sam, reads):
    with lab_unit(write=False):
        look(sam)
        look(sam)
    salts = {read.salt for read, _subjects in reads()}
    assert [len(salt) for salt in salts] == [16, 16]


def test_a_read_comes_before_the_first_write_of_its_unit(lab_unit, sam, reads):
    with pytest.raises(WrittenAlready, match="record comes before"), lab_unit():
        audit.record("lab.written")
        look(sam)
    assert reads() == []


def test_what_no_claim_holds_cannot_be_read(lab_unit, sam):
    with pytest.raises(KeyError), lab_unit(write=False):
        staff_reads.record(Base, by=sam, subjects=[], basis=Basis.TICKET, basis_id=uuid.uuid4())


class TestNobodyChangesIt:
    """A row is written once."""

    @pytest.fixture(autouse=True)
    def one(self, lab_unit, sam, people):
        """One read about Ada."""
        with lab_unit(write=False):
            look(sam, people.ada.id)

    def test_a_row_that_was_changed_in_the_session_is_refused(self, lab_unit, reads):
        with pytest.raises(RowIsImmutable), lab_unit():
            db.session.scalars(select(StaffRead)).one().role = Role.ADMIN
        assert [read.role for read, _subjects in reads()] == ["support"]

    @pytest.mark.parametrize("model", [StaffRead, StaffReadSubject])
    def test_a_row_that_was_deleted_in_the_session_is_refused(self, lab_unit, reads, model):
        with pytest.raises(RowIsImmutable), lab_unit():
            db.session.delete(db.session.scalars(select(model)).one())
        assert [len(subjects) for _read, subjects in reads()] == [1]

    @pytest.mark.parametrize(
        "statement",
        [update(StaffRead).values(role="admin"), update(StaffReadSubject).values(subject_id=uuid.uuid4()),
         delete(StaffRead), delete(StaffReadSubject)],
        ids=["update", "update whom", "delete", "delete whom"],
    )  # fmt: skip
    def test_a_statement_of_the_session_is_refused(self, lab_unit, statement):
        with pytest.raises(RowIsImmutable), lab_unit():
            db.session.execute(statement)

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE staff_read SET role = 'admin'", "UPDATE staff_read_subject SET subject_id = read_id"],
    )
    def test_a_statement_that_passes_no_session_is_refused_by_the_database(self, lab, statement):
        with lab.app_context(), pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))

    def test_the_sweep_deletes_it_with_whom_it_was_about_when_its_time_is_up(self, lab_unit, clock):
        with lab_unit():
            register().sweep()
            assert db.session.scalar(select(func.count()).select_from(StaffRead)) == 1
        clock.forward(days=PERIODS["audit"].length.days + 1)
        with lab_unit():
            assert register().sweep()["staff_read"] == 1
        with lab_unit():
            for model in (StaffRead, StaffReadSubject):
                assert db.session.scalar(select(func.count()).select_from(model)) == 0

    def test_another_row_is_changed_as_ever(self, lab_unit, recorded):
        with lab_unit():
            audit.record("lab.written")
            db.session.flush()
            db.session.execute(update(AuditEntry).where(AuditEntry.event == "lab.written").values(event="lab.changed"))
        assert recorded() == ["changed"]


def test_an_erased_person_takes_no_evidence_along(lab_unit, sam, people, reads):
    from portal.accounts import service as accounts

    with lab_unit(write=False):
        look(sam, people.ada.id)
    with lab_unit():
        subject = accounts.subject_of(accounts.get_person(people.ada.account_id))
        assert {row.table for row, _count in register().retained(subject)} >= {"staff_read", "staff_read_subject"}
        while register().erase(subject):
            pass
    assert len(reads()) == 1
