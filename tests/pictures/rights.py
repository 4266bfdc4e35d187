"""Requests of people without an account, in the further states that their pages show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.kit import clock
from portal.kit.unit import unit_of_work
from portal.privacy.models import Outcome, Reason, RequestState, Right
from portal.privacy.service.requests.links import token_of
from tests.pictures.demo import Demo
from tests.privacy.desk import plant

ANSWER = "The delivery notes of May name you as the person who signed for them. The carrier’s copies say the same."


def awaiting_its_code(made: Demo) -> str:
    """Return the page that takes the code of a deletion which somebody has asked for on another's behalf."""
    agent = {"agent_name": "Alan Agent", "agent_email": "alan@example.com", "agent_email_key": "alan@example.com"}
    return _page(made, Right.DELETION, email="wei@example.com", **agent)


def refused(made: Demo) -> str:
    """Return the page of a request that was refused, with the authority and the person's last word."""
    ended = {"outcome": Outcome.REFUSED, "reason": Reason.NOT_SHOWN, "answer": ANSWER, "closed_at": clock.now()}
    return _page(made, Right.OBJECTION, email="kai@example.com", **_answered(**ended))


def copied(made: Demo) -> str:
    """Return the page at which the copy of somebody without an account is fetched."""
    ended = {"outcome": Outcome.DONE, "reason": Reason.AS_ASKED, "closed_at": clock.now()}
    return _page(made, Right.COPY, email="lin@example.com", **_answered(**ended)) + "/copy"


def _answered(**ended: Any) -> dict[str, Any]:
    dates = {"received_at": clock.now() - timedelta(days=4), "due_at": clock.now() + timedelta(days=26)}
    return {"state": RequestState.CLOSED, "verified_at": clock.now(), **dates, **ended}


def _page(made: Demo, kind: Right, **columns: Any) -> str:
    with made.app.app_context(), unit_of_work():
        return f"/privacy/request/{token_of(plant(kind, **columns))}"
