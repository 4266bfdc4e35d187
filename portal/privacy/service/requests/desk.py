"""The privacy officer's desk: what waits, one request with all it needs, and the verbs that decide it.

A second look is decided by somebody else than the first answer; with one officer, a senior may.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select

from portal.kit import accepted_files, clock, paging, staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.periods import describe, period
from portal.kit.refusals import NotFound, Refusal
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.privacy.models import REASONS, Outcome, PauseReason, Reason, Request, RequestFile, RequestState, Right, Source
from portal.privacy.models.rights import ANSWERABLE
from portal.privacy.service.requests import answers, corrections, execution, intake, rows
from portal.privacy.service.requests.corrections import Proposed

HANDLERS = (Role.PRIVACY, Role.SENIOR)
"""Who decides; senior staff only what the privacy officer has answered before."""


class OwnAnswer(Refusal):
    """Whoever gave the first answer can't take the second look at it."""


class NotYetReceived(Refusal):
    """A request can't have arrived in the future, nor longer ago than `answer`, the time in which it must be answered."""


@dataclass(frozen=True)
class RequestLine:
    """A request in a list. It shows nothing about anybody, so nobody's record tells that it was shown."""

    id: uuid.UUID
    reference: str
    kind: Right
    source: Source
    state: RequestState
    first_id: uuid.UUID | None
    received_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class OpenedRequest:
    """One request with what is needed to decide it."""

    request: Request
    joined: Sequence[Request]
    """Those that asked for the same, and were added to it."""
    files: Sequence[RequestFile]
    first: Request | None
    """What a second look looks at."""
    is_mine: bool
    """Whether the reader may decide it."""
    corrections: Sequence[Proposed] = ()
    """What should be corrected, with what it says now."""

    @property
    def awaits_decision(self) -> bool:
        """Whether corrections wait, whose decision closes it."""
        is_open = self.request.state in ANSWERABLE
        return is_open and any(each.decision is None for each in self.corrections)


@dataclass(frozen=True)
class Evidence:
    """A file as it is handed out: never as something that a browser runs."""

    name: str
    media_type: str
    stream: BinaryIO


@for_staff(*HANDLERS)
def intake_by_staff(kind: Right, *, email: str, message: str, language: str, received_at: datetime, by: Staff) -> uuid.UUID:
    """Enter a request of somebody who wrote or called. Its 30 days began when it arrived; its person proves it by a code.

    Raises NotYetReceived, and NotFound for anybody but the privacy officer.
    """
    if by.role is not Role.PRIVACY:
        raise NotFound
    now = clock.now()
    if not now - period("request_answer") < received_at <= now:
        raise NotYetReceived(answer=describe(period("request_answer")))
    request = rows.add_for_address(
        kind, source=Source.STAFF, email=email, message=message, language=language, received_at=received_at
    )
    rows.record("privacy.request_received", request=request, by=by.person_id, source=request.source.value)
    intake.send_code(request)
    return request.id


_LINE = tuple(getattr(Request, name) for name in RequestLine.__annotations__)


@for_staff(*HANDLERS)
def waiting_requests(
    *, by: Staff, states: Collection[RequestState] = ANSWERABLE, after: str | None = None, size: int = 50
) -> paging.Page[RequestLine]:
    """Return a page of what waits, what is due first on top; senior staff see second looks alone. Raises NotFound."""
    query = select(*_LINE).where(Request.state.in_(states))
    if by.role is not Role.PRIVACY:
        query = query.where(Request.first_id.is_not(None))
    found = paging.paginate(query, at=Request.due_at, key=Request.id, after=after, size=size, newest_first=False)
    return paging.Page([RequestLine(*row) for row in found.rows], found.after)


@for_staff(*HANDLERS)
@before_writes
def read_request(request_id: uuid.UUID, *, by: Staff) -> OpenedRequest:
    """Return a request; that it was opened is on record before, for its person to see (P36). Raises NotFound."""
    request = db.session.get(Request, request_id)
    if request is None or not _may_see(request, by):
        raise NotFound
    subjects = [request.subject_id] if request.subject_id else []
    staff_reads.record(Request, by=by, subjects=subjects, basis=Basis.REQUEST, basis_id=request.id)
    joined = db.session.scalars(select(Request).where(Request.duplicate_of_id == request_id)).all()
    concerned = [request_id, *(each.id for each in joined)]
    files = db.session.scalars(select(RequestFile).where(RequestFile.request_id.in_(concerned))).all()
    first = db.session.get(Request, request.first_id) if request.first_id else None
    staged = corrections.shown(request) if request.verified_at else []
    for line in filter(None, map(corrections.line_of, {each.line for each in staged})):
        staff_reads.record(line.table.model, by=by, subjects=subjects, basis=Basis.REQUEST, basis_id=request.id)
    return OpenedRequest(request, joined, files, first, _may_decide(request, first, by), staged)


