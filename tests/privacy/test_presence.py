"""Whoever was here is not idle, though the history of it is gone; what nobody looked at for long counts anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Person, SignInEvent, SignInOutcome, SignInSession
from portal.kit import clock as now
from portal.kit.db import db
from portal.kit.periods import period
from portal.privacy import service
from portal.privacy.checks import CHECKS
from portal.privacy.models import StandingOrder
from portal.privacy.service.idle_accounts import AT_ONCE, LONGEST_GAP

pytestmark = pytest.mark.both_databases
STEP = 3
"""Days between two looks: fewer than any history is kept for."""


@pytest.fixture
def pass_days(clock, unit):
    """Let days pass on which the worker is there: it looks, sweeps, and follows orders."""

    def pass_days(days: int) -> None:
        for step in [STEP] * (days // STEP) + [days % STEP]:
            clock.forward(days=step)
            with unit():
                service.ask_idle()
            with unit():
                service.sweep_batch()
            with unit():
                service.follow_orders()

    return pass_days


def order(unit) -> StandingOrder:
    with unit():
        return db.session.scalars(select(StandingOrder).where(StandingOrder.kind == "account")).one()


def visit(unit, person) -> None:
    """Be here for a moment: what stays of it is a line in the history."""
    with unit():
        event = SignInEvent(person_id=person.account_id, outcome=SignInOutcome.SIGNED_IN, device="Firefox")
        db.session.add(event)


def leave(unit) -> None:
    with unit():
        db.session.execute(delete(SignInSession))


def what_is_known(unit) -> int:
    with unit():
        return len(db.session.scalars(select(SignInEvent.id)).all())


@pytest.mark.parametrize("chosen", [{}, {"history": "7"}], ids=["history for 90 days", "history for 7 days"])
def test_a_visit_counts_though_its_history_is_gone(chosen, clock, cast, unit, pass_days):
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="365", **chosen)
    leave(unit)
    pass_days(200)
    came_at = now.now()
    visit(unit, cast.ada)
    assert what_is_known(unit) == 1
    pass_days(136)
    assert what_is_known(unit) == 0, "the history of the visit is gone"
    assert abs(order(unit).here_at - came_at) < timedelta(hours=1)
    assert order(unit).goes_at is None, "nobody is asked who was here 136 days ago"
    pass_days(200)
    assert order(unit).goes_at is not None, "the days count from the visit"


def test_a_worker_that_was_away_asks_and_closes_nobody(clock, cast, unit, run_jobs, pass_days):
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="180")
    leave(unit)
    pass_days(153)
    run_jobs()
    assert order(unit).goes_at is not None
    clock.forward(days=30)
    for _look in range(3):
        with unit():
            service.ask_idle()
        clock.forward(hours=1)
    there = order(unit)
    assert (there.asked, there.goes_at, there.email_id) == (0, None, None)
    assert now.now() - there.here_at < timedelta(hours=4), "what happened meanwhile nobody knows: the days count anew"
    with unit():
        assert db.session.get(Person, cast.ada.account_id).deactivated_at is None


def test_a_clock_that_was_ahead_leaves_no_day_in_the_future(clock, cast, unit):
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="180")
    for jump in (3650, -3650):
        clock.forward(days=jump)
        with unit():
            service.ask_idle()
    assert order(unit).here_at <= now.now()


def test_all_are_looked_at_daily_in_pieces_longest_unseen_first(clock, cast, unit):
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="365")
    with unit():
        ada = cast.ada.account_id
        db.session.execute(delete(StandingOrder))
        terms = {"terms_version": "1", "terms_accepted_at": now.now()}
        for place in range(AT_ONCE + 1):
            somebody = Person(name="x", email=f"{place}@x.example", email_key=f"{place}@x.example", **terms)
            if place:
                db.session.add(somebody)
                db.session.flush()
            db.session.add(
                StandingOrder(
                    person_id=somebody.id if place else ada,
                    kind="account",
                    days=365,
                    starts_at=now.now(),
                    looked_at=now.now() - timedelta(days=2, minutes=place),
                )
            )
    with unit():
        assert service.ask_idle() == AT_ONCE
    with unit():
        left = select(StandingOrder.person_id).where(StandingOrder.looked_at < now.now() - timedelta(days=1))
        assert db.session.scalars(left).all() == [ada], "the one that was seen last comes last"
    with unit():
        assert service.ask_idle() == 1
    with unit():
        assert service.ask_idle() == 0


def test_an_account_that_nobody_looked_at_is_seen_by_the_check(clock, cast, unit):
    cast.sign_in(cast.ada).submit("/settings/privacy/orders", account="180")
    (check,) = [check for check in CHECKS if check.name == "orders_followed"]
    clock.forward(days=2)
    with unit():
        assert service.count_unseen(grace=timedelta(days=3)) == 0
    clock.forward(days=2)
    with unit():
        finding = check.run()
        assert not finding.ok
        assert "haven’t checked lately" in " ".join(check.say(finding.statements))


def test_no_history_goes_sooner_than_a_gap_is_noticed(unit):
    with unit():
        assert min(period("wasnt_me_link"), period("sign_in_history")) >= LONGEST_GAP
