"""What a page counts is bounded, however much is held; a copy and a receipt say exact numbers (R15)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, insert

from portal.accounts import service as accounts
from portal.accounts.models import SignInEvent
from portal.kit import clock as time
from portal.kit.claims import MOST_COUNTED, register
from portal.kit.claims.counting import MOST_PARENTS
from portal.kit.db import db
from portal.kit.formats import nice_entries
from portal.newsletter.models import Source, Subscriber
from portal.privacy.service import receipts
from portal.support.models import Attachment, Author, Message, Ticket

pytestmark = pytest.mark.both_databases


def plant(unit, person, rows):
    """Give somebody a history of that many sign-ins."""
    now = time.now()
    one = {"person_id": person.account_id, "outcome": "failed", "device": "x", "count": 1, "first_at": now, "last_at": now}
    with unit():
        db.session.execute(insert(SignInEvent), [one] * rows)


@pytest.fixture
def subject_of(unit):
    """Return whose data the register looks for."""

    def find(person):
        with unit():
            return accounts.subject_of(accounts.get_person(person.account_id))

    return find


@pytest.fixture
def said(app):
    """Run something, and return the one statement that it sent with its values."""

    def run(act):
        seen = []

        def note(_connection, _cursor, statement, parameters, *_rest):
            if "count(" in statement:
                seen.append((statement, list(parameters.values() if isinstance(parameters, dict) else parameters)))

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                act()
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
        ((statement, values),) = seen
        return statement, values

    return run


def test_beyond_a_thousand_a_page_says_more_and_no_figure(cast, unit, subject_of):
    ada, ben = cast.ada, cast.ben
    plant(unit, ada, MOST_COUNTED + 1)
    plant(unit, ben, MOST_COUNTED)
    for page, panel in (("/settings/privacy", "held"), ("/settings/privacy/delete", "goes")):
        assert "more than 1,000 entries" in cast.sign_in(ada).get(page).soup.find(id=panel).get_text(" ")
        exact = cast.sign_in(ben).get(page).soup.find(id=panel).get_text(" ")
        assert "1,000 entries" in exact and "more than" not in exact


def test_the_statement_stops_counting_each_table_after_a_thousand_and_one(cast, unit, subject_of, said):
    plant(unit, cast.ada, MOST_COUNTED + 500)
    ada, counted = subject_of(cast.ada), {}
    statement, values = said(lambda: counted.update((row.name, rows) for row, rows in register().held(ada)))
    assert counted["sign_in_event"] == MOST_COUNTED + 1
    assert statement.upper().count("COUNT(") == len(counted) > 10
    assert values.count(MOST_COUNTED + 1) >= len(counted)


def write(unit, person, tickets):
    """Have somebody open that many tickets of one message each, with a file beside the newest and the oldest."""
    now, ids = time.now(), [uuid.uuid4() for _each in range(tickets)]
    who = {"subject_id": person.account_id, "name": "x", "email": person.email, "email_key": person.email, "subject": "x"}
    file = {"name": "a.pdf", "kind": "pdf", "size": 1, "expires_at": now + timedelta(days=1)}
    rows = {
        Ticket: [
            {**who, "id": each, "reference": each.hex[:16], "updated_at": now - timedelta(minutes=number)}
            for number, each in enumerate(ids)
        ],
        Message: [{"id": each, "ticket_id": each, "author": Author.CUSTOMER, "body": "x"} for each in ids],
        Attachment: [{**file, "message_id": each, "file_key": each.hex} for each in (ids[0], ids[-1])],
    }
    with unit():
        for table, each in rows.items():
            db.session.execute(insert(table), each)


def test_what_hangs_on_rows_that_are_too_many_to_look_through_is_not_counted_and_the_page_says_so(cast, unit, subject_of):
    held, lines = [], ("ticket", "ticket_message", "ticket_attachment")
    for person, tickets in ((cast.ada, MOST_PARENTS), (cast.ben, MOST_PARENTS + 1)):
        write(unit, person, tickets)
        subject = subject_of(person)
        with unit():
            found = {row.name: rows for row, rows in register().held(subject)}
        held.append([found[name] for name in lines])
    assert held == [[MOST_PARENTS, MOST_PARENTS, 2], [MOST_PARENTS + 1, None, None]]
    for page, panel in (("/settings/privacy", "held"), ("/settings/privacy/delete", "goes")):
        few, many = (cast.sign_in(each).get(page).soup.find(id=panel).get_text(" ") for each in (cast.ada, cast.ben))
        assert "too many to count here" in many and "too many" not in few
        assert "Files you attached to a ticket" in many


def test_a_copy_and_an_erasure_find_what_a_page_does_not_count(cast, unit, subject_of):
    write(unit, cast.ben, MOST_PARENTS + 1)
    ben = subject_of(cast.ben)
    with unit():
        copied = {each.name: sum(1 for _row in each) for each in register().export(ben)}
        assert register().count(ben) == sum(copied.values())
    assert [copied[name] for name in ("ticket_message", "ticket_attachment")] == [MOST_PARENTS + 1, 2]
    for _piece in range(3):
        with unit():
            register().erase(ben)
    with unit():
        assert [name for name in register().residue(ben) if name.startswith("ticket")] == []


def test_a_row_that_is_found_in_two_ways_is_counted_once(cast, unit, subject_of):
    """Who joins the newsletter in the settings is found by the account, and by its address."""
    ada = subject_of(cast.ada)
    address = {"email": cast.ada.email, "email_key": cast.ada.email}
    with unit():
        joined = Subscriber(**address, subject_id=cast.ada.account_id, source=Source.SETTINGS, language="en")
        db.session.add(joined)
    with unit():
        assert {row.name: rows for row, rows in register().held(ada)}["newsletter_subscriber"] == 1


def test_reading_back_and_telling_what_stays_look_for_one_row_each(cast, unit, subject_of, said):
    ada = subject_of(cast.ada)
    for act in (register_residue, register_retains):
        statement, _values = said(lambda act=act: act(ada))
        assert statement.upper().count("LIMIT") >= statement.upper().count("COUNT(") > 3


def register_residue(subject):
    return register().residue(subject)


def register_retains(subject):
    return register().retains(subject)


def test_a_count_without_a_bound_would_be_seen(cast, subject_of, said):
    ada = subject_of(cast.ada)
    statement, _values = said(lambda: register().count(ada))
    assert "LIMIT" not in statement.upper()


def test_a_copy_and_a_receipt_say_exact_numbers(app, cast, unit, subject_of):
    plant(unit, cast.ada, MOST_COUNTED + 1)
    ada = subject_of(cast.ada)
    with unit():
        (history,) = [each for each in register().export(ada) if each.name == "sign_in_event"]
        assert sum(1 for _row in history) == MOST_COUNTED + 1
        assert register().count(ada) > MOST_COUNTED
    gone, more = {}, True
    while more:
        with unit():
            more = register().erase(ada)
        gone = {name: gone.get(name, 0) + more.get(name, 0) for name in {**gone, **more}}
    assert gone["sign_in_event"] == MOST_COUNTED + 1
    with app.app_context():
        deletion = receipts.Deletion(number="X", requested_at=time.now(), gone=gone)
        receipt = receipts.read(receipts.freeze(deletion, retained=[], stays_besides=[], steps=[]))
        (line,) = [each for each in receipt.deleted if each.line == "sign_in_event"]
        assert nice_entries(line.rows) == "1,001 entries"
