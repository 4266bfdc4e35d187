"""Identity by risk (P32): a session, or a code that was mailed to the address. What isn't proven is never carried out."""

import secrets
from enum import StrEnum

from sqlalchemy.exc import IntegrityError

from portal.accounts import service as accounts
from portal.kit import clock, keys, tokens
from portal.kit.claims import Subject, register
from portal.kit.codes import typed
from portal.kit.db import db
from portal.kit.periods import period
from portal.privacy.models import Outcome, Reason, Request, RequestState, Right
from portal.privacy.service.requests import rows

MOST_TRIES = 3
LEFT_BY_ASKING = frozenset({"kit", "jobs", "mail", "privacy"})
"""Areas in which asking leaves something: the request, the email with its code, and the work of sending it."""
_KEY = "privacy.request_code"


class CodeCheck(StrEnum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    SPENT = "spent"
    """It is too old, was tried too often, or there is none: a new one must be sent."""


def renew_code(request: Request) -> str:
    """Return a new code for a request that waits for its person; every older one is dead, and its tries with it."""
    code = tokens.human_code()
    request.code_hash, request.code_sent_at, request.code_tries = _hash(request, code), clock.now(), 0
    return code


def give_code(request: Request, *, code: str) -> CodeCheck:
    """Take a code for a locked request; the right one proves whose request it is. Each try is counted by the row.

    The caller commits whatever comes of it: a wrong one must stay counted.
    """
    if request.state != RequestState.AWAITING_IDENTITY:
        return CodeCheck.SPENT
    check = try_code(request, code=code)
    if check is CodeCheck.RIGHT:
        prove(request)
    return check


def try_code(request: Request, *, code: str) -> CodeCheck:
    """Compare a code with the one that was mailed last; it is good once, and each try is counted by the row."""
    if not _is_live(request):
        return CodeCheck.SPENT
    request.code_tries += 1
    if not _matches(request, typed(code).upper()):
        rows.record("privacy.request_code_refused", request=request, tries=request.code_tries)
        return CodeCheck.WRONG
    request.code_hash = None
    return CodeCheck.RIGHT


def _is_live(request: Request) -> bool:
    if request.code_hash is None or request.code_sent_at is None or request.code_tries >= MOST_TRIES:
        return False
    return -clock.SKEW <= clock.now() - request.code_sent_at <= period("human_code")


def _hash(request: Request, code: str, secret: str | None = None) -> str:
    return keys.mac(keys.derive(secret or keys.secret_keys()[0], _KEY), f"{request.id} {code}")


def _matches(request: Request, code: str) -> bool:
    hashes = [_hash(request, code, secret) for secret in keys.secret_keys()]
    return any(secrets.compare_digest(request.code_hash or "", each) for each in hashes)


def prove(request: Request) -> None:
    """Take a request for its person's: it is opened, or joins the open one that it repeats.

    An account that has the address is found now, and not before: what a stranger types asks nothing of anybody.
    """
    person = accounts.find_by_email(request.email) if request.email and not request.subject_id else None
    request.subject_id = person.id if person else request.subject_id
    request.code_hash, request.verified_at = None, clock.now()
    rows.record("privacy.request_proven", request=request)
    if _joined(request):
        return
    if request.kind != Right.COMPLAINT and not holds_anything(request):
        rows.end(request, outcome=Outcome.NOTHING_HELD, reason=Reason.NOTHING_FOUND)
        return
    _open(request)


def holds_anything(request: Request) -> bool:
    """Tell whether anything is held of the person of a proven request, but for what the request itself has left."""
    if request.subject_id:
        return True
    held = register().held(Subject.of(emails=[request.email or ""]))
    return any(count != 0 for row, count in held if row.area not in LEFT_BY_ASKING)


def can_be_told_apart(request: Request) -> bool:
    """Tell whether what is held by the address is its reader's for certain: no account has it, or had it and has left it."""
    email = request.email or ""
    return request.subject_id is not None or not (accounts.was_left(email) or accounts.find_by_email(email))


def _open(request: Request) -> None:
    # Of two that are proven at the same moment the database lets one in; the other then finds it.
    try:
        with db.session.begin_nested():
            request.state = RequestState.OPEN
            db.session.flush()
    except IntegrityError:
        if not _joined(request):
            raise


def _joined(request: Request) -> bool:
    first = rows.find_open_like(request)
    if first is None:
        return False
    request.duplicate_of_id = first.id
    rows.end(request, outcome=Outcome.DUPLICATE, reason=Reason.SAME_REQUEST)
    return True
