"""Rows of the portal about two people: customer and staff, whoever acted and whom it was about."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit import audit
from portal.kit.audit import AuditEntry
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.staff_reads import StaffRead
from portal.newsletter import service as newsletter
from portal.newsletter.models import Suppression
from portal.support.models import Message

pytestmark = pytest.mark.both_databases

QUESTION, ANSWER = "Where are my zips?", "In the drawer, dear Ada."


@pytest.fixture
def answered(cast, unit):
    """A ticket of Ada's that Sam has read and answered."""
    ticket = cast.sign_in(cast.ada).submit("/contact", subject="Zips", message=QUESTION).path
    cast.sign_in_staff(cast.sam).submit(ticket.replace("/support/", "/admin/tickets/"), message=ANSWER)


@pytest.fixture
def subject_of(unit):
    """Return whose data the register looks for."""

    def find(person):
        with unit():
            return accounts.subject_of(accounts.get_person(person.account_id))

    return find


@pytest.fixture
def copy_of(unit):
    """Return what a copy holds of somebody, by line of the register."""

    def take(subject):
        with unit():
            return {each.name: list(each) for each in register().export(subject)}

    return take


@pytest.fixture
def erase(unit):
    """Erase somebody, and read back that it is complete."""

    def carry_out(subject):
        gone = True
        while gone:
            with unit():
                gone = register().erase(subject)
        with unit():
            register().erase_anchor(subject)
            assert register().residue(subject) == []

    return carry_out


def test_an_erasure_of_who_answered_takes_their_id_and_leaves_the_customer_every_word(
    cast, unit, answered, subject_of, copy_of, erase
):
    ada = subject_of(cast.ada)
    before = copy_of(ada)["ticket_message"]
    assert str(cast.sam.id) in str(before)
    erase(subject_of(cast.sam))
    after = copy_of(ada)["ticket_message"]
    assert after == [{**row, "staff_id": None} for row in before]
    assert {row["body"] for row in after} == {QUESTION, ANSWER}
    page = cast.sign_in(cast.ada).get(f"/support/{after[0]['ticket_id']}")
    assert ANSWER in page.text


def test_an_erasure_of_the_customer_deletes_the_replies_to_them(cast, unit, answered, subject_of, erase):
    erase(subject_of(cast.ada))
    with unit():
        assert db.session.scalars(select(Message)).all() == []


def test_the_copy_of_who_answered_tells_that_they_did_and_no_word_of_the_customers(cast, answered, subject_of, copy_of):
    copy = copy_of(subject_of(cast.sam))
    (reply,) = copy["ticket_message-staff"]
    assert (reply["staff_id"], "body" in reply) == (str(cast.sam.id), False)
    assert copy["ticket_message"] == []
    assert copy["staff_read"] == [] and copy["staff_read-staff"]
    everything = str(copy)
    for secret in (QUESTION, ANSWER, cast.ada.email, str(cast.ada.id)):
        assert secret not in everything


def test_what_somebody_did_for_another_stays_for_the_time_of_the_audit_trail(
    cast, unit, answered, subject_of, erase, clock, copy_of
):
    with unit():
        audit.record("support.lab_done", subject_id=cast.ada.id, by=cast.sam.id)
    sam, ada = subject_of(cast.sam), subject_of(cast.ada)
    own = copy_of(ada)["audit_entry"]
    erase(sam)
    with unit():
        stays = {row.name: rows for row, rows in register().retained(sam)}
        assert stays["audit_entry-actor"] >= 1 and stays["staff_read-staff"] >= 1
        assert db.session.scalars(select(AuditEntry.by_id).where(AuditEntry.event == "support.lab_done")).all() == [
            cast.sam.id
        ]
    assert copy_of(ada)["audit_entry"] == own
    clock.forward(days=731)
    with unit():
        while register().sweep():
            pass
        assert register().retained(sam) == []
        assert db.session.scalars(select(StaffRead)).all() == []


def test_what_somebody_did_for_themselves_is_counted_once(cast, unit, subject_of, copy_of):
    with unit():
        audit.record("support.lab_done", subject_id=cast.ada.id, by=cast.ada.id)
    copy = copy_of(subject_of(cast.ada))
    assert [row["event"] for row in copy["audit_entry"]].count("support.lab_done") == 1
    assert copy["audit_entry-actor"] == []


def test_staff_with_a_ticket_of_their_own_are_both_parties_of_it(cast, unit, subject_of, erase):
    ticket = cast.sign_in(cast.sam).submit("/contact", subject="Mine", message=QUESTION).path
    cast.sign_in_staff(cast.sam).submit(ticket.replace("/support/", "/admin/tickets/"), message=ANSWER)
    erase(subject_of(cast.sam))
    with unit():
        assert db.session.scalars(select(Message)).all() == []


def test_an_opt_out_is_held_as_long_as_there_is_a_newsletter(cast, unit, subject_of, erase):
    with unit():
        db.session.add(Suppression(address_hash=newsletter.hashes_of(cast.ada.email)[0]))
    ada = subject_of(cast.ada)
    erase(ada)
    with unit():
        stays = {row.name: (row.kept, rows) for row, rows in register().retained(ada)}
        assert stays["newsletter_suppression"] == ("As long as there is a newsletter, or until you subscribe again", 1)


def test_the_page_tells_staff_beforehand_that_their_replies_stay_without_them(cast, answered):
    goes = cast.sign_in(cast.sam).get("/settings/privacy/delete").soup.find(id="goes").get_text(" ")
    assert "Replies you wrote as a member of our team: 1 entry. The reply stays in its customer’s ticket." in goes
    stays = cast.sign_in(cast.sam).get("/settings/privacy/delete").soup.find(id="stays").get_text(" ")
    assert "Every time you opened something of a customer’s" in stays


def test_what_is_shown_to_nobody_is_named_to_everybody_alike(cast, new_client, unit):
    def words(person):
        return cast.sign_in(person).get("/settings/privacy").soup.find(id="held-undisclosed").get_text(" ")

    before = words(cast.ada)
    assert "Reports of misuse that name your account" in before
    new_client().submit("/report-misuse", email=cast.ada.email, message="Somebody else is in there.")
    assert words(cast.ada) == words(cast.ben) == before
