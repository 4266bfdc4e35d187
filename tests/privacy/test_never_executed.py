"""What was not proven, is a duplicate, waits for its person or is closed is never carried out: by nobody, in no way (P32).

Every state × every right × every way in × every verb that could carry something out: page, job and command.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
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
from portal.privacy.models import Deletion, Export, Request, RequestState, Right, Source
from portal.privacy.service.requests import execution, rows
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
