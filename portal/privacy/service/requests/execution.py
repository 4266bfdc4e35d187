"""Carrying a request out: one door for page, job and command, and it opens for what is proven and open alone (P32).

Of somebody without an account no more is carried out than what is held by the proven address. An account's copy and deletion
are its own, behind a sign-in: a mailbox alone opens neither.
"""

import uuid
from collections.abc import Callable, Mapping

from portal.accounts.models import Person
from portal.consent import service as consent
from portal.kit import clock
from portal.kit.claims import Ground
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.newsletter import service as newsletter
from portal.privacy.models import Outcome, Reason, Request, Right
from portal.privacy.service import deletions
from portal.privacy.service.requests import copies, identity, rows


class NotExecutable(Refusal):
    """Not proven, a duplicate, paused, closed, begun already, or of a locked account: it is never carried out."""


class NothingToExecute(Refusal):
    """This request is answered by its handler: nothing is carried out by itself."""


def carry_out(request: Request, *, by: uuid.UUID | None = None) -> None:
    """Carry out a locked request. Raises NotExecutable, and NothingToExecute for what somebody answers by hand."""
    check_executable(request)
    act = (_OF_ACCOUNTS if request.subject_id else _OF_GUESTS).get(request.kind)
    if act is None or not identity.can_be_told_apart(request):
        raise NothingToExecute
    # Before: a deletion closes what is open of its person, but for what it carries out.
    request.executed_at = clock.now()
    try:
        act(request)
    except NothingToExecute:
        request.executed_at = None
        raise
    request.handler_id = by or request.handler_id
    rows.record("privacy.request_executed", request=request, by=by)


def check_executable(request: Request) -> None:
    """Let nothing pass but a locked request that may be carried out. Raises NotExecutable."""
    if not is_executable(request):
        raise NotExecutable


def is_executable(request: Request) -> bool:
    """Tell whether a request is proven, open, and of an account that is not locked."""
    return request.is_executable and not _is_frozen(request)


def can_carry_out(request: Request) -> bool:
    """Tell whether `carry_out` would do something now."""
    acts = _OF_ACCOUNTS if request.subject_id else _OF_GUESTS
    return request.is_executable and request.kind in acts and identity.can_be_told_apart(request) and not _is_frozen(request)


def _is_frozen(request: Request) -> bool:
    # Whose account is locked has not said yet which of all that was asked is theirs.
    person = db.session.get(Person, request.subject_id) if request.subject_id else None
    return person is not None and person.frozen_at is not None


def carry_out_at_once(request: Request) -> None:
    """Carry a request out without any staff, where that can be done; else it waits for them."""
    if request.is_executable and request.subject_id is None:
        try:
            carry_out(request)
        except (NotExecutable, NothingToExecute):
            return


def _restrict(request: Request) -> None:
    _decide(request, consent.EVERYTHING, consent.Choice.RESTRICTED)
    _done(request)


def _object(request: Request) -> None:
    for key, purpose in consent.PURPOSES.items():
        if purpose.ground is Ground.LEGITIMATE_INTEREST:
            _decide(request, key, consent.Choice.OBJECTED)
    _done(request)


def _decide(request: Request, purpose: str, choice: consent.Choice) -> None:
    if request.subject_id:
        consent.decide(request.subject_id, purpose=purpose, choice=choice, mechanism=consent.Mechanism.EMAIL)


def _stop_newsletter(request: Request) -> None:
    if not newsletter.leave_by_address(request.email or ""):
        raise NothingToExecute
    _done(request)


def _erase(request: Request) -> None:
    request.result_id = deletions.begin_for_address(request.email or "", language=request.language)


def _done(request: Request) -> None:
    rows.end(request, outcome=Outcome.DONE, reason=Reason.AS_ASKED)


_OF_ACCOUNTS: Mapping[Right, Callable[[Request], None]] = {Right.RESTRICTION: _restrict, Right.OBJECTION: _object}
_OF_GUESTS: Mapping[Right, Callable[[Request], None]] = {
    Right.ACCESS: copies.begin,
    Right.COPY: copies.begin,
    Right.OBJECTION: _stop_newsletter,
    Right.DELETION: _erase,
}
