"""A report of misuse is hidden in every use of the register from the account that it names (S31)."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit.claims import register
from portal.kit.db import db
from portal.support.models import Message, Ticket

pytestmark = pytest.mark.both_databases

WORDS = "Somebody else reads the orders of Ada."


@pytest.fixture
def reported(new_client, cast):
    """A report by somebody who is not signed in."""
    new_client().submit("/report-misuse", email=cast.ada.email, message=WORDS)


def subject_of(unit, person):
    with unit():
        return accounts.subject_of(accounts.get_person(person.account_id))


def everything(unit, subject) -> str:
    """Return all that a copy would hold of the helpdesk."""
    with unit():
        return str([list(each) for each in register().export(subject) if each.name.startswith("ticket")])


def held(unit, subject) -> int:
    """Return how many rows of the helpdesk the register counts as about a subject, in every use that counts."""
    with unit():
        counted = [*register().held(subject), *register().retained(subject)]
        return sum(rows for row, rows in counted if row.area == "support")


def erase(unit, subject):
    with unit():
        while register().erase(subject):
            pass
        register().erase_anchor(subject)
        assert [name for name in register().residue(subject) if name.startswith("ticket")] == []


def words(unit):
    with unit():
        return db.session.scalars(select(Message.body)).all()


def test_it_is_in_no_copy_and_no_count_of_the_account_it_names(reported, cast, unit):
    ada = subject_of(unit, cast.ada)
    assert held(unit, ada) == 0
    assert WORDS not in everything(unit, ada)


def test_an_erasure_of_that_account_leaves_the_words_and_takes_the_address(reported, cast, unit):
    erase(unit, subject_of(unit, cast.ada))
    assert words(unit) == [WORDS]
    with unit():
        assert db.session.scalars(select(Ticket.email)).all() == [""]
    sam = cast.sign_in_staff(cast.sam)
    with unit():
        ticket_id = db.session.scalars(select(Ticket.id)).one()
    page = sam.submit(f"/admin/tickets/{ticket_id}", message="Noted.")
    assert WORDS in page.text and "Noted." in page.text


def test_a_change_of_address_does_not_make_it_the_accounts(reported, cast, outbox, unit):
    browser = cast.sign_in(cast.ada)
    browser.submit("/settings/email", email="ada.new@example.com")
    browser.submit(outbox.last("ada.new@example.com").link("/email/confirm/"))
    ada = subject_of(unit, cast.ada)
    assert held(unit, ada) == 0
    erase(unit, ada)
    assert words(unit) == [WORDS]


@pytest.mark.parametrize("named", ["ada@example.com", "ADA@example.com", "ada.new@example.com"])
def test_whoever_reports_an_account_from_within_is_not_its_reporter(cast, outbox, unit, named):
    """The session may be the intruder's: neither an address of now nor one from before makes the report theirs."""
    browser = cast.sign_in(cast.ada)
    browser.submit("/settings/email", email="ada.new@example.com")
    browser.submit(outbox.last("ada.new@example.com").link("/email/confirm/"))
    browser.submit("/report-misuse", email=named, message=WORDS)
    assert held(unit, subject_of(unit, cast.ada)) == 0


def test_a_reporter_who_was_signed_in_has_it_in_their_copy_and_their_erasure(cast, unit):
    cast.sign_in(cast.ben).submit("/report-misuse", email=cast.ada.email, message=WORDS)
    ben = subject_of(unit, cast.ben)
    assert WORDS in everything(unit, ben)
    assert held(unit, subject_of(unit, cast.ada)) == 0
    erase(unit, subject_of(unit, cast.ada))
    assert words(unit) == [WORDS]
    erase(unit, ben)
    assert words(unit) == []


def test_its_end_comes_by_itself_and_that_of_other_tickets_does_not(reported, cast, unit, clock, client):
    client.submit("/contact", name="Ada", email=cast.ada.email, subject="Zips", message="Where?")
    clock.forward(days=179)
    with unit():
        assert "ticket" not in register().sweep()
    clock.forward(days=2)
    with unit():
        assert register().sweep()["ticket"] == 1
    assert words(unit) == ["Where?"]
    with unit():
        assert WORDS not in words_of_board(unit)


def words_of_board(_unit) -> str:
    """Return what the register says about how long tickets are kept."""
    return next(row.kept for row in register().rows() if row.table == "ticket")
