"""Carrying a request out: one door for page, job and command, and it opens for what is proven and open alone (P32)."""

import uuid
from collections.abc import Callable, Mapping

from portal.consent import service as consent
from portal.kit import clock
from portal.kit.claims import Ground
from portal.kit.refusals import Refusal
from portal.privacy.models import Outcome, Reason, Request, Right
from portal.privacy.service.requests import rows


class NotExecutable(Refusal):
    """Not proven, a duplicate, paused, closed, or begun already: such a request is never carried out."""


class NothingToExecute(Refusal):
    """This request is answered by its handler: nothing is carried out by itself."""


def carry_out(request: Request, *, by: uuid.UUID | None = None) -> None:
    """Carry out a locked request. Raises NotExecutable, and NothingToExecute for what somebody answers by hand."""
    if not request.is_executable:
        raise NotExecutable
    act = _ACTS.get(request.kind)
    if act is None or request.subject_id is None:
        raise NothingToExecute
    request.executed_at, request.handler_id = clock.now(), by or request.handler_id
    rows.record("privacy.request_executed", request=request, by=by)
    act(request, request.subject_id)


def can_carry_out(request: Request) -> bool:
    """Tell whether `carry_out` would do something now."""
    return request.is_executable and request.kind in _ACTS and request.subject_id is not None


def _restrict(request: Request, subject_id: uuid.UUID) -> None:
    consent.decide(
        subject_id,
        purpose=consent.EVERYTHING,
        choice=consent.Choice.RESTRICTED,
        mechanism=consent.Mechanism.EMAIL,
    )
    _done(request)


def _object(request: Request, subject_id: uuid.UUID) -> None:
    for key, purpose in consent.PURPOSES.items():
        if purpose.ground is Ground.LEGITIMATE_INTEREST:
            consent.decide(subject_id, purpose=key, choice=consent.Choice.OBJECTED, mechanism=consent.Mechanism.EMAIL)
    _done(request)


def _done(request: Request) -> None:
    rows.end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED)


_ACTS: Mapping[Right, Callable[[Request, uuid.UUID], None]] = {Right.RESTRICTION: _restrict, Right.OBJECTION: _object}
