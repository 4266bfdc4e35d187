"""The copy of somebody without an account: made when it is fetched, by a code of its own, and kept nowhere (P24).

Whoever has the link to a request's page can't fetch it: the code goes to the proven address each time.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import BinaryIO

from portal.kit import clock, throttle, tokens
from portal.kit.claims import Subject
from portal.kit.db import repeatable_read
from portal.kit.i18n import in_language
from portal.kit.periods import period
from portal.kit.refusals import Busy, LinkDead
from portal.kit.sealed_files import CHUNK, SealedFile, new_secret, sealed
from portal.kit.unit import before_writes
from portal.privacy import mail
from portal.privacy.models import Outcome, Request, Right
from portal.privacy.service.archive import Archive
from portal.privacy.service.requests import identity, links
from portal.privacy.service.requests.identity import CodeCheck

PASS = tokens.LinkPurpose("privacy.request_copy")
CODES = "5 per hour; 15 per day"
COPIES = "5 per hour"
_PLACE = Lock()


def is_ready(request: Request) -> bool:
    """Tell whether a copy can be fetched: for some days after the request was carried out."""
    is_done = request.kind in (Right.COPY, Right.ACCESS) and request.outcome == Outcome.DONE
    if not is_done or request.subject_id or request.closed_at is None:
        return False
    return clock.now() < request.closed_at + period("export_ready")


@before_writes
def send_copy_code(token: str) -> None:
    """Send the code that opens the copy, within a silent limit. Raises RequestLinkEnded."""
    seen, _country = links.request_of(token)
    in_time = throttle.try_consume("privacy.copy_code", str(seen.id), CODES)
    request, country = _ready(token)
    if in_time:
        code = identity.renew_code(request)
        mail.copy_code(request, code=code, token=links.token_of(request, country=country))


def open_copy(token: str, *, code: str) -> tuple[CodeCheck, str]:
    """Take the code; the right one gives the pass to the file, for as long as a code lives. Raises RequestLinkEnded.

    A wrong one stays counted: the caller raises nothing.
    """
    request, _country = _ready(token)
    check = identity.try_code(request, code=code)
    return check, tokens.sign(PASS, str(request.id)) if check is CodeCheck.RIGHT else ""


@before_writes
def spend_copy(permit: str) -> None:
    """Spend one of the times that the copy of a request may be made. Raises LinkDead, TooManyTries."""
    throttle.consume("privacy.copy_made", _request_of(permit), COPIES)


@contextmanager
def one_at_once() -> Iterator[None]:
    """Hold the one place at which this process makes such a copy. Raises Busy while somebody else does."""
    if not _PLACE.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _PLACE.release()


def make_copy(token: str, *, permit: str) -> BinaryIO:
    """Return the archive of what is held by the address, open for reading: one state of it. First thing of its unit.

    Raises RequestLinkEnded, LinkDead.
    """
    repeatable_read()
    request, _country = links.request_of(token)
    if _request_of(permit) != str(request.id) or not is_ready(request):
        raise LinkDead
    file = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    # Sealed on the disk too: the secret is this call's own, and goes with it.
    secret, context = new_secret(), request.id.bytes
    with in_language(request.language):
        for part in sealed(Archive(Subject.of(emails=[request.email or ""])), secret=secret, context=context):
            file.write(part)
    return io.BufferedReader(SealedFile(file, secret=secret, context=context), CHUNK)


def _request_of(permit: str) -> str:
    (request_id,) = tokens.read(PASS, permit, max_age=period("human_code"), count=1)
    return request_id


def _ready(token: str) -> tuple[Request, str]:
    request, country = links.request_of(token, lock=True)
    if not is_ready(request):
        raise links.RequestLinkEnded
    return request, country
