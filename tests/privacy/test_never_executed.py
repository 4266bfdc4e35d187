"""What was not proven, is a duplicate, waits for its person or is closed is never carried out: by nobody, in no way (P32).

Every state × every right × every way in × every verb that could carry something out: page, job and command.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.consent.models import Decision
from portal.kit import clock
from portal.kit.actor import Staff
from portal.kit.db import db
from portal.kit.job_kinds import job_kinds
from portal.kit.refusals import Refusal
from portal.kit.unit import unit_of_work
from portal.newsletter.models import Source as NewsSource
from portal.newsletter.models import Subscriber
from portal.privacy import service
from portal.privacy.models import Correction, Deletion, Export, Reason, Request, RequestState, Right, Source
from portal.privacy.service.requests import corrections, execution, rows
from portal.support.models import Ticket
from tests.privacy.desk import open_of, plant, situations, staff

pytestmark = pytest.mark.both_databases

SITUATIONS = dict(situations())
LEFT_BEHIND = (Decision, Deletion, Export, Subscriber)


def effects() -> dict[str, Any]:
    """Return what is there of all that carrying a request out leaves behind."""
    counts = {each.__name__: db.session.scalar(select(func.count()).select_from(each)) for each in LEFT_BEHIND}
    begun = db.session.execute(select(Request.id, Request.executed_at).where(Request.executed_at.is_not(None)))
    return counts | {str(request_id): at for request_id, at in begun}


def of_an_account() -> dict[str, Any]:
    """Return whose a request of an account is."""
    return {"subject_id": uuid.uuid4()}


def of_a_guest() -> dict[str, Any]:
    """Return whose a request of somebody without an account is, who gets the newsletter."""
    email = f"{uuid.uuid4()}@example.com"
    db.session.add(Subscriber(email=email, email_key=email, source=NewsSource.FORM, language="en"))
    return {"email": email}


def verbs(officer: Staff, senior: Staff) -> dict[str, Callable[[uuid.UUID], object]]:
    """Return everything that could carry a request out."""
    jobs = {
        f"job {name}": lambda _id, kind=kind: kind.handler()
        for name, kind in job_kinds().items()
        if name.startswith("privacy.") and kind.is_sweep and not kind.slow
    }
    assert jobs
    return {
        "execute by the officer": lambda request_id: service.execute(request_id, by=officer),
        "execute by a senior": lambda request_id: service.execute(request_id, by=senior),
        "the one door": lambda request_id: execution.carry_out(rows.get_locked(request_id)),
        "what needs no staff": lambda request_id: execution.carry_out_at_once(rows.get_locked(request_id)),
        **jobs,
    }


@pytest.mark.parametrize("situation", list(SITUATIONS))
def test_no_verb_carries_it_out(app, cast, situation):
    officer, senior = staff(cast, "privacy"), staff(cast, "senior", "Sena")
    with app.app_context(), unit_of_work():
        planted = [
            plant(kind, source=source, **{**whose(), **SITUATIONS[situation]()}).id
            for kind in Right
            for source in Source
            for whose in (of_an_account, of_a_guest)
        ]
        before = effects()
        for name, verb in verbs(officer, senior).items():
            for request_id in planted:
                with suppress(Refusal):
                    verb(request_id)
            assert effects() == before, name


@pytest.mark.parametrize("situation", list(SITUATIONS))
def test_no_verb_makes_its_corrections(app, cast, situation):
    """Each with a correction that would be made at once, were the request proven and open."""
    officer, senior = staff(cast, "privacy"), staff(cast, "senior", "Sena")
    people = [cast.make(f"Mina {source}", f"mina.{source}@example.com", "mina counts her looms") for source in Source]
    with app.app_context(), unit_of_work():
        planted = []
        for person, source in zip(people, Source, strict=True):
            ticket_id, of = uuid.uuid4(), {"name": "Mina", "email": person.email, "email_key": person.email}
            db.session.add(Ticket(id=ticket_id, reference=source, subject_id=person.account_id, subject=WRONG, **of))
            proven = plant(source=source, **open_of(person, Right.CORRECTION))
            wanted = service.Proposal("ticket", ticket_id, "subject", "Right")
            corrections.propose(proven, subject=corrections.subject_of(proven), wanted=wanted, by=None)
            for name, value in {
                "verified_at": None,
                "state": RequestState.AWAITING_IDENTITY,
                **SITUATIONS[situation](),
            }.items():
                setattr(proven, name, value)
            planted.append(proven.id)
        db.session.flush()
        before = effects() | tickets()
        for name, verb in {**verbs(officer, senior), **deciding(officer, senior)}.items():
            for request_id in planted:
                with suppress(Refusal):
                    verb(request_id)
            assert effects() | tickets() == before, name


WRONG = "Wrong"


def tickets() -> dict[str, Any]:
    """Return what each ticket's subject says, and what was decided of corrections."""
    said = {str(ticket_id): subject for ticket_id, subject in db.session.execute(select(Ticket.id, Ticket.subject))}
    decided = db.session.execute(select(Correction.id, Correction.decision).where(Correction.decision.is_not(None)))
    return said | {str(correction_id): decision for correction_id, decision in decided}


def deciding(officer: Staff, senior: Staff) -> dict[str, Callable[[uuid.UUID], object]]:
    """Return the verbs that decide corrections, each as whoever has just seen them would."""

    def decide(request_id: uuid.UUID, *, by: Staff, makes: bool) -> None:
        waiting = corrections.waiting(rows.get_locked(request_id))
        assert waiting
        applied = [each.id for each in waiting] if makes else []
        seen, reason = corrections.mark_of(waiting), None if makes else Reason.NOT_SHOWN
        service.decide_corrections(request_id, applied=applied, seen=seen, reason=reason, answer="Yes.", by=by)

    return {
        f"{'make' if makes else 'decline'} corrections by {by.role}": partial(decide, by=by, makes=makes)
        for by in (officer, senior)
        for makes in (True, False)
    }


@pytest.mark.parametrize("source", list(Source))
def test_what_is_proven_and_open_is_carried_out_once(app, cast, source):
    """The other half, without which the first would hold of a door that never opens."""
    officer = staff(cast, "privacy")
    with app.app_context(), unit_of_work():
        request = plant(source=source, **open_of(cast.ada, Right.RESTRICTION))
        service.execute(request.id, by=officer)
        after = effects()
        assert after["Decision"] == 1 and after[str(request.id)] is not None
        assert request.state == RequestState.CLOSED
        with pytest.raises(service.NotExecutable):
            service.execute(request.id, by=officer)
        assert effects() == after


@pytest.mark.parametrize("kind", [Right.CORRECTION, Right.COMPLAINT])
def test_what_is_answered_in_words_has_nothing_to_carry_out(app, cast, kind):
    officer = staff(cast, "privacy")
    with app.app_context(), unit_of_work():
        request = plant(**open_of(cast.ada, kind))
        with pytest.raises(service.NothingToExecute):
            service.execute(request.id, by=officer)


@pytest.mark.parametrize(
    "change",
    [
        {"executed_at": clock.now},
        {"state": lambda: "open"},
        {"state": lambda: "paused", "pause_reason": lambda: "details"},
        {"state": lambda: "closed"},
    ],
)
def test_the_database_itself_refuses_what_was_not_proven(app, change):
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work():
        request = plant()
        db.session.execute(update(Request).where(Request.id == request.id).values({k: v() for k, v in change.items()}))
