"""What is deleted by itself: off until chosen, told to every address, started late, ended by guards."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import SignInEvent, SignInOutcome
from portal.accounts.service import change_password, lock_person
from portal.kit import clock as now
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.models import OrderKind, StandingOrder
from portal.support.models import Attachment, Message, RemovedFile, Ticket, TicketState
from tests.support.samples import png

PATH = "/settings/privacy/orders"
pytestmark = pytest.mark.both_databases


@pytest.fixture
def ada(clock, cast):
    assert cast.ben
    return cast.sign_in(cast.ada)


def choose(visitor, **days):
    return visitor.submit(PATH, **{kind: str(each) for kind, each in days.items()})


def orders(unit, person) -> dict[OrderKind, int]:
    with unit():
        rows = db.session.execute(
            select(StandingOrder.kind, StandingOrder.days).where(StandingOrder.person_id == person.account_id)
        )
        return {row.kind: row.days for row in rows}


def a_ticket(person, *, closed_for: timedelta, reference="T-1", state=TicketState.CLOSED) -> Ticket:
    ticket = Ticket(
        reference=reference, subject_id=person.account_id, name="A", email=person.email, email_key=person.email,
        subject="Hems", state=state, updated_at=now.now() - closed_for,
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    db.session.add(Message(ticket_id=ticket.id, author="customer", body="They curl."))
    db.session.flush()
    return ticket


def count(unit, model) -> int:
    with unit():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def follow(unit) -> int:
    with unit():
        return service.follow_orders()


def test_everything_is_off_until_it_is_chosen(ada, cast, unit):
    page = ada.page(PATH)
    assert {name: value for name, value in page.fields().items() if name in list(OrderKind)} == dict.fromkeys(OrderKind, "0")
    ada.submit(PATH)
    assert orders(unit, cast.ada) == {}


def test_each_choice_says_what_it_would_delete_today(ada, cast, unit):
    with unit():
        a_ticket(cast.ada, closed_for=timedelta(days=100))
        a_ticket(cast.ben, closed_for=timedelta(days=400), reference="T-2")
    text = ada.get(PATH).text
    assert "After 90 days: would delete 1 entry today" in text and "After 180 days: would delete 0 entries today" in text
    assert count(unit, Ticket) == 2, "a look deletes nothing"


def test_a_change_is_told_to_the_address_and_starts_a_week_later(ada, cast, unit, outbox, clock):
    assert "emailed you" in choose(ada, tickets=90, account=365).text
    email = outbox.last(cast.ada.email)
    assert "after 90 days" in email.text and "/wasnt-me/" in email.text
    with unit():
        a_ticket(cast.ada, closed_for=timedelta(days=100))
    assert follow(unit) == 0
    clock.forward(days=7, minutes=1)
    assert follow(unit) == 1
    assert (count(unit, Ticket), count(unit, Message)) == (0, 0)
    assert follow(unit) == 0


def test_saving_without_a_change_says_and_starts_nothing_anew(ada, cast, unit, outbox):
    choose(ada, files=7)
    before = len(outbox.to(cast.ada.email))
    with unit():
        (first,) = db.session.scalars(select(StandingOrder.id)).all()
    ada.submit(PATH)
    assert len(outbox.to(cast.ada.email)) == before
    with unit():
        assert db.session.scalars(select(StandingOrder.id)).all() == [first]


@pytest.mark.parametrize("days", ["1", "-7", "8", "x", "99999999999999999999"])
def test_a_time_that_is_no_choice_is_refused(ada, cast, unit, days):
    assert choose(ada, files=days).status == 422
    assert orders(unit, cast.ada) == {}


def test_only_what_is_old_closed_and_ones_own_goes(ada, cast, unit, clock):
    choose(ada, tickets=90)
    clock.forward(days=8)
    with unit():
        a_ticket(cast.ada, closed_for=timedelta(days=89), reference="young")
        a_ticket(cast.ada, closed_for=timedelta(days=400), reference="open", state=TicketState.OPEN)
        a_ticket(cast.ben, closed_for=timedelta(days=400), reference="bens")
        raised = a_ticket(cast.ada, closed_for=timedelta(days=400), reference="raised")
        raised.kind = "account_frozen"
        a_ticket(cast.ada, closed_for=timedelta(days=90, minutes=1), reference="old")
    assert follow(unit) == 1
    with unit():
        assert set(db.session.scalars(select(Ticket.reference))) == {"young", "open", "bens", "raised"}


def test_a_ticket_that_is_opened_again_at_the_moment_stays_whole(ada, cast, unit, clock):
    choose(ada, tickets=90)
    clock.forward(days=8)
    with unit():
        ticket = a_ticket(cast.ada, closed_for=timedelta(days=400))
    cast.sign_in(cast.ada).submit(f"/support/{ticket.id}", message="Still curling.")
    assert follow(unit) == 0
    assert count(unit, Message) == 2


def test_files_go_as_their_owner_would_delete_them_and_leave_a_note(ada, cast, unit, clock):
    choose(ada, files=7)
    clock.forward(days=1)
    cast.sign_in(cast.ada).submit("/contact", subject="Photo", message="See it.", files=(io.BytesIO(png()), "hem.png"))
    clock.forward(days=6, minutes=1)
    assert follow(unit) == 0, "old enough is what has been there for a week"
    clock.forward(days=1)
    assert follow(unit) == 1
    assert (count(unit, Attachment), count(unit, RemovedFile), count(unit, Ticket)) == (0, 1, 1)


def test_history_goes_in_bounded_pieces_and_nobody_elses(ada, cast, unit, clock):
    choose(ada, history=7)
    clock.forward(days=8)
    with unit():
        old = now.now() - timedelta(days=20)
        for person, many in ((cast.ada, 620), (cast.ben, 3)):
            db.session.add_all(
                SignInEvent(person_id=person.account_id, outcome=SignInOutcome.FAILED, device=str(n), last_at=old)
                for n in range(many)
            )
    assert (follow(unit), follow(unit)) == (500, 120)
    assert follow(unit) == 0
    assert count(unit, SignInEvent) == 3


def test_a_frozen_account_keeps_what_could_prove_it(ada, cast, unit, clock):
    choose(ada, tickets=90)
    clock.forward(days=8)
    with unit():
        a_ticket(cast.ada, closed_for=timedelta(days=400))
        lock_person(cast.ada.account_id).frozen_at = now.now()
    assert follow(unit) == 0
    assert count(unit, Ticket) == 1


def test_who_changes_what_guards_the_account_ends_every_order_and_is_told(ada, cast, unit, outbox):
    choose(ada, tickets=30, account=180)
    actor = cast.actor_in(ada)
    with unit():
        change_password(actor, current=cast.ada.password, password="ada keeps nine red looms", device="Firefox")
    assert orders(unit, cast.ada) == {}
    assert any("switched automatic deletion off" in email.text for email in outbox.to(cast.ada.email))


def test_orders_are_ones_own_and_ask_for_a_fresh_proof(ada, cast, unit, clock):
    choose(ada, tickets=30)
    assert orders(unit, cast.ben) == {}
    clock.forward(minutes=31)
    assert ada.get(PATH).path == "/confirm-identity"


def test_a_worker_that_was_away_and_a_clock_that_is_behind_delete_no_more_than_was_ordered(ada, cast, unit, clock):
    choose(ada, tickets=365)
    with unit():
        a_ticket(cast.ada, closed_for=timedelta(days=300))
        db.session.execute(update(StandingOrder).values(starts_at=now.now() - timedelta(days=1)))
    assert follow(unit) == 0
    clock.forward(days=-200)
    assert follow(unit) == 0
    clock.forward(days=200 + 66)
    assert follow(unit) == 1
