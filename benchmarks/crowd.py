"""People in a database, by SQL: signed in, with a history and a ticket each; and what a page asks of that database."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, insert

from portal.accounts.models import Person, SignInEvent, SignInOutcome, SignInSession
from portal.kit import clock, passwords
from portal.kit.access import SESSION_SLOT
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.tokens import hash_secret, new_secret, reference
from portal.kit.unit import unit_of_work
from portal.legal import documents
from portal.promises import service as promises
from portal.support.models import Author, Message, Ticket

PEOPLE = 60
"""Who look at pages; as many others sign in."""
PASSWORD = "seven seams of indigo denim"
DEVICE = "Firefox on Linux"
SESSIONS, EVENTS = 3, 5


@dataclass(frozen=True)
class Customer:
    """Somebody with an account, and the secrets of their sessions: the first is that of the browser that asks."""

    id: uuid.UUID
    name: str
    email: str
    secrets: tuple[str, ...]

    def cookie(self, app: Flask) -> str:
        """Return the cookie of the browser in which they are signed in."""
        # Ours is a subclass, which the type of Flask does not say.
        signed = app.session_interface.get_signing_serializer(app).dumps({SESSION_SLOT: self.secrets[0]})  # type: ignore[attr-defined]
        return f"{app.config['SESSION_COOKIE_NAME']}={signed}"


def settle(app: Flask, *, people: int = 2 * PEOPLE) -> list[Customer]:
    """Let all of them move in, and have the promises checked once, as the worker does; return the people."""
    crowd = [_customer(number) for number in range(people)]
    with app.app_context():
        with unit_of_work():
            _move_in(crowd)
        with unit_of_work():
            promises.run_checks()
    return crowd


def _customer(number: int) -> Customer:
    secrets = tuple(new_secret() for _each in range(SESSIONS))
    return Customer(uuid.uuid4(), f"Ada Tailor {number}", f"ada{number}@example.com", secrets)


def _customer(number: int) -> Customer:
    secrets = tuple(new_secret() for _each in range(SESSIONS))
    return Customer(uuid.uuid4(), f"Ada Tailor {number}", f"ada{number}@example.com", secrets)


def _move_in(crowd: list[Customer]) -> None:
    hashed = passwords.hasher().hash(PASSWORD)
    tickets = {each.id: uuid.uuid4() for each in crowd}
    rows: dict[Any, list[dict[str, Any]]] = {
        Person: [_person(each, hashed) for each in crowd],
        SignInSession: [_session(each, secret) for each in crowd for secret in each.secrets],
        SignInEvent: [
            {"person_id": each.id, "outcome": SignInOutcome.SIGNED_IN, "device": DEVICE}
            for each in crowd
            for _event in range(EVENTS)
        ],
        Ticket: [_ticket(each, tickets[each.id]) for each in crowd],
        Message: [
            {"ticket_id": ticket, "author": Author.CUSTOMER, "body": "How do I print a marker?"}
            for ticket in tickets.values()
        ],
    }
    for table, each in rows.items():
        db.session.execute(insert(table), each)


def _person(each: Customer, hashed: str) -> dict[str, Any]:
    terms = documents.get("terms").in_force(clock.today())
    return {
        "id": each.id,
        "name": each.name,
        "email": each.email,
        "email_key": each.email,
        "password_hash": hashed,
        "terms_version": str(terms.number),
        "terms_accepted_at": clock.now(),
    }


def _session(each: Customer, secret: str) -> dict[str, Any]:
    return {
        "person_id": each.id,
        "secret_hash": hash_secret(secret),
        "device": DEVICE,
        "expires_at": clock.now() + period("session_absolute"),
        # Not to be noted as in use while a proof runs.
        "seen_at": clock.now() + timedelta(minutes=1),
        "fresh_until": clock.now() + period("fresh"),
    }


def _ticket(each: Customer, ticket: uuid.UUID) -> dict[str, Any]:
    return {
        "id": ticket,
        "reference": reference(),
        "subject_id": each.id,
        "name": each.name,
        "email": each.email,
        "email_key": each.email,
        "subject": "A question about markers",
    }


@contextmanager
def asked(app: Flask) -> Iterator[Counter[str]]:
    """Count what reaches the database: its `statements`, and its `checkouts` of a connection, each with a transaction."""
    counts: Counter[str] = Counter()

    def note_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counts["statements"] += not statement.startswith("BEGIN")

    def note_checkout(*_args: object) -> None:
        counts["checkouts"] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note_statement)
    event.listen(engine, "checkout", note_checkout)
    try:
        yield counts
    finally:
        event.remove(engine, "before_cursor_execute", note_statement)
        event.remove(engine, "checkout", note_checkout)
