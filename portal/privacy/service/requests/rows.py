"""Making, finding and ending requests: what every use case of the queue builds upon."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portal.kit import audit, clock, tokens
from portal.kit.claims import nobodys, person_ids
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal
from portal.privacy.events import DataErased, ErasureBegun
from portal.privacy.models import REASONS, Outcome, Reason, Request, RequestState, Right, Source
from portal.privacy.models.rights import ANSWERABLE

NO_ANSWER_OF_OURS = (Outcome.DUPLICATE, Outcome.WITHDRAWN)
"""Outcomes that say nothing about how fast we answer."""


class RequestMovedOn(Refusal):
    """The request isn't in a state in which this can be done: it may have been closed or paused meanwhile."""


class ReasonNotOfOutcome(Refusal):
    """This outcome can't have this reason."""


def add(kind: Right, *, source: Source, received_at: datetime | None = None, **columns: Any) -> Request:
    """Add a request. It is due 30 days after it arrived, and nothing ever moves that (P33)."""
    received_at = received_at or clock.now()
    request = Request(
        id=uuid.uuid4(),
        reference=tokens.reference(),
        kind=kind,
        source=source,
        received_at=received_at,
        due_at=received_at + period("request_answer"),
        **{"state": RequestState.AWAITING_IDENTITY, "message": "", **columns},
    )
    db.session.add(request)
    return request


def add_for_address(kind: Right, *, source: Source, email: str, **columns: Any) -> Request:
    """Add a request of somebody who has typed this address, which nobody has proven yet."""
    return add(kind, source=source, email=email, email_key=lookup_key(email), **columns)


def waits_for_us() -> ColumnElement[bool]:
    """Tell of rows whether an answer of ours is due: proven, or entered by our team, whose person may never prove it."""
    entered = and_(Request.state == RequestState.AWAITING_IDENTITY, Request.source == Source.STAFF)
    return or_(Request.state.in_(ANSWERABLE), entered)


def get_locked(request_id: uuid.UUID) -> Request:
    """Return a request as the database holds it now, locked until the unit ends. Raises NotFound."""
    request = db.lock(Request, request_id)
    if request is None:
        raise NotFound
    return request


def find_open_like(request: Request) -> Request | None:
    """Return the open request of the same person for the same right that this one would only repeat, or None."""
    same = (
        Request.subject_id == request.subject_id
        if request.subject_id
        else and_(nobodys(Request.subject_id), Request.email_key == request.email_key)
    )
    like = select(Request).where(
        same,
        Request.kind == request.kind,
        Request.state.in_(ANSWERABLE),
        Request.first_id.is_(None),
        Request.id != request.id,
    )
    return db.session.scalar(like.order_by(Request.received_at).limit(1))


def close_unanswerable(begun: ErasureBegun) -> None:
    """Close the open requests of somebody whose data is being deleted: nobody is left who could be answered.

    What they had asked our team to delete is done by that.
    """
    persons, keys = person_ids(begun.subject), [*begun.subject.email_keys]
    theirs = or_(Request.subject_id.in_(persons), and_(nobodys(Request.subject_id), Request.email_key.in_(keys)))
    waiting = select(Request).where(theirs, Request.state.in_(ANSWERABLE), Request.executed_at.is_(None))
    for request in db.session.scalars(waiting.with_for_update()).all():
        if request.kind == Right.DELETION:
            end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED, is_ours=False)
        else:
            end(request, outcome=Outcome.WITHDRAWN, reason=Reason.ERASED)


def close_erased(erased: DataErased) -> None:
    """Close the request that a deletion has carried out, and forget whose it was: the receipt is its answer."""
    request = db.session.scalar(select(Request).where(Request.result_id == erased.deletion_id).with_for_update())
    if request is None or request.state == RequestState.CLOSED:
        return
    end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED)
    request.subject_id = request.email = request.email_key = request.receipt_number = None
    request.agent_name = request.agent_email = request.agent_email_key = None
    request.message = ""


def resume(request: Request, *, by: uuid.UUID | None) -> None:
    """Have a paused request wait for us again."""
    request.state, request.pause_reason = RequestState.OPEN, None
    record("privacy.request_resumed", request=request, by=by)


def end(
    request: Request,
    *,
    outcome: Outcome,
    reason: Reason,
    by: uuid.UUID | None = None,
    answer: str = "",
    is_ours: bool = True,
) -> None:
    """Close a request; `is_ours` is false for what its person did themselves, which says nothing of how fast we answer.

    Raises ValueError when it is closed already, or for a reason that its outcome can't have.
    """
    if reason not in REASONS[outcome] or request.state == RequestState.CLOSED:
        raise ValueError(f"a {request.state} request can't end as {outcome} for {reason}")
    request.state, request.pause_reason, request.closed_at = RequestState.CLOSED, None, clock.now()
    request.outcome, request.reason, request.answer = outcome, reason, answer
    request.handler_id = by or request.handler_id
    request.code_hash = None
    if is_ours and outcome not in NO_ANSWER_OF_OURS and request.verified_at is not None:
        request.answered_in = max(0, int((request.closed_at - request.received_at).total_seconds()))
    record("privacy.request_closed", request=request, by=by, outcome=outcome.value, reason=reason.value)


def record(event: str, *, request: Request, by: uuid.UUID | None = None, **facts: object) -> None:
    """Record in the audit trail what was done with a request."""
    audit.record(event, subject_id=request.subject_id, by=by, request=request.id, reference=request.reference, **facts)
