"""Whose data: no spelling of an address reaches a claim, and the rows of many subjects are found by one clause."""

import uuid

import pytest
from sqlalchemy import select

from portal.kit.claims import Subject, of_subjects
from portal.kit.db import db
from portal.support.models import Ticket

pytestmark = pytest.mark.both_databases

ADA, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.mark.parametrize("spelled", ["ADA@example.com", " ada@example.com", "ada@bücher.example"])
def test_an_address_as_it_was_typed_cannot_be_looked_for(spelled):
    with pytest.raises(ValueError, match=r"Subject\.of") as refused:
        Subject(ADA, frozenset({spelled}))
    assert "ada" not in str(refused.value).lower()


def test_a_subject_is_made_of_addresses_however_they_are_spelled():
    ada = Subject.of(ADA, emails=["ADA@Example.com", "ada@example.com"])
    assert ada == Subject(ADA, frozenset({"ada@example.com"}))


def test_what_is_printed_of_a_subject_holds_no_address():
    assert "example.com" not in repr(Subject.of(ADA, emails=["ada@example.com"]))


def test_a_subject_without_an_account_stays_apart_from_rows_without_one(unit):
    clause = of_subjects(person=Ticket.subject_id, email=Ticket.email_key, since=Ticket.opened_at)
    with unit():
        _plant("left", None, "nobody@example.com")
        assert _found(clause, []) == _found(clause, [Subject()]) == set()
        assert _found(clause, [Subject.of(emails=["NOBODY@example.com"])]) == {"left"}


def test_the_rows_of_many_subjects_are_found_by_one_clause(unit):
    clause = of_subjects(
        person=Ticket.subject_id,
        email=Ticket.email_key,
        since=Ticket.opened_at,
        email_only_if=Ticket.subject_id.is_(None),
    )
    with unit():
        _plant("ada's", ADA, "elsewhere@example.com")
        _plant("typed", None, "ada@example.com")
        _plant("ben's", BEN, "ada@example.com")
        _plant("eve's", uuid.UUID(int=3), "eve@example.com")
        ada, ben = Subject.of(ADA, emails=["Ada@Example.com"]), Subject.of(BEN)
        assert _found(clause, [ada]) == {"ada's", "typed"}
        assert _found(clause, [ada, ben]) == {"ada's", "typed", "ben's"}


def _plant(reference, subject_id, email):
    values = {"name": "", "subject": "", "email": email, "email_key": email}
    db.session.add(Ticket(reference=reference, subject_id=subject_id, **values))
    db.session.flush()


def _found(whose, subjects):
    return set(db.session.scalars(select(Ticket.reference).where(whose(subjects))))