@for_staff(*HANDLERS)
@before_writes
def read_evidence(file_id: uuid.UUID, *, by: Staff) -> Evidence:
    """Return a file of a request; that it was opened is on record before, for its person to see (P36). Raises NotFound."""
    file = db.session.get(RequestFile, file_id)
    request = db.session.get(Request, file.request_id) if file else None
    if file is None or request is None or not _may_see(request, by) or not storage().exists(file.file_key):
        raise NotFound
    found = Evidence(file.name, accepted_files.KINDS[file.kind].media_type, storage().open(file.file_key))
    subjects = [request.subject_id] if request.subject_id else []
    staff_reads.record(RequestFile, by=by, subjects=subjects, basis=Basis.REQUEST, basis_id=request.id)
    return found


@for_staff(*HANDLERS)
def pause(request_id: uuid.UUID, *, reason: PauseReason, by: Staff) -> None:
    """Say that we wait for the person, and for what; the due date stays. Raises NotFound, OwnAnswer, RequestMovedOn."""
    request = _taken(request_id, by)
    if request.state != RequestState.OPEN or request.executed_at:
        raise rows.RequestMovedOn
    request.state, request.pause_reason, request.handler_id = RequestState.PAUSED, reason, by.person_id
    rows.record("privacy.request_paused", request=request, by=by.person_id, reason=reason.value)
    answers.tell_paused(request)


@for_staff(*HANDLERS)
def resume(request_id: uuid.UUID, *, by: Staff) -> None:
    """Go on with a request that waited for its person. Raises NotFound, OwnAnswer, RequestMovedOn."""
    request = _taken(request_id, by)
    if request.state != RequestState.PAUSED:
        raise rows.RequestMovedOn
    rows.resume(request, by=by.person_id)


@for_staff(*HANDLERS)
def execute(request_id: uuid.UUID, *, by: Staff) -> None:
    """Carry a request out. Raises NotFound, OwnAnswer, NotExecutable, NothingToExecute."""
    request = _taken(request_id, by)
    execution.carry_out(request, by=by.person_id)
    if request.state == RequestState.CLOSED:
        answers.tell_closed(request)


@for_staff(*HANDLERS)
def close(request_id: uuid.UUID, *, outcome: Outcome, reason: Reason, answer: str = "", by: Staff) -> None:
    """Answer a request for good, with an outcome, a reason of the closed list, and words of one's own.

    What nobody has proven can only be refused, for that reason. Raises NotFound, OwnAnswer, RequestMovedOn,
    ReasonNotOfOutcome, CorrectionsPending.
    """
    request = _taken(request_id, by)
    if request.state in ANSWERABLE and corrections.waiting(request):
        raise corrections.CorrectionsPending
    is_unproven = request.state == RequestState.AWAITING_IDENTITY
    if request.state == RequestState.CLOSED or request.executed_at:
        raise rows.RequestMovedOn
    if (
        reason not in REASONS[outcome]
        or is_unproven is not (reason is Reason.NOT_CONFIRMED)
        or outcome in rows.NO_ANSWER_OF_OURS
    ):
        raise rows.ReasonNotOfOutcome
    rows.end(request, outcome=outcome, reason=reason, by=by.person_id, answer=answer)
    answers.tell_closed(request)


@for_staff(*HANDLERS)
def decide_corrections(
    request_id: uuid.UUID, *, applied: Collection[uuid.UUID], seen: str, reason: Reason | None, answer: str, by: Staff
) -> None:
    """Make the corrections that are `applied`, decline the others with a reason, and answer the request for good (P26).

    Raises NotFound, OwnAnswer, and what `corrections.decide` raises.
    """
    request = _taken(request_id, by)
    corrections.decide(request, applied=applied, seen=seen, reason=reason, answer=answer, by=by.person_id)
    answers.tell_closed(request)


def _taken(request_id: uuid.UUID, by: Staff) -> Request:
    request = rows.get_locked(request_id)
    if not _may_see(request, by):
        raise NotFound
    first = db.session.get(Request, request.first_id) if request.first_id else None
    if not _may_decide(request, first, by):
        raise OwnAnswer
    return request


def _may_see(request: Request, by: Staff) -> bool:
    return by.role is Role.PRIVACY or request.first_id is not None


def _may_decide(request: Request, first: Request | None, by: Staff) -> bool:
    return _may_see(request, by) and (first is None or first.handler_id != by.person_id)
