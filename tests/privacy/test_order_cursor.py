"""Standing orders take turns: the longest unseen first, each for itself, and one that fails stops nobody else's."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from portal.accounts import service as accounts
from portal.accounts.models import Person, SignInEvent, SignInOutcome
from portal.kit import clock as now
from portal.kit.claims import OrderRule
from portal.kit.claims.register import Register
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.unit import current_unit
from portal.privacy import service
from portal.privacy.checks.orders import CHECKS
from portal.privacy.models import OrderKind, StandingOrder
from portal.privacy.service.order_sweeps import AT_ONCE

pytestmark = pytest.mark.both_databases
OLD = timedelta(days=20)


def somebody(place: int, *, lines: int = 0) -> uuid.UUID:
    """Make a person who has history deleted after a week, with so many old lines of it; a higher place waits longer."""
    address, at = f"{place}@x.example", now.now()
    person = Person(name="x", email=address, email_key=address, terms_version="1", terms_accepted_at=at)
    db.session.add(person)
    db.session.flush()
    order = StandingOrder(person_id=person.id, kind=OrderKind.HISTORY, days=7, starts_at=at - OLD)
    order.looked_at = at - timedelta(days=1, minutes=place)
    lost = {"outcome": SignInOutcome.FAILED, "device": "x", "last_at": at - OLD}
    db.session.add_all([order, *(SignInEvent(person_id=person.id, **lost) for _line in range(lines))])
    return person.id


def follow(unit) -> int:
    with unit():
        return service.follow_orders()


def lines_of(unit, *people: uuid.UUID) -> int:
    with unit():
        mine = select(func.count()).select_from(SignInEvent).where(SignInEvent.person_id.in_(people))
        return db.session.scalar(mine) or 0


def rule(delete) -> OrderRule:
    return OrderRule("history", SignInEvent, where=accounts.signed_in_before, delete=delete)


def said_by_the_check(unit) -> str:
    (check,) = [each for each in CHECKS if each.name == "orders_followed"]
    with unit():
        return " ".join(check.say(check.run().statements))


def test_many_orders_with_nothing_to_do_are_walked_through_in_pieces(clock, unit):
    with unit():
        last = somebody(0, lines=3)
        for place in range(AT_ONCE):
            somebody(place + 1)
    assert follow(unit) == 1, "nothing went, and one is left to look at"
    assert lines_of(unit, last) == 3
    assert follow(unit) == 3
    assert (follow(unit), follow(unit)) == (0, 0)
    clock.forward(minutes=31)
    assert follow(unit) == 1, "an hour later it begins anew"


def test_a_look_reads_nobody_whose_turn_it_is_not(clock, unit, app):
    with unit():
        for place in range(AT_ONCE):
            somebody(place)
    follow(unit)
    said: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert follow(unit) == 0
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert [statement for statement in said if "sign_in_event" in statement] == []


def test_a_rule_that_fails_for_one_stops_nobody_and_is_taken_back_whole(clock, unit, monkeypatch):
    with unit():
        bad, good = somebody(2, lines=2), somebody(1, lines=3)
        key = storage().store("ticket", [b"kept"])

    def delete(person_id, **asked):
        rows = accounts.delete_old_history(person_id, **asked)
        if person_id == bad:
            storage().delete(key)
            raise RuntimeError("out of order")
        return rows

    monkeypatch.setattr(Register, "orders", lambda _self: {"history": rule(delete)})
    with unit():
        assert service.follow_orders() == 3
        assert current_unit().files == []
    with unit():
        assert storage().exists(key), "the file of what stays, stays"
    assert (lines_of(unit, bad), lines_of(unit, good)) == (2, 0)
    assert "1 automatic deletion couldn’t be carried out" in said_by_the_check(unit)
    assert follow(unit) == 0, "it waits for its next turn, as the others do"
    clock.forward(hours=1)
    monkeypatch.undo()
    assert follow(unit) == 2
    assert "couldn’t be carried out" not in said_by_the_check(unit), "what was done in the end is no fault any more"


def test_an_order_is_followed_until_nothing_is_left_whatever_its_rule_takes_at_once(clock, unit, monkeypatch):
    def two(person_id, *, before, most):
        return accounts.delete_old_history(person_id, before=before, most=min(most, 2))

    with unit():
        somebody(1, lines=5)
    monkeypatch.setattr(Register, "orders", lambda _self: {"history": rule(two)})
    assert [follow(unit) for _piece in range(4)] == [2, 2, 1, 0]
