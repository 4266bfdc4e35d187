"""An address that was left counts as its account's for what is older, and never once somebody else has it (S32)."""

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit.claims import register
from portal.kit.db import db
from portal.newsletter.models import Subscriber
from portal.support.models import Attachment, Ticket
from tests.people import Somebody
from tests.support import samples

pytestmark = pytest.mark.both_databases

LEFT, NEW = "ada@example.com", "ada.new@example.com"
PASSWORD = "seven green bobbins in a drawer"


@pytest.fixture
def moved(cast, outbox):
    """Ada, who asked something as a guest, signed in, and has moved to another address."""
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/email", email=NEW)
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    return ada


def guest_ticket(visitor, subject):
    visitor.submit(
        "/contact", name="Nora", email=LEFT, subject=subject, message="M", files=samples.chosen(("a.png", samples.png()))
    )


def link_to(outbox, part) -> str:
    """Return the newest link of a kind that went to the address that was left."""
    return next(email.link(part) for email in reversed(outbox.to(LEFT)) if part in email.text)


def signs_up(visitor, outbox) -> Somebody:
    """Have somebody else prove that the mailbox is theirs now."""
    visitor.submit("/signup", name="Nora New", email=LEFT, password=PASSWORD, accept_terms="y")
    visitor.submit(link_to(outbox, "/verify-email/"))
    visitor.submit("/login", email=LEFT, password=PASSWORD)
    return Somebody("Nora New", LEFT, PASSWORD)


def subject_of(unit, person):
    with unit():
        return accounts.subject_of(accounts.get_person(person.account_id))


def copied(unit, subject, table="ticket", column="subject"):
    """Return one column of what a copy would hold of a table."""
    with unit():
        (dataset,) = [each for each in register().export(subject) if each.name == table]
        return {row[column] for row in dataset}


def erase(unit, subject):
    with unit():
        while register().erase(subject):
            pass
        register().erase_anchor(subject)


def test_what_a_guest_wrote_after_the_move_is_in_no_copy_and_no_erasure_of_who_has_left(
    moved, new_client, cast, unit, outbox
):
    new_client().submit("/signup", name="Nora", email=LEFT, password=PASSWORD, accept_terms="y")
    new_client().submit("/newsletter", email=LEFT)
    new_client().submit(link_to(outbox, "/newsletter/confirm/"))
    guest_ticket(new_client(), "Nora's")
    ada = subject_of(unit, cast.ada)
    assert {former.key for former in ada.former_emails} == {LEFT}
    assert copied(unit, ada) == set()
    assert copied(unit, ada, "sign_up", "name") == set()
    assert copied(unit, ada, "newsletter_subscriber", "email") == set()
    assert "Nora's" not in moved.get("/support").text
    erase(unit, ada)
    with unit():
        assert db.session.scalars(select(Ticket.subject)).all() == ["Nora's"]
        assert len(db.session.scalars(select(Attachment)).all()) == 1
        assert db.session.scalars(select(Subscriber.email)).all() == [LEFT]


def test_what_was_there_before_the_move_still_counts(cast, client, outbox, unit):
    client.submit("/signup", name="Ada, again", email=LEFT, password=PASSWORD, accept_terms="y")
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/email", email=NEW)
    ada.submit(outbox.last(NEW).link("/email/confirm/"))
    ada = subject_of(unit, cast.ada)
    assert copied(unit, ada, "sign_up", "name") == {"Ada, again"}
    erase(unit, ada)
    assert copied(unit, ada, "sign_up", "name") == set()


def test_once_somebody_else_has_confirmed_it_nothing_of_theirs_is_the_formers(moved, new_client, cast, unit, outbox):
    nora = new_client()
    signs_up(nora, outbox)
    nora.submit("/contact", subject="Signed in", message="M", files=samples.chosen(("b.png", samples.png())))
    guest_ticket(new_client(), "As a guest")
    ada = subject_of(unit, cast.ada)
    assert ada.former_emails == frozenset()
    assert copied(unit, ada) == set()
    erase(unit, ada)
    page = nora.get("/support").text
    assert "Signed in" in page and "As a guest" in page
    with unit():
        assert len(db.session.scalars(select(Attachment)).all()) == 2


def test_whoever_has_the_address_now_gets_no_link_into_the_account_that_left_it(moved, new_client, cast, outbox):
    undo = link_to(outbox, "/email/undo/")
    signs_up(new_client(), outbox)
    assert new_client().get(undo).status == 410
    before = len(outbox.to(LEFT))
    moved.submit("/settings/privacy/delete", confirm="y")
    assert outbox.last(NEW).link("/settings/privacy/delete/undo/")
    assert len(outbox.to(LEFT)) == before


def test_it_stays_theirs_after_they_have_moved_on_in_turn(moved, new_client, cast, unit, outbox):
    nora = new_client()
    signs_up(nora, outbox)
    nora.submit("/settings/email", email="nora@example.org")
    nora.submit(outbox.last("nora@example.org").link("/email/confirm/"))
    assert subject_of(unit, cast.ada).former_emails == frozenset()


def test_an_email_about_an_account_is_in_no_copy_of_whoever_reads_its_old_mailbox(moved, new_client, unit, outbox):
    nora = signs_up(new_client(), outbox)
    moved.submit("/settings/privacy/delete", confirm="y")
    with unit():
        person = accounts.find_by_email(nora.email)
        subject = accounts.subject_of(person)
        (emails,) = [each for each in register().export(subject) if each.name == "email"]
        assert {row["kind"] for row in emails} <= {"accounts/welcome", "accounts/new_sign_in"}


def test_a_change_that_was_undone_leaves_no_trace_of_the_other_address(moved, new_client, cast, unit, outbox):
    new_client().submit(link_to(outbox, "/email/undo/"))
    ada = subject_of(unit, cast.ada)
    assert (ada.email_keys, ada.former_emails) == ({LEFT}, frozenset())
