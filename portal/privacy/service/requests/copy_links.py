"""Fetching the copy of a request by its link, which holds its only key, with a code of its own each time (P24, P32).

Whoever has the link alone gets nothing: the code goes to the proven address.
"""

from typing import BinaryIO

from portal.kit import clock, throttle, tokens
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.unit import before_writes
from portal.privacy import mail
from portal.privacy.models import Export, ExportState, Request
from portal.privacy.service import prepared_copies
from portal.privacy.service.prepared_copies import ExportView
from portal.privacy.service.requests import copies, identity, links, rows
from portal.privacy.service.requests.identity import CodeCheck

PASS = tokens.LinkPurpose("privacy.request_copy")
CODES = "5 per hour; 15 per day"


def copy_of(request: Request) -> ExportView | None:
    """Return the copy of a request as its person sees it; None where there is none, or it is an account's by now."""
    if request.subject_id or request.kind not in copies.KINDS or request.result_id is None:
        return None
    export = copies.find(request)
    if export is None or prepared_copies.is_over(export) or not identity.can_be_told_apart(request):
        return None
    return prepared_copies.view(export)


def copy_of_link(token: str, *, secret: str) -> tuple[Request, ExportView]:
    """Return a request and its copy by the whole link. Raises RequestLinkEnded."""
    request, export = _opened(token, secret)
    return request, prepared_copies.view(export)


@before_writes
def send_copy_code(token: str, *, secret: str) -> None:
    """Send the code that opens a copy, within a silent limit. Raises RequestLinkEnded."""
    seen, _export = _opened(token, secret)
    in_time = throttle.try_consume("privacy.copy_code", str(seen.id), CODES)
    request, export = _opened(token, secret, lock=True)
    if in_time and export.state == ExportState.READY:
        mail.copy_code(request, code=identity.renew_code(request))


def open_copy(token: str, *, secret: str, code: str) -> tuple[CodeCheck, int, str]:
    """Take the code, and return what came of it, the tries left, and for the right one the pass to the file for minutes.

    A wrong one stays counted: the caller raises nothing. Raises RequestLinkEnded.
    """
    request, export = _opened(token, secret, lock=True)
    check = identity.try_code(request, code=code)
    permit = tokens.sign(PASS, str(export.id)) if check is CodeCheck.RIGHT else ""
    return check, max(0, identity.MOST_TRIES - request.code_tries), permit


def open_copy_file(token: str, *, secret: str, permit: str) -> tuple[ExportView, BinaryIO]:
    """Open the file of a copy by its link and the pass that a code gave. Raises RequestLinkEnded, LinkDead, NotFound."""
    _request, export = _opened(token, secret)
    (export_id,) = tokens.read(PASS, permit, max_age=period("human_code"), count=1)
    if export_id != str(export.id):
        raise LinkDead
    return prepared_copies.view(export), prepared_copies.open_file(export, secret=secret)


def note_copy_fetched(view: ExportView) -> None:
    """Note that a copy was fetched; only the first time counts."""
    export = db.lock(Export, view.id)
    if export is not None and export.fetched_at is None:
        export.fetched_at = clock.now()
        rows.record("privacy.export_fetched", request=copies.request_of(export))


def delete_copy(token: str) -> None:
    """Delete a copy before its time; one that is not ready is withdrawn with its request. Raises RequestLinkEnded."""
    request, _country = links.request_of(token, lock=True)
    if request.verified_at is None or copies.is_building(request):
        raise links.RequestLinkEnded
    if copies.drop_copy(request):
        rows.record("privacy.export_deleted", request=request)


def _opened(token: str, secret: str, *, lock: bool = False) -> tuple[Request, Export]:
    request, _country = links.request_of(token, lock=lock)
    export = copies.find(request) if request.verified_at else None
    if export is None or prepared_copies.is_over(export) or not identity.can_be_told_apart(request):
        raise links.RequestLinkEnded
    try:
        prepared_copies.check_secret(export, secret=secret)
    except NotFound:
        raise links.RequestLinkEnded from None
    return request, export
