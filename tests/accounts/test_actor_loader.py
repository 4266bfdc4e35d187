"""Who acts is found by one statement, built once; every area may add its part to it."""

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from portal.accounts import service as accounts
from portal.accounts.models import Person, SignInEvent, SignInOutcome, SignInSession
from portal.app import LOAD_ACTOR
from portal.kit import clock as kit_clock
from portal.kit.access import SESSION_SLOT
from portal.kit.actor import Role
from portal.kit.actor_parts import MOST, Part, many_valued
from portal.kit.db import db

pytestmark = pytest.mark.both_databases


@contextmanager
def looked_up(app):
    """Collect the executions of the statement that says who acts: (the statement, was it compiled for this one)."""
    seen = []

    def hear(_connection, _cursor, _sql, _values, context, _many):
        if context.invoked_statement is LOAD_ACTOR.statement:
            seen.append(context.cache_hit.name)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield seen
    event.remove(engine, "before_cursor_execute", hear)


def test_the_one_statement_is_compiled_once_for_all_requests_and_people(app, cast, clock):
    ada, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ben)
    ada.get("/home")
    with looked_up(app) as seen:
        ada.get("/settings/security")
        clock.forward(minutes=10)
        ben.get("/home")
    assert seen == ["CACHE_HIT", "CACHE_HIT"]


def test_roles_and_factor_are_parts_of_it(cast):
    sam, ada = cast.actor_in(cast.sign_in(cast.sam)), cast.actor_in(cast.sign_in(cast.ada))
    assert (sam.roles, sam.has_second_factor) == ({Role.SUPPORT}, True)
    assert (ada.roles, ada.has_second_factor) == (frozenset(), False)


def test_two_parts_cannot_fill_one_field_nor_one_that_an_actor_has_not():
    for part in (Part("name", Person.email), Part("shoe_size", Person.name)):
        with pytest.raises(ValueError):
            accounts.ActorLoader([part])


@dataclass(frozen=True)
class Seen:
    """One line of a many-valued part, as its area reads it."""

    id: uuid.UUID
    device: str
    count: int
    at: datetime


EVENTS = (
    select(SignInEvent.id, SignInEvent.device, SignInEvent.count, SignInEvent.last_at)
    .where(SignInEvent.person_id == Person.id)
    .order_by(SignInEvent.last_at.desc())
    .correlate(Person)
)


@pytest.fixture
def load_with(cast):
    """Load the actor of a browser with one further part, in the place of the roles."""

    def load(part, browser):
        with browser.client.session_transaction(base_url="http://localhost") as cookie:
            secret = cookie[SESSION_SLOT]
        with cast.app.app_context():
            return accounts.ActorLoader([part])(secret)

    return load


class TestManyValued:
    """What is many-valued travels in the same row, on both databases."""

    def test_it_arrives_in_order_as_what_its_columns_hold_and_at_most_fifty(self, cast, unit, load_with):
        now = kit_clock.now()
        with unit():
            for number in range(60):
                at = now - timedelta(minutes=number)
                row = SignInEvent(
                    person_id=cast.ada.id, outcome=SignInOutcome.FAILED, device=f"{number}", count=number, last_at=at
                )
                db.session.add(row)
            db.session.add(SignInEvent(person_id=cast.ben.id, outcome=SignInOutcome.FAILED, device="Ben's", last_at=now))
            db.session.flush()
            wanted = [
                Seen(row.id, row.device, row.count, row.last_at)
                for row in db.session.scalars(
                    select(SignInEvent)
                    .where(SignInEvent.person_id == cast.ada.id)
                    .order_by(SignInEvent.last_at.desc())
                    .limit(MOST)
                )
            ]
        part = many_valued("roles", EVENTS, read=lambda rows: tuple(Seen(*row) for row in rows))
        seen = load_with(part, cast.sign_in(cast.ada)).roles
        assert len(seen) == MOST == 50
        assert list(seen) == wanted

    def test_a_person_without_any_has_an_empty_one(self, cast, load_with):
        part = many_valued("roles", EVENTS, read=tuple)
        assert load_with(part, cast.sign_in(cast.ada)).roles == ()

    def test_truth_values_and_nothing_arrive_as_such(self, cast, load_with):
        query = (
            select(SignInSession.remembered, SignInSession.second_factor_at, SignInSession.person_id)
            .where(SignInSession.person_id == Person.id)
            .correlate(Person)
        )
        part = many_valued("roles", query, read=tuple)
        ((remembered, at, person_id),) = load_with(part, cast.sign_in(cast.ada, remember=True)).roles
        assert (remembered, at, person_id) == (True, None, cast.ada.id)
        assert remembered is True

    def test_a_type_that_has_no_form_in_it_is_refused_at_the_start(self):
        from portal.accounts.models import TotpFactor

        with pytest.raises(ValueError, match="secret_sealed"):
            many_valued("roles", select(TotpFactor.secret_sealed), read=tuple)
