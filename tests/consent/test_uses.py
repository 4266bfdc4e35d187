"""Whoever lists people for a purpose, or emails them for one, is told the same as whoever asks about one of them."""

from __future__ import annotations

import itertools
import uuid

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.consent import service
from portal.consent.service import BY_EMAIL, EVERYTHING, PURPOSES, Choice, Mechanism
from portal.kit.db import db
from portal.mail import service as mail
from portal.mail.models import Email, EmailState

pytestmark = pytest.mark.both_databases


def decide(person, purpose, choice):
    service.decide(person.account_id, purpose=purpose, choice=Choice(choice), mechanism=Mechanism.SETTINGS)
    db.session.flush()


def listed(purpose) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Person.id).where(service.usable(Person.id, purpose=purpose))))


@pytest.mark.parametrize("purpose", [*PURPOSES, "unheard_of"])
def test_a_list_names_whoever_may_be_used_and_nobody_else(unit, cast, clock, purpose):
    ada, ben = cast.ada, cast.ben
    known = purpose in PURPOSES
    words = ["granted", "denied", "objected", "granted", "restricted", "granted", "lifted", "objected", "lifted", "granted"]
    for word, scope in itertools.product(words, (purpose, EVERYTHING)):
        if not known or (scope == EVERYTHING and word not in ("restricted", "lifted")):
            continue
        clock.forward(seconds=1)
        with unit():
            decide(ada, scope, word)
        with unit():
            expected = {each.account_id for each in (ada, ben) if service.may_use(each.account_id, purpose=purpose)}
            assert listed(purpose) == expected, (word, scope)
    with unit():
        assert (ben.account_id in listed(purpose)) is (known and PURPOSES[purpose].default)


def test_a_grant_of_analytics_that_has_lapsed_lists_nobody(unit, cast, clock):
    with unit():
        decide(cast.ada, "analytics", "granted")
    clock.forward(days=181)
    with unit():
        assert listed("analytics") == {cast.ada.account_id}
    clock.forward(days=2)
    with unit():
        assert listed("analytics") == set()


def write(to, purpose):
    # A kind that is there; which purpose it serves is what counts.
    recipient = mail.Recipient(to.email, subject_id=to.id)
    return mail.send("newsletter/confirm", to=recipient, purpose=purpose, url="https://portal.example/x")


@pytest.mark.parametrize("purpose", BY_EMAIL)
def test_an_email_is_refused_when_it_is_written_to_whoever_objected(unit, cast, purpose):
    with unit():
        decide(cast.ada, purpose, "objected")
        with pytest.raises(mail.UseRefused):
            write(cast.ada, purpose)
        assert db.session.scalars(select(Email).where(Email.purpose == purpose)).all() == []


def test_an_email_that_waits_does_not_leave_once_its_reader_has_restricted_every_use(unit, cast, outbox, run_jobs):
    with unit():
        email_id = write(cast.ada, "betas")
    with unit():
        decide(cast.ada, EVERYTHING, "restricted")
    run_jobs()
    with unit():
        email = db.session.get(Email, email_id)
        assert (email.state, email.to_address, email.text) == (EmailState.FAILED, "", "")
    assert outbox.to(cast.ada.email) == []


@pytest.mark.parametrize("purpose", ["analytics", "product_improvement", "staff_search", EVERYTHING, "unheard_of", ""])
def test_nobody_is_emailed_for_a_purpose_that_is_none_of_emails(unit, cast, purpose):
    with unit():
        decide(cast.ada, "analytics", "granted")
        with pytest.raises(mail.UseRefused):
            write(cast.ada, purpose)


def test_an_address_without_an_account_has_allowed_nothing(unit, cast):
    with unit(), pytest.raises(mail.UseRefused):
        write(cast.mallory, "betas")


def test_an_email_that_is_no_service_says_what_for(unit, cast):
    with unit(), pytest.raises(mail.PurposeMissing):
        mail.send("newsletter/issue", to=mail.Recipient(cast.ada.email, subject_id=cast.ada.id))


def test_what_somebody_asked_for_always_comes(unit, cast, outbox):
    with unit():
        decide(cast.ada, EVERYTHING, "restricted")
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="A question", message="Do you still answer?")
    assert outbox.to(cast.ada.email)
