"""What somebody without an account says of data that was not corrected: by their request's link, with a code (P26)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select

from portal.kit import throttle, tokens
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.unit import before_writes
from portal.privacy import mail
from portal.privacy.models import Correction, CorrectionDecision, Request, Right
from portal.privacy.service import statements
from portal.privacy.service.requests import corrections, identity, links, rows
from portal.privacy.service.requests.identity import CodeCheck
from portal.privacy.service.statements import Place

PASS = tokens.LinkPurpose("privacy.request_statement")
CODES = "5 per hour; 15 per day"


@dataclass(frozen=True)
class Disputed:
    """A field whose correction was declined, and what its person says of it."""

    id: uuid.UUID
    what: str
    label: str
    after: str
    """What it should have said."""
    said: str


def may_dispute(request: Request) -> bool:
    """Tell whether somebody without an account may say something of what was declined; a second look has its own page."""
    if request.kind is not Right.CORRECTION or request.subject_id or request.verified_at is None:
        return False
    return bool(db.session.scalar(select(exists(_declined(request))))) and identity.can_be_told_apart(request)


@before_writes
def send_statement_code(token: str) -> None:
    """Send the code that opens the statements, within a silent limit. Raises RequestLinkEnded."""
    seen = _opened(token)
    in_time = throttle.try_consume("privacy.statement_code", str(seen.id), CODES)
    request = _opened(token, lock=True)
    if in_time:
        mail.statement_code(request, code=identity.renew_code(request))


def open_statements(token: str, *, code: str) -> tuple[CodeCheck, int, str]:
    """Take the code, and return what came of it, the tries left, and for the right one the pass to the statements.

    A wrong one stays counted: the caller raises nothing. Raises RequestLinkEnded.
    """
    request = _opened(token, lock=True)
    check = identity.try_code(request, code=code)
    permit = tokens.sign(PASS, str(request.id)) if check is CodeCheck.RIGHT else ""
    return check, max(0, identity.MOST_TRIES - request.code_tries), permit


def check_dispute(token: str) -> None:
    """Let nothing pass but the link of a request with something to say about. Raises RequestLinkEnded."""
    _opened(token)


def disputed(token: str, *, permit: str) -> list[Disputed]:
    """Return what was declined, and what its person says of each. Raises RequestLinkEnded, LinkDead."""
    request = _permitted(token, permit)
    subject = corrections.subject_of(request)
    found = []
    for each in _corrections(request):
        shown = corrections.shown_one(each)
        said = statements.said_of(subject, place=_place(each))
        found.append(Disputed(each.id, shown.what, shown.label, each.after, said))
    return found


def state_by_link(token: str, *, permit: str, correction_id: uuid.UUID, body: str) -> bool:
    """Set what the person says of a field, or withdraw it by saying nothing; tell whether it stands.

    Raises RequestLinkEnded, LinkDead, TooManyStatements, and NotFound for what was not declined or is gone.
    """
    request = _permitted(token, permit, lock=True)
    each = next((each for each in _corrections(request) if each.id == correction_id), None)
    if each is None:
        raise NotFound
    subject, address = corrections.subject_of(request), request.email_key or ""
    statement_id, stands = statements.put(subject, place=_place(each), body=body, email_key=address)
    if stands:
        rows.record("privacy.statement_set", request=request, statement=statement_id)
    elif statement_id:
        rows.record("privacy.statement_withdrawn", request=request, statement=statement_id)
    return stands


def _permitted(token: str, permit: str, *, lock: bool = False) -> Request:
    request = _opened(token, lock=lock)
    (request_id,) = tokens.read(PASS, permit, max_age=period("fresh"), count=1)
    if request_id != str(request.id):
        raise LinkDead
    return request


def _opened(token: str, *, lock: bool = False) -> Request:
    request, _country = links.request_of(token, lock=lock)
    if not may_dispute(request):
        raise links.RequestLinkEnded
    return request


def _declined(request: Request) -> Select[Correction]:
    mine = select(Correction).where(Correction.request_id == request.id)
    return mine.where(Correction.decision == CorrectionDecision.DECLINED)


def _corrections(request: Request) -> Sequence[Correction]:
    return db.session.scalars(_declined(request).order_by(Correction.proposed_at, Correction.id)).all()


def _place(each: Correction) -> Place:
    return Place(each.line, each.record_id, each.field)
