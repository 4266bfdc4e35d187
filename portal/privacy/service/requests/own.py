"""What a person does with a request of theirs: by the link of whoever has no session, or signed in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit import accepted_files, throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.kit.unit import before_writes
from portal.legal.authorities import Authority
from portal.privacy.models import Outcome, Reason, Request, RequestState, Right, Source, Verdict
from portal.privacy.service.prepared_copies import ExportView
from portal.privacy.service.requests import (
    answers,
    copies,
    copy_links,
    corrections,
    execution,
    identity,
    intake,
    links,
    rows,
    statement_links,
)
from portal.privacy.service.requests.corrections import Proposed
from portal.privacy.service.requests.identity import CodeCheck

REPLIES = "20 per hour"
PER_PERSON = "10 per hour"
MOST_SHOWN = 20
LONGEST = 50_000
"""Characters of all that a person writes in one request."""


class RequestFull(Refusal):
    """The request holds as many words as one page should show."""


@dataclass(frozen=True)
class OwnRequest:
    """A request as its person sees it."""

    request: Request
    needs_code: bool
    is_yours: bool
    """Whether it may be judged, answered to or withdrawn by whoever looks."""
    authority: Authority | None
    country: str
    second: Request | None
    """The second look at its answer, if there is one."""
    corrections: Sequence[Proposed] = ()
    """What should be corrected, for whoever is signed in."""
    copy: ExportView | None = None
    """The copy of somebody without an account: being built, or to be fetched."""

    @property
    def may_judge(self) -> bool:
        """Whether the person is asked for the last word."""
        return self.is_yours and answers.may_say(self.request)

    @property
    def may_dispute(self) -> bool:
        """Whether somebody without an account may say something of what was not corrected."""
        return self.is_yours and statement_links.may_dispute(self.request)

    @property
    def tries_left(self) -> int:
        """How many more tries the newest code has."""
        return max(0, identity.MOST_TRIES - self.request.code_tries)

    @property
    def may_withdraw(self) -> bool:
        """Whether the person can still take it back."""
        return self.is_yours and _can_be_withdrawn(self.request)


WITHDRAWABLE = (RequestState.OPEN, RequestState.PAUSED)


def request_of_link(token: str, *, country: str = "") -> OwnRequest:
    """Return the request that a link opens. Raises RequestLinkEnded."""
    request, carried = links.request_of(token)
    return _seen(request, country=country or carried)


def request_for(actor: Actor, request_id: uuid.UUID, *, country: str = "") -> OwnRequest:
    """Return a request of the actor's account. Raises NotFound."""
    own = _seen(_mine(actor, request_id), country=country)
    if own.request.kind is not Right.CORRECTION:
        return own
    return replace(own, corrections=corrections.shown(own.request, with_values=False))


def _seen(request: Request, *, country: str) -> OwnRequest:
    needs_code = request.state == RequestState.AWAITING_IDENTITY
    second = db.session.scalar(select(Request).where(Request.first_id == request.id))
    authority = answers.authority_for(request, country=country)
    copy = copy_links.copy_of(request)
    return OwnRequest(request, needs_code, not needs_code, authority, country, second, copy=copy)


def _mine(actor: Actor, request_id: uuid.UUID, *, lock: bool = False) -> Request:
    mine = select(Request).where(Request.id == request_id, Request.subject_id == actor.require_id())
    request = db.session.scalar(mine.with_for_update() if lock else mine)
    if request is None or request.verified_at is None:
        raise NotFound
    return request


def requests_for(actor: Actor) -> Sequence[Request]:
    """Return the newest requests of the actor's account, at most a page of them."""
    mine = select(Request).where(Request.subject_id == actor.require_id(), Request.verified_at.is_not(None))
    return db.session.scalars(mine.order_by(Request.received_at.desc(), Request.id).limit(MOST_SHOWN)).all()


@before_writes
def file_request(
    actor: Actor,
    *,
    kind: Right,
    message: str,
    uploads: Sequence[accepted_files.Upload],
) -> uuid.UUID:
    """Take a request of somebody who is signed in; it joins the open one that it repeats. Return the id of that one.

    Raises TooManyTries for the account, UnprovenShareSpent, and what `accepted_files.accept_all` raises.
    """
    taken = _taken(actor, uploads)
    return _filed(actor, kind=kind, message=message, files=taken).id


@before_writes
def ask_correction(
    actor: Actor, *, wanted: corrections.Proposal, message: str, uploads: Sequence[accepted_files.Upload]
) -> uuid.UUID:
    """Take what one field of a record of the actor's should say; it joins an open request. Return the id of that one (P26).

    Raises what `file_request` raises, and what `corrections.propose` raises.
    """
    taken = _taken(actor, uploads)
    request = _filed(actor, kind=Right.CORRECTION, message=message, files=taken)
    corrections.propose(request, subject=accounts.subject_for(actor), wanted=wanted, by=actor.person_id)
    return request.id


