"""The link to the one page of a request. Before the code is given it takes the code alone; afterwards a new one, sent to
the proven address, shows how the request stands.

So whoever typed a stranger's address never sees what becomes of the request: their link ends with the code. An account's
request is read by a sign-in. The country that somebody named travels in the link, and is stored nowhere.
"""

import uuid

from portal.kit import tokens
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.privacy.models import Request, RequestState

LINK = tokens.LinkPurpose("privacy.request")
LINKS = (tokens.lasting(LINK, life="audit"),)
"""An answer may be complained about long after it was given."""


class RequestLinkEnded(LinkDead):
    """The link opens no request: confirmed meanwhile, gone, in an account, or not ours. These are never told apart."""


def token_of(request: Request, *, country: str = "") -> str:
    """Return the token of a request's page as it stands now; empty for one that its person reads by a sign-in."""
    stamp = _stamp(request)
    return tokens.sign(LINK, str(request.id), country, stamp=stamp) if stamp else ""


def _stamp(request: Request | None) -> str | None:
    if request is None or request.subject_id or not request.email:
        return None
    if request.state == RequestState.AWAITING_IDENTITY:
        return f"{request.id} code"
    return f"{request.id} {request.email_key} {request.verified_at.isoformat()}" if request.verified_at else None


def request_of(token: str, *, lock: bool = False) -> tuple[Request, str]:
    """Return the request that a link opens, and the country that it carries. Raises RequestLinkEnded."""
    found: list[Request] = []

    def stamp(request_id: str, _country: str) -> str | None:
        key = _id_in(request_id)
        request = db.lock(Request, key) if lock else db.session.get(Request, key)
        found.extend([request] if request else [])
        return _stamp(request)

    try:
        _request_id, country = tokens.read(LINK, token, max_age=period("audit"), stamp=stamp, count=2)
    except LinkDead:
        raise RequestLinkEnded from None
    return found[0], country


def _id_in(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
