"""What the tests of the queue share: its staff, and a request in each state that there is."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from portal.kit import clock, tokens
from portal.kit.actor import Staff
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.privacy.models import (
    REASONS,
    SEALED_ADDRESSES,
    Deletion,
    DeletionState,
    ErasureStep,
    Outcome,
    PauseReason,
    Request,
    RequestState,
    Right,
    Source,
    StepKind,
)
from portal.products.models import ProductCall, Told
from tests.people import Cast, Somebody

GUEST = "guest@example.com"


def staff(cast: Cast, role: str, name: str = "Petra") -> Staff:
    """Return a member of staff in a role, signed in with both factors."""
    person = cast.make(f"{name} Officer", f"{name.lower()}@example.com", "petra files every single form")
    cast.give_role(person, role)
    cast.give_factor(person)
    return cast.staff_in(cast.sign_in_staff(person))


def plant(kind: Right = Right.COPY, *, source: Source = Source.FORM, **columns: Any) -> Request:
    """Add a request as it stands in the database, in the unit that is open."""
    now = clock.now()
    email = columns.pop("email", None if "subject_id" in columns else GUEST)
    request = Request(
        **{
            "id": uuid.uuid4(),
            "reference": tokens.reference(),
            "kind": kind,
            "source": source,
            "email": email,
            "email_key": lookup_key(email) if email else None,
            "received_at": now,
            "due_at": now + timedelta(days=30),
            **columns,
        }
    )
    db.session.add(request)
    db.session.flush()
    return request


def open_of(person: Somebody, kind: Right = Right.COMPLAINT, **columns: Any) -> dict[str, Any]:
    """Return the columns of a proven request of somebody's."""
    return {"kind": kind, "state": RequestState.OPEN, "verified_at": clock.now(), "subject_id": person.id, **columns}


def situations() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """Yield every way in which a request may stand and must not be carried out: its name, and its columns."""
    yield "unproven", lambda: {"code_hash": "x" * 64, "code_sent_at": clock.now()}
    yield "unproven, without a code", dict
    for reason in PauseReason:
        yield f"paused for {reason}", lambda reason=reason: _paused(reason)
    for outcome in Outcome:
        for why in REASONS[outcome]:
            yield f"closed, {outcome} for {why}", lambda outcome=outcome, why=why: _closed(outcome, why)
    yield "closed, never proven", lambda: {**_closed(Outcome.REFUSED, "not_confirmed"), "verified_at": None}
    yield "a duplicate that was left open", lambda: {**_open(), "duplicate_of_id": uuid.uuid4()}
    yield "begun already", lambda: {**_open(), "executed_at": clock.now()}


def _open() -> dict[str, Any]:
    return {"state": RequestState.OPEN, "verified_at": clock.now()}


def _paused(reason: PauseReason) -> dict[str, Any]:
    return {**_open(), "state": RequestState.PAUSED, "pause_reason": reason}


def _closed(outcome: Outcome, reason: Any) -> dict[str, Any]:
    ended = {"state": RequestState.CLOSED, "outcome": outcome, "reason": reason, "closed_at": clock.now()}
    return {**_open(), **ended, "duplicate_of_id": uuid.uuid4() if outcome is Outcome.DUPLICATE else None}


def plant_step(email: str, *, number: str) -> ErasureStep:
    """Add a deletion that is done but for a vendor, who is to be asked by hand to erase an address."""
    now = clock.now()
    deletion = Deletion(id=uuid.uuid4(), number=number, state=DeletionState.DONE, due_at=now, started_at=now)
    db.session.add(deletion)
    db.session.flush()
    step = ErasureStep(
        id=uuid.uuid4(), deletion_id=deletion.id, place=1, kind=StepKind.VENDOR, target="sendgrid", by_hand=True
    )
    step.sealed = SEALED_ADDRESSES.seal(json.dumps([email]).encode(), of=step.id)
    db.session.add(step)
    return step


def plant_call(*, days: int = 9, product: str = "production") -> ProductCall:
    """Add a product that was asked so many days ago to delete a dissolved organisation's data, and says nothing."""
    ids = {"id": uuid.uuid4(), "organisation_id": uuid.uuid4()}
    made_at = clock.now() - timedelta(days=days)
    call = ProductCall(**ids, product=product, tells=Told.ORGANISATION_DELETED, made_at=made_at, tries=days)
    db.session.add(call)
    return call
