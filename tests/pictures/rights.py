"""Requests of people without an account, in the further states that their pages show."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.jobs.models import Job
from portal.kit import clock, packed, tokens
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy.models import ExportState, Outcome, Reason, Request, RequestState, Right
from portal.privacy.service import prepared_copies
from portal.privacy.service.requests import copies
from portal.privacy.service.requests.links import token_of
from portal.privacy.service.requests.statement_links import PASS
from tests.pictures.demo import Demo
from tests.privacy.declined import decline
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
    return _copied(made, "lin@example.com")[1]


def copied_request(made: Demo) -> str:
    """Return the page of its request."""
    return _copied(made, "len@example.com")[0]


def preparing(made: Demo) -> str:
    """Return the page of a request whose copy is being built."""
    begun = {"state": RequestState.OPEN, "verified_at": clock.now(), "executed_at": clock.now()}
    with made.app.app_context(), unit_of_work():
        request = plant(Right.COPY, email="lun@example.com", **begun)
        copies.begin(request)
        db.session.flush()
        db.session.execute(update(Job).where(Job.kind == "privacy.build_export").values(BUILDING))
        return f"/privacy/request/{token_of(request)}"


BUILDING = {"run_at": clock.now() + timedelta(days=1), "progress_done": 700, "progress_total": 1800}


def declined(made: Demo) -> str:
    """Return the page of a request whose correction was declined."""
    with made.app.app_context(), unit_of_work():
        opened = {"state": RequestState.OPEN, "verified_at": clock.now()}
        found = db.session.scalar(select(Request).where(Request.email_key == DEE))
        if found is None:
            found = plant(Right.CORRECTION, email=DEE, **opened)
            decline(found, subject="Pens for the plotter in the basement", after="Pens for the plotter in the attic")
        return f"/privacy/request/{token_of(found)}"


DEE = "dee@example.com"


def disputing(made: Demo) -> str:
    """Return the page at which its person says what is wrong."""
    page = declined(made)
    with made.app.app_context():
        request_id = db.session.scalars(select(Request.id).where(Request.email_key == DEE)).one()
        return f"{page}/statement/{tokens.sign(PASS, str(request_id))}"


def _copied(made: Demo, email: str) -> tuple[str, str]:
    """Return the pages of a request and of its copy, which is ready."""
    ended = {"outcome": Outcome.DONE, "reason": Reason.AS_ASKED, "closed_at": clock.now(), "executed_at": clock.now()}
    with made.app.app_context(), unit_of_work():
        request = plant(Right.COPY, email=email, **_answered(**ended))
        export = prepared_copies.new_export(request_id=request.id)
        secret = packed.encode(prepared_copies.secret_of(export))
        export.job_id, export.secret_sealed, export.size = uuid.uuid4(), None, 48_213
        export.state, export.ready_at, request.result_id = ExportState.READY, clock.now(), export.id
        db.session.add(export)
        page = f"/privacy/request/{token_of(request)}"
    return page, f"{page}/copy/{secret}"


def _answered(**ended: Any) -> dict[str, Any]:
    dates = {"received_at": clock.now() - timedelta(days=4), "due_at": clock.now() + timedelta(days=26)}
    return {"state": RequestState.CLOSED, "verified_at": clock.now(), **dates, **ended}


def _page(made: Demo, kind: Right, **columns: Any) -> str:
    with made.app.app_context(), unit_of_work():
        return f"/privacy/request/{token_of(plant(kind, **columns))}"