@before_writes
def _taken(actor: Actor, uploads: Sequence[accepted_files.Upload]) -> list[accepted_files.NewFile]:
    taken = accepted_files.accept_all(uploads)
    throttle.consume("privacy.request_person", str(actor.require_id()), PER_PERSON)
    return taken


def _filed(actor: Actor, *, kind: Right, message: str, files: Sequence[accepted_files.NewFile]) -> Request:
    request = rows.add(kind, source=Source.PORTAL, subject_id=actor.person_id, language=actor.language, message=message)
    db.session.flush()
    rows.record("privacy.request_received", request=request, by=actor.person_id, source=request.source.value)
    identity.prove(request)
    intake.attach(request, files=files)
    if request.duplicate_of_id:
        return rows.get_locked(request.duplicate_of_id)
    answers.tell_confirmed(request)
    return request


@dataclass(frozen=True)
class Confirmation:
    """What came of a code, and the token of the page to go on to; empty for what an account reads."""

    check: CodeCheck
    token: str = ""
    tries_left: int = 0


def confirm(token: str, *, code: str) -> Confirmation:
    """Take the code that was mailed. A wrong one stays counted: the caller raises nothing. Raises RequestLinkEnded."""
    request, country = links.request_of(token, lock=True)
    check = identity.give_code(request, code=code)
    if check is not CodeCheck.RIGHT:
        return Confirmation(check, token, max(0, identity.MOST_TRIES - request.code_tries))
    execution.carry_out_at_once(request)
    db.session.flush()
    if request.state == RequestState.CLOSED:
        answers.tell_closed(request, country=country)
    elif request.executed_at is None:
        answers.tell_confirmed(request, country=country)
    shown = rows.get_locked(request.duplicate_of_id) if request.duplicate_of_id else request
    return Confirmation(check, links.token_of(shown, country=country))


def judge_by_link(token: str, *, verdict: Verdict) -> None:
    """Take the last word of whoever holds the link. Raises RequestLinkEnded, VerdictGiven."""
    answers.say_verdict(_proven(token), verdict=verdict)


def judge(actor: Actor, *, request_id: uuid.UUID, verdict: Verdict) -> None:
    """Take the last word of a signed-in person. Raises NotFound, VerdictGiven."""
    answers.say_verdict(_mine(actor, request_id, lock=True), verdict=verdict)


def withdraw_by_link(token: str) -> bool:
    """Take a request back, and tell whether that could still be done. Raises RequestLinkEnded."""
    return _withdraw(_proven(token))


def withdraw(actor: Actor, *, request_id: uuid.UUID) -> bool:
    """Take a request of the account back, and tell whether that could still be done. Raises NotFound."""
    return _withdraw(_mine(actor, request_id, lock=True))


@before_writes
def reply_by_link(token: str, *, message: str, uploads: Sequence[accepted_files.Upload]) -> None:
    """Answer what we asked. Raises RequestLinkEnded, RequestMovedOn, RequestFull, TooManyTries, and what files raise."""
    request, _country = links.request_of(token)
    throttle.consume("privacy.request_reply", str(request.id), REPLIES)
    taken = accepted_files.accept_all(uploads)
    _reply(_proven(token), message=message, files=taken)


@before_writes
def reply(actor: Actor, *, request_id: uuid.UUID, message: str, uploads: Sequence[accepted_files.Upload]) -> None:
    """Answer what we asked, signed in. Raises NotFound instead of RequestLinkEnded, else as `reply_by_link`."""
    throttle.consume("privacy.request_reply", str(_mine(actor, request_id).id), REPLIES)
    taken = accepted_files.accept_all(uploads)
    _reply(_mine(actor, request_id, lock=True), message=message, files=taken)


def _proven(token: str) -> Request:
    request, _country = links.request_of(token, lock=True)
    if request.verified_at is None:
        raise links.RequestLinkEnded
    return request


def _withdraw(request: Request) -> bool:
    if not _can_be_withdrawn(request):
        return False
    copies.drop_copy(request)
    rows.end(request, outcome=Outcome.WITHDRAWN, reason=Reason.BY_PERSON)
    answers.tell_withdrawn(request)
    return True


def _can_be_withdrawn(request: Request) -> bool:
    return request.state in WITHDRAWABLE and (request.executed_at is None or copies.is_building(request))


def _reply(request: Request, *, message: str, files: Sequence[accepted_files.NewFile]) -> None:
    if request.state != RequestState.PAUSED:
        raise rows.RequestMovedOn
    if len(request.message) + len(message) > LONGEST:
        raise RequestFull
    request.message = f"{request.message}\n\n{message}".strip()
    intake.attach(request, files=files)
    rows.resume(request, by=request.subject_id)
